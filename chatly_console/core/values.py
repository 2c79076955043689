"""Results as the console knows them: every value is the text that psql would show, or None for NULL."""

from collections.abc import Mapping
from dataclasses import dataclass

Row = tuple[str | None, ...]
"""One row of a result: text exactly as psql shows it, None for NULL."""

Record = Mapping[str, object]
"""One row of a query of our own, with values of Python types (see `Database.records`)."""

_NUMERIC_OIDS = frozenset({20, 21, 23, 26, 700, 701, 790, 1700, 28, 29, 5069})
"""int8, int2, int4, oid, float4, float8, money, numeric, xid, cid, xid8 (pg_type.dat)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result: its name as the server gave it (it may be empty or repeat), and its type."""

    name: str
    type_oid: int = 25
    type_name: str = "text"

    @property
    def is_numeric(self) -> bool:
        """Whether the values are shown to the right."""
        return self.type_oid in _NUMERIC_OIDS


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that the server sent while a statement ran."""

    severity: str
    message: str
    detail: str = ""
    hint: str = ""
    sqlstate: str = ""

    @property
    def words(self) -> str:
        """As it is shown; what a script says has no severity."""
        return f"{self.severity}: {self.message}" if self.severity else self.message
