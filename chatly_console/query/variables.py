r"""psql's variables: `\set` gives them values, `:name`, `:'name'` and `:"name"` put them into what is sent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.core.sql.tokens import TokenKind, scan
from chatly_console.query.parameters import Bound

_NAME = r"[A-Za-z0-9_\x80-\U0010ffff]+"
_ANY = re.compile(rf":(?:['\"{{]|{_NAME})")
_USE = re.compile(rf"::|:=|:(?:({_NAME})|'({_NAME})'|\"({_NAME})\"|\{{\?({_NAME})\}})")
_WORD = re.compile(r"\s*((?:'(?:[^'\\]|\\.|'')*'|\"[^\"]*\"|[^\s'\"])+)", re.DOTALL)
_PIECE = re.compile(
    rf"(?P<use>:'{_NAME}'|:\"{_NAME}\")|'(?P<quoted>(?:[^'\\]|\\.|'')*)'|(?P<name>\"[^\"]*\")"
    r"|(?P<plain>(?:(?!:['\"])[^'\"])+)|(?P<odd>.)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|(.))|''", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "b": "\b", "r": "\r", "f": "\f"}
_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")
_OPAQUE = frozenset({TokenKind.STRING, TokenKind.QUOTED_IDENTIFIER, TokenKind.COMMENT, TokenKind.COMMAND})


@dataclass(slots=True)
class Variables:
    """The variables of one run of a script, by name."""

    values: dict[str, str] = field(default_factory=dict)

    def put_into(self, sql: str) -> Bound:
        """A statement with the values of those that are set; what is not set stays as it is, as in psql."""
        if (not self.values and ":{" not in sql) or _ANY.search(sql) is None:
            return Bound(sql)
        pieces: list[str] = []
        shifts: list[tuple[int, int]] = []
        kept = made = 0
        for start, end, value in self._uses(sql):
            pieces += [sql[kept:start], value]
            made += start - kept + len(value)
            shifts.append((made, end - made))
            kept = end
        return Bound("".join([*pieces, sql[kept:]]), (), tuple(shifts))

    def words(self, argument: str) -> list[str]:
        """What stands behind a backslash command, word by word, as psql reads it; raises Failure for a program."""
        return ["".join(self._pieces(found[1])) for found in _WORD.finditer(argument)]

    def is_true(self, argument: str) -> bool:
        r"""What stands behind `\if`; raises Failure where that is neither true nor false.

        >>> Variables({"a": "on"}).is_true(":a"), Variables().is_true(":{?a}")
        (True, False)
        """
        word = " ".join(self.words(argument)).strip().lower()
        for values, meant in ((_TRUE, True), (_FALSE, False)):
            if word and any(value.startswith(word) for value in values) and word != "o":
                return meant
        raise Failure(f"“{word}” is neither true nor false.", FailureKind.USAGE, hint="Write true or false, on or off.")

    def _pieces(self, word: str) -> Iterator[str]:
        for found in _PIECE.finditer(word):
            if found["quoted"] is not None:
                yield _ESCAPE.sub(_unescaped, found["quoted"])
            elif found["plain"] is not None or found["use"] is not None:
                if "`" in found[0]:
                    raise Failure(
                        "No other program is run from here.", FailureKind.USAGE, hint="Give the value itself."
                    )
                yield _USE.sub(lambda use: self._value(use, use[0]), found[0])
            else:
                yield found[0]

    def _uses(self, sql: str) -> Iterator[tuple[int, int, str]]:
        for begin, end in _code(sql):
            for use in _USE.finditer(sql, begin, end):
                value = self._value(use, "")
                if value or self._is_set(use):
                    yield use.start(), use.end(), value

    def _is_set(self, use: re.Match[str]) -> bool:
        return next((name in self.values for name in use.groups()[:3] if name), False)

    def _value(self, use: re.Match[str], otherwise: str) -> str:
        if use[4]:
            return "TRUE" if use[4] in self.values else "FALSE"
        name = next((name for name in use.groups()[:3] if name), "")
        if name not in self.values:
            return otherwise
        value = self.values[name]
        return quote_literal(value) if use[2] else quote_identifier(value) if use[3] else value


def _code(sql: str) -> Iterator[tuple[int, int]]:
    """Where `sql` is neither quoted nor a comment; a quote right behind a colon belongs to a use of a variable."""
    begin = 0
    for start, end, kind in scan(sql, 0, len(sql), into_bodies=False):
        if kind not in _OPAQUE or (sql[start - 1 : start] == ":" and sql[start - 2 : start - 1] != ":"):
            continue
        yield begin, start
        begin = end
    yield begin, len(sql)


def _unescaped(found: re.Match[str]) -> str:
    if found[0] == "''":
        return "'"
    if found[1]:
        return chr(int(found[1], 8))
    return chr(int(found[2], 16)) if found[2] else _LETTERS.get(found[3], found[3])
