"""Findings that somebody has decided to live with: kept with the reason, beside the migrations, so that CI agrees.

The file is `advisor.toml` in the folder of the migrations; each decision is a table `[[silenced]]` of check, object (or
`*` for all) and reason.
"""

import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatly_console.advisor.checks import BY_NAME, Finding
from chatly_console.core.failure import Failure, FailureKind

FILE = "advisor.toml"
_HEAD = "# Findings of the advisor that are meant to be so, each with the reason.\n"


@dataclass(frozen=True, slots=True)
class Silence:
    """One decision; `object` is as the finding names it, or `*`."""

    check: str
    object: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Whether this decision is about that finding."""
        return self.check == finding.check.name and self.object in ("*", finding.object)


def read_silences(folder: Path) -> tuple[Silence, ...]:
    """The decisions of this folder; none where it has no file. Raises `Failure` for one that cannot be understood."""
    path = folder / FILE
    try:
        listed = tomllib.loads(path.read_text("utf-8")).get("silenced", [])
        silences = tuple(Silence(one["check"], one["object"], one["reason"]) for one in listed)
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise Failure(
            f"{path} cannot be read: {error}.",
            FailureKind.USAGE,
            hint="Each [[silenced]] has check, object and reason.",
        ) from error
    for silence in silences:
        if silence.check not in BY_NAME or not silence.reason.strip():
            raise Failure(f"{path}: {silence.check} is no check, or has no reason.", FailureKind.USAGE)
    return silences


def add_silence(folder: Path, silence: Silence) -> Path:
    """Write one more decision to the end of the file; returns its path. Raises `Failure` where it cannot be written."""
    path = folder / FILE
    words = {"check": silence.check, "object": silence.object, "reason": silence.reason}
    table = "\n".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in words.items())
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{'' if file.tell() else _HEAD}\n[[silenced]]\n{table}\n")
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}.", FailureKind.USAGE) from error
    return path


def parted(
    findings: Iterable[Finding], silences: Sequence[Silence]
) -> tuple[list[Finding], list[tuple[Finding, Silence]]]:
    """The findings that speak, and those that are silenced, each with the decision."""
    speaking: list[Finding] = []
    silenced: list[tuple[Finding, Silence]] = []
    for finding in findings:
        decision = next((silence for silence in silences if silence.covers(finding)), None)
        if decision is None:
            speaking.append(finding)
        else:
            silenced.append((finding, decision))
    return speaking, silenced
