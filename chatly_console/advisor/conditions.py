"""The parts of a condition in a plan, as far as an index could serve them, read from the text that EXPLAIN prints.

With VERBOSE each column is written with its table's alias: `((c.status = 'open'::text) AND (c.opened_at > $1))`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["equal", "range", "null", "not null", "flag", "gin", "pattern"]

_NAME = r'(?:"(?:[^"]|"")+"|[A-Za-z_]\w*)'
_CAST = r"(?:\)?::[\w \"\[\]\.]+?)?"
_LITERAL = re.compile(r"^\(?('(?:[^']|'')*'|-?\d+(?:\.\d+)?|true|false)(?:::[\w \"\[\].]+)?\)?$")


@dataclass(frozen=True, slots=True)
class Atom:
    """One comparison of a column, or of an expression on columns, with something."""

    kind: Kind
    expression: str
    """As an index would have it: a column, or an expression in parentheses."""
    operator: str
    value: str = ""
    """The other side as it was written."""

    @property
    def constant(self) -> str:
        """The literal that it is compared with, without its cast; empty for anything else."""
        found = _LITERAL.match(self.value)
        return found[1] if found else ""

    @property
    def is_column(self) -> bool:
        """Whether it is a plain column."""
        return not self.expression.startswith("(")


def conjuncts(condition: str) -> list[str]:
    """The parts that AND joins at the top of a condition."""
    text = _unwrapped(condition)
    parts, depth, start, quoted = [], 0, 0, False
    for at, character in enumerate(text):
        if character == "'":
            quoted = not quoted
        elif not quoted and character in "([":
            depth += 1
        elif not quoted and character in ")]":
            depth -= 1
        elif not quoted and depth == 0 and text.startswith(" AND ", at):
            parts.append(text[start:at])
            start = at + len(" AND ")
    parts.append(text[start:])
    return [_unwrapped(part) for part in parts] if len(parts) > 1 else [text]


def _unwrapped(text: str) -> str:
    """Without the parentheses around the whole; those inside quotes are text."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")"):
        depth, quoted = 0, False
        for at, character in enumerate(text):
            quoted ^= character == "'"
            if not quoted:
                depth += (character == "(") - (character == ")")
            if depth == 0 and at < len(text) - 1:
                return text
        text = text[1:-1].strip()
    return text


def atoms_of(condition: str, alias: str) -> list[Atom]:
    """What of `condition` an index on the table called `alias` could serve; parts with OR are left out."""
    return [atom for part in conjuncts(condition) if condition for atom in _atoms(part, alias)]


def _atoms(part: str, alias: str) -> Iterator[Atom]:
    column = rf'(?:"?{re.escape(alias)}"?\.)?(?P<column>{_NAME})'
    if re.search(r" OR |^NOT \(|SubPlan", part) and "hashed" not in part:
        return
    found = re.fullmatch(rf"\(?{column}{_CAST}\)?\s(?P<operator>=|<=|>=|<|>)\s(?P<value>.+)", part, re.DOTALL)
    if found and not _mentions(found["value"], alias):
        yield Atom("equal" if found["operator"] == "=" else "range", found["column"], found["operator"], found["value"])
        return
    found = re.fullmatch(rf"(?P<value>.+)\s(?P<operator>=|<=|>=|<|>)\s\(?{column}{_CAST}\)?", part, re.DOTALL)
    if found and f"{alias}." in part and not _mentions(found["value"], alias):
        yield Atom("equal" if found["operator"] == "=" else "range", found["column"], found["operator"], found["value"])
        return
    found = re.fullmatch(rf"{column} IS (?P<not>NOT )?NULL", part)
    if found:
        yield Atom("not null" if found["not"] else "null", found["column"], "is")
        return
    found = re.fullmatch(rf"(?P<not>NOT )?{column}", part)
    if found:
        yield Atom("flag", found["column"], "not" if found["not"] else "")
        return
    found = re.fullmatch(r"(?P<left>.+?)\s(?P<operator>=|<=|>=|<|>)\s(?P<value>.+)", part, re.DOTALL)
    if found and _mentions(found["left"], alias) and not _mentions(found["value"], alias):
        kind: Kind = "equal" if found["operator"] == "=" else "range"
        yield Atom(kind, _bare(found["left"], alias), found["operator"], found["value"])
        return
    found = re.fullmatch(r"(?P<left>.+?)\s(?P<operator>@>|&&|@@|~~\*?|<@|\?)\s(?P<value>.+)", part, re.DOTALL)
    if found and _mentions(found["left"], alias):
        expression = _bare(found["left"], alias)
        yield Atom(
            "pattern" if found["operator"].startswith("~~") else "gin", expression, found["operator"], found["value"]
        )


def _bare(text: str, alias: str) -> str:
    """A column by its name alone, or an expression in parentheses, without the alias."""
    bare = re.sub(rf'"?{re.escape(alias)}"?\.', "", _unwrapped(text))
    bare = re.sub(rf"^\(?({_NAME})\)?::(?:text|character varying)$", r"\1", bare)
    return bare if re.fullmatch(_NAME, bare) else f"({bare})"


def _mentions(text: str, alias: str) -> bool:
    return re.search(rf'(?<![\w"]){re.escape(alias)}"?\.', text) is not None


def sort_keys(text: str, alias: str) -> tuple[str, ...]:
    """The keys of a Sort, as index columns, if all are plain columns of this table; else none."""
    keys = []
    for key in filter(None, text.split(", ")):
        found = re.fullmatch(
            rf'"?{re.escape(alias)}"?\.(?P<column>{_NAME})(?P<order>(?: DESC)?(?: NULLS (?:FIRST|LAST))?)', key
        )
        if not found:
            return ()
        keys.append(found["column"] + found["order"].lower())
    return tuple(keys)
