"""Parameters of a statement: `$1` as the server has them, and `:name` as psql does, which are sent as `$n` too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chatly_console.core.classify.words import Words
from chatly_console.core.saved_query import QueryParameter, declared
from chatly_console.core.sql.tokens import TokenKind, scan

LARGEST = 200_000
"""Characters; in longer statements, which programs write, no parameters are looked for."""
_ASKED = frozenset(
    {"select", "with", "insert", "update", "delete", "merge", "values", "table", "explain", "call", "("}
)  # fmt: skip
"""Statements whose parameters are values; in a routine's or a prepared statement's text they are its own."""
_FIRST_WORDS = 8_000


@dataclass(frozen=True, slots=True)
class Bound:
    """A statement ready to be sent: `sql` with `$n` only, and which parameter each of them is."""

    sql: str
    parameters: tuple[QueryParameter, ...] = ()
    shifts: tuple[tuple[int, int], ...] = field(default=(), repr=False)
    """Where in `sql` (offset) the text differs in length from the original, and by how much from there on."""

    def original(self, position: int) -> int:
        """The place in the original text of a character of `sql`; both are counted from 1."""
        shift = 0
        for offset, change in self.shifts:
            if position - 1 >= offset:
                shift = change
        return position + shift


def bound(sql: str) -> Bound:
    """Find the parameters of a statement, in the order of their numbers; its own header may declare them."""
    if len(sql) > LARGEST or Words(sql[:_FIRST_WORDS]).text(0) not in _ASKED:
        return Bound(sql)
    found = list(_uses(sql))
    if not found:
        return Bound(sql)
    known = declared(sql)
    highest = max((int(name[1:]) for _, _, name in found if name.startswith("$")), default=0)
    numbers = {f"${number}": number for number in range(1, highest + 1)}
    pieces: list[str] = []
    shifts: list[tuple[int, int]] = []
    kept = made = 0
    for start, end, name in found:
        number = numbers.setdefault(name, len(numbers) + 1)
        piece = f"${number}"
        pieces += [sql[kept:start], piece]
        made += start - kept + len(piece)
        shifts.append((made, end - made))
        kept = end
    pieces.append(sql[kept:])
    parameters = tuple(known.get(name, QueryParameter(name)) for name in numbers)
    return Bound("".join(pieces), parameters, tuple(shifts))


def _uses(sql: str) -> list[tuple[int, int, str]]:
    """Start, end and name of each use; `[1:n]` is a slice of an array and no parameter."""
    found: list[tuple[int, int, str]] = []
    brackets = 0
    for start, end, kind in scan(sql, 0, len(sql), into_bodies=False):
        text = sql[start:end]
        if kind is TokenKind.OPERATOR:
            brackets += text.count("[") - text.count("]")
        elif kind is TokenKind.PARAMETER and (text.startswith("$") or not brackets):
            found.append((start, end, text if text.startswith("$") else text[1:]))
    return found


def filled(
    parameters: Sequence[QueryParameter], remembered: Mapping[str, str | None]
) -> list[tuple[QueryParameter, str | None, bool]]:
    """Each parameter with the value to begin with, and whether anything is known of it."""
    rows: list[tuple[QueryParameter, str | None, bool]] = []
    for parameter in parameters:
        if parameter.name in remembered:
            rows.append((parameter, remembered[parameter.name], True))
        else:
            rows.append((parameter, parameter.default, parameter.has_default))
    return rows
