"""Who cancelled or ended whose session, when, and what came of it: one JSON object a line."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Action:
    """One signal that was sent, or refused."""

    verb: str
    pid: int
    login: str
    server: str
    target: str
    query: str
    outcome: str


def write_action(action: Action, path: Path, *, now: datetime | None = None) -> None:
    """Append it to the log, which only the user can read. Raises OSError where it cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    at = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    line = json.dumps({"at": at, **asdict(action)}, ensure_ascii=False) + "\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(line)
