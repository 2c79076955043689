"""A query of a library: one statement in a file, below comments that say what it is for and what it asks.

The comments are lines of `-- key: text`; a line that begins with `--` and two or more blanks goes on with the text
above. Keys are `title`, `purpose`, `look at`, `critical` (why it has to be fast, where it has to be) and, once for
each, `parameter`: `-- parameter: days integer = 30, how far back`. In the statement the parameter stands as `:days`.
"""

import re
from dataclasses import dataclass

from chatly_console.core.sql.tokens import TokenKind, scan

_LINE = re.compile(r"--\s?(?P<key>[a-z][a-z ]*): *(?P<text>.*)")
_MORE = re.compile(r"--\s{2,}(?P<text>\S.*)")
_PARAMETER = re.compile(
    r"(?P<name>[a-z_][a-z0-9_]*) (?P<type>[a-z][a-z0-9_ .()\[\]]*?) = "
    r"(?P<default>'(?:[^']|'')*'|[^',\s]+)(?:, (?P<words>.*))?"
)


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """A value that the query asks for: its name, its SQL type, its default as text (None is null) and what it is."""

    name: str
    type: str
    default: str | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query with what its header says; `sql` is the whole text, so that positions of errors are those of the file."""

    title: str
    purpose: str
    look_at: str
    critical: str
    parameters: tuple[QueryParameter, ...]
    sql: str

    def numbered(self) -> tuple[str, tuple[str, ...]]:
        """The statement with `$1` for `:name`, cast from text to its type, and the names in the order of the numbers.

        Values are bound as text, as a form gives them, and null as None.
        """
        types = {parameter.name: parameter.type for parameter in self.parameters}
        names: list[str] = []
        parts: list[str] = []
        at = 0
        for token in scan(self.sql, 0, len(self.sql)):
            name = self.sql[token.start + 1 : token.end]
            if token.kind is not TokenKind.PARAMETER or name not in types:
                continue
            if name not in names:
                names.append(name)
            parts += [self.sql[at : token.start], f"cast(${names.index(name) + 1}::text as {types[name]})"]
            at = token.end
        return "".join([*parts, self.sql[at:]]), tuple(names)


def read_saved_query(text: str, name: str) -> SavedQuery:
    """The query in `text`; without a title it is called by `name`. Raises ValueError for an unreadable parameter."""
    said: list[tuple[str, str]] = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        if (more := _MORE.fullmatch(line)) is not None and said:
            key, words = said[-1]
            said[-1] = (key, f"{words} {more['text'].rstrip()}")
        elif (found := _LINE.fullmatch(line)) is not None:
            said.append((found["key"], found["text"].rstrip()))
    first = dict(reversed(said))
    return SavedQuery(
        first.get("title") or name,
        first.get("purpose", ""),
        first.get("look at", ""),
        first.get("critical", ""),
        tuple(_parameter(words) for key, words in said if key == "parameter"),
        text,
    )


def _parameter(words: str) -> QueryParameter:
    found = _PARAMETER.fullmatch(words)
    if found is None:
        raise ValueError(f"A parameter is written “name type = default, what it is”, not “{words}”.")
    literal = found["default"]
    default: str | None = literal
    if literal.startswith("'"):
        default = literal[1:-1].replace("''", "'")
    elif literal.lower() == "null":
        default = None
    return QueryParameter(found["name"], found["type"], default, found["words"] or "")
