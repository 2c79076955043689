"""The parts of a condition in a plan, as far as an index could serve them, read from the text that EXPLAIN prints.

With VERBOSE each column is written with its table's alias: `((c.status = 'open'::text) AND (c.opened_at > $1))`. The
plan says more than the statement's own text: views, policies and functions are in it as what they come to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from chatly_console.advisor.indexes.deparsed import NAME, Word, bare_of_strings, parted, references, unwrapped, words

Kind = Literal["equal", "range", "differs", "null", "not null", "flag", "gin", "pattern"]

_LITERAL = re.compile(r"^\(?([eE]?'(?:[^']|'')*'|-?\d+(?:\.\d+)?|true|false)(?:::[\w \"\[\].]+)?\)?$")
_SAME_BYTES = r"(?:text|character varying)"
"""Casts that an index on the column does not mind."""
_COMPARISONS: dict[str, Kind] = {
    "=": "equal", "<": "range", ">": "range", "<=": "range", ">=": "range", "<>": "differs",
    "@>": "gin", "<@": "gin", "&&": "gin", "@@": "gin", "?": "gin", "?|": "gin", "?&": "gin",
    "~~": "pattern", "~~*": "pattern", "~": "pattern", "~*": "pattern",
}  # fmt: skip
_TURNED = {"=": "=", "<": ">", ">": "<", "<=": ">=", ">=": "<=", "<>": "<>", "<@": "@>", "@>": "<@", "&&": "&&"}
"""What the operator is called where its sides are exchanged."""


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
    return parted(condition, "AND")


def atoms_of(condition: str, alias: str) -> list[Atom]:
    """What of `condition` an index on the table called `alias` could serve by itself; parts with OR are left out."""
    return [atom for part in conjuncts(condition) if condition for atom in _atoms(part, alias)]


def alternatives_of(condition: str, alias: str) -> list[list[list[Atom]]]:
    """For each part that OR joins: what an index could serve of each of its arms; only where all arms have something.

    Such a part is served where each arm has an index, by a BitmapOr.
    """
    found = []
    for part in conjuncts(condition):
        arms = parted(part, "OR")
        atoms = [atoms_of(arm, alias) for arm in arms]
        if len(arms) > 1 and all(atoms):
            found.append(atoms)
    return found


def _atoms(part: str, alias: str) -> Iterator[Atom]:
    if re.search(r"\bSubPlan \d", bare_of_strings(part)):
        return
    found = words(part)
    texts = [word.text.upper() for word in found]
    if "OR" in texts:
        return
    at = next((number for number, word in enumerate(found) if word.operator in _COMPARISONS), 0)
    if at:
        yield from _compared(part[: found[at].start].strip(), found[at], part[found[at].end :].strip(), alias)
    elif "IS" in texts:
        yield from _is(part, found, texts, alias)
    else:
        inner = unwrapped(part[4:]) if texts[:1] == ["NOT"] else part
        column = _column(inner, alias)
        if column:
            yield Atom("flag", column, "not" if texts[0] == "NOT" else "")


def _is(part: str, found: list[Word], texts: list[str], alias: str) -> Iterator[Atom]:
    """`x IS NULL` and `x IS DISTINCT FROM y`."""
    at = texts.index("IS")
    expression, rest = _expression(part[: found[at].start], alias), texts[at + 1 :]
    if not expression:
        return
    if rest in (["NULL"], ["NOT", "NULL"]):
        yield Atom("not null" if rest[0] == "NOT" else "null", expression, "is")
    elif rest[:2] == ["DISTINCT", "FROM"] and not _mentions(part[found[at].end :], alias):
        yield Atom("differs", expression, "is distinct from", part[found[at + 2].end :].strip())


def _compared(left: str, operator: Word, right: str, alias: str) -> Iterator[Atom]:
    name, value = operator.operator, right
    expression = _expression(left, alias)
    if not expression or _mentions(right, alias):
        if name not in _TURNED or _mentions(left, alias) or right.startswith(("ANY", "ALL")):
            return
        name, value, expression = _TURNED[name], left, _expression(right, alias)
    if expression and not value.startswith("ALL"):
        yield Atom(_COMPARISONS[name], expression, name, value)


def _column(text: str, alias: str) -> str:
    """The column that a text is, also behind a cast that changes nothing; empty for anything else."""
    prefix = rf'(?:"?{re.escape(alias.strip(chr(34)))}"?\.)?' if alias else ""
    found = re.fullmatch(rf"\(?{prefix}(?P<column>{NAME})\)?(?:::{_SAME_BYTES})?", text.strip())
    return found["column"] if found else ""


def _expression(text: str, alias: str) -> str:
    """A column by its name alone, or an expression in parentheses, without the alias; empty where it is neither."""
    text = unwrapped(text)
    column = _column(text, alias)
    if column:
        return "" if column.lower() in ("null", "true", "false") else column
    if alias and not _mentions(text, alias):
        return ""
    if any(_plain(table) != _plain(alias) for table, _ in references(text)):
        return ""
    if text.startswith("ROW(") or re.search(r"\$\d|\bInitPlan\b|\b(?:ANY|ALL) \(", bare_of_strings(text)):
        return ""
    bare = without_alias(text, alias)
    return f"({bare})" if re.search(r"[(:]|->", bare) or words(bare)[1:] else ""


def without_alias(text: str, alias: str) -> str:
    """An expression on columns of one table, as an index would have it."""
    if not alias:
        return text
    pieces, strings = re.split(r"((?<!\w)[eE]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*')", text), []
    for number, piece in enumerate(pieces):
        own = re.sub(rf'(?<![\w".])"?{re.escape(_plain(alias))}"?\.', "", piece)
        strings.append(piece if number % 2 else own)
    return "".join(strings)


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _mentions(text: str, alias: str) -> bool:
    if not alias:
        return False
    return re.search(rf'(?<![\w"]){re.escape(_plain(alias))}"?\.', bare_of_strings(text)) is not None


def sort_keys(text: str, alias: str) -> tuple[str, ...]:
    """The keys of a Sort as index keys, if all are of this table; else none."""
    keys = []
    for key in filter(None, parted(text, ",")):
        found = re.fullmatch(r"(?P<what>.+?)(?P<order>(?: DESC)?(?: NULLS (?:FIRST|LAST))?)", key, re.DOTALL)
        expression = _expression(found["what"], alias) if found and _mentions(key, alias) else ""
        if not found or not expression or re.search(r" (?:COLLATE|USING) ", bare_of_strings(key)):
            return ()
        keys.append(expression + found["order"].lower())
    return tuple(keys)
