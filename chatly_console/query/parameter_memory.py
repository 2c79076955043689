"""The values that were given to a statement's parameters, for the next time it runs: in a private file."""

import hashlib
import json
from pathlib import Path

from chatly_console.query.state_folder import profile_folder, write_private

KEPT = 300
"""Statements that are remembered; the one not used for longest goes first."""
LONGEST = 10_000
"""Characters of a value that is remembered."""
_FILE = "parameters.json"


class ParameterMemory:
    """The values of one profile. What cannot be read is forgotten; what cannot be written is only not remembered."""

    def __init__(self, profile: str, *, root: Path | None = None) -> None:
        self._path = profile_folder(profile, root=root) / _FILE
        self._known: dict[str, dict[str, str | None]] | None = None

    def recall(self, sql: str, names: list[str]) -> dict[str, str | None]:
        """The values given to this statement before; for others of the same name, what any statement got last."""
        known = self._read()
        found: dict[str, str | None] = {}
        for values in known.values():
            found.update({name: values[name] for name in names if name in values and not name.startswith("$")})
        found.update({name: value for name, value in known.get(_key(sql), {}).items() if name in names})
        return found

    def remember(self, sql: str, values: dict[str, str | None]) -> None:
        """Keep the values that were given; raises OSError where the disk refuses."""
        known = self._read()
        known.pop(_key(sql), None)
        known[_key(sql)] = {name: value for name, value in values.items() if len(value or "") <= LONGEST}
        while len(known) > KEPT:
            del known[next(iter(known))]
        write_private(self._path, json.dumps(known, ensure_ascii=True).encode())

    def _read(self) -> dict[str, dict[str, str | None]]:
        if self._known is None:
            try:
                read = json.loads(self._path.read_bytes())
                self._known = {str(k): {str(n): None if v is None else str(v) for n, v in values.items()}
                               for k, values in read.items()}  # fmt: skip
            except (OSError, ValueError, AttributeError):
                self._known = {}
        return self._known


def _key(sql: str) -> str:
    """A statement however it is laid out."""
    return hashlib.sha256(" ".join(sql.split()).encode("utf-8", "replace")).hexdigest()[:32]
