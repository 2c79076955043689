"""An incident on record: what each look at the server saw, and notes, one JSON object a line of a local file.

A file that ends in the middle of a line (the machine went down too) is read up to there. It holds other people's
statements, so only the user can read it.
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.triage.activity import Session, Wait
from chatly_console.triage.blocking import Prepared
from chatly_console.triage.health import Finding
from chatly_console.triage.pulse import Pulse, Wraparound
from chatly_console.triage.temp_files import TempUse

SUFFIX = ".incident.jsonl"
MARK = "mark"
"""The note of a moment that was only marked."""
_MOST_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class Moment:
    """One look, or (without a pulse) one note."""

    at: datetime
    server: str = ""
    sessions: tuple[Session, ...] = ()
    prepared: tuple[Prepared, ...] = ()
    pulse: Pulse | None = None
    wraparound: Wraparound | None = None
    note: str = ""
    temp: tuple[TempUse, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass
class Recorder:
    """Writes an incident as it goes on. Raises OSError where the file cannot be written."""

    path: Path
    server: str
    looks: int = 0
    notes: list[str] = field(default_factory=list)

    def look(
        self,
        sessions: Sequence[Session],
        prepared: Sequence[Prepared],
        pulse: Pulse,
        wraparound: Wraparound | None,
        now: datetime | None = None,
        *,
        temp: Sequence[TempUse] = (),
        findings: Sequence[Finding] = (),
    ) -> None:
        """Add what was just seen; of the findings only those that may be the cause of trouble."""
        self._write(
            {
                "at": _stamp(now),
                "server": self.server,
                "sessions": [_slim(asdict(session)) for session in sessions],
                "prepared": [asdict(one) for one in prepared],
                "pulse": asdict(pulse),
                "wraparound": asdict(wraparound) if wraparound is not None else None,
                "temp": [asdict(one) for one in temp],
                "findings": [asdict(one) for one in findings if one.is_cause][:_MOST_FINDINGS],
            }
        )
        self.looks += 1

    def note(self, words: str, now: datetime | None = None) -> None:
        """Add a note of whoever is on call."""
        self._write({"at": _stamp(now), "server": self.server, "note": words})
        self.notes.append(words)

    def _write(self, document: dict[str, Any]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        line = json.dumps(document, ensure_ascii=True, default=str) + "\n"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(line)


def place_of(profile: str, host: str, database: str) -> str:
    """How a record names its server: the profile, and where that leads unless it is called so."""
    place = f"{host}/{database}"
    return place if profile == place else f"{profile} {place}"


def _stamp(now: datetime | None) -> str:
    return (now or datetime.now(UTC)).isoformat(timespec="milliseconds")


def _slim(session: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing, which is most of it."""
    return {name: value for name, value in session.items() if value not in (None, "", False)}


def read_incident(path: Path) -> list[Moment]:
    """All moments of a file in their order. Raises `Failure` where it is none, naming the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError) as error:
        words = error.strerror if isinstance(error, OSError) else "it is no text"
        raise Failure(f"{path} cannot be read: {words}.", FailureKind.USAGE) from error
    moments = []
    for number, line in enumerate(lines, 1):
        try:
            moments.append(_moment(json.loads(line)))
        except (ValueError, TypeError, KeyError) as error:
            if number == len(lines) and not line.endswith("\n"):
                break
            raise Failure(f"{path}, line {number}: this is no record of an incident.", FailureKind.USAGE) from error
    return moments


def _moment(document: dict[str, Any]) -> Moment:
    at = datetime.fromisoformat(document["at"])
    if "note" in document:
        return Moment(at, document["server"], note=str(document["note"]))
    wraparound = document["wraparound"]
    return Moment(
        at,
        document["server"],
        tuple(_session(one) for one in document["sessions"]),
        tuple(Prepared(**one) for one in document["prepared"]),
        Pulse(**document["pulse"]),
        Wraparound(**wraparound) if wraparound is not None else None,
        temp=tuple(TempUse(**one) for one in document.get("temp", ())),
        findings=tuple(_finding(one) for one in document.get("findings", ())),
    )


def _finding(document: dict[str, Any]) -> Finding:
    return Finding(**{**document, "facts": tuple((name, value) for name, value in document["facts"])})


def _session(document: dict[str, Any]) -> Session:
    values = dict(document)
    start, wait = values.pop("backend_start", None), values.pop("wait", None)
    if wait is not None:
        wait = Wait(**{**wait, "blockers": tuple(wait["blockers"])})
    return Session(**values, backend_start=datetime.fromisoformat(start) if start else None, wait=wait)


def looks_of(moments: Iterable[Moment]) -> list[Moment]:
    """Only the looks, without the notes between them."""
    return [moment for moment in moments if moment.pulse is not None]
