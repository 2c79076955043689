"""A query of a library: one statement in a file, below comments that say what it is for and what it asks.

The comments are lines of `-- key: text`; a line that begins with `--` and two or more blanks goes on with the text
above. Keys are `title`, `purpose`, `look at`, `critical` (why it has to be fast, where it has to be) and, once for
each, `parameter`: `-- parameter: days integer = 30, how far back`. In the statement the parameter stands as `:days`.
"""

import re
from dataclasses import dataclass

from chatly_console.core.sql.tokens import TokenKind, scan

_LINE = re.compile(r"--\s?(?P<key>[A-Za-z][A-Za-z ]*): *(?P<text>.*)")
_MORE = re.compile(r"--\s{2,}(?P<text>\S.*)")
_PARAMETER = re.compile(
    r"(?P<name>\$[0-9]+|[A-Za-z_]\w*)(?:\s+(?P<type>[^=,]*[^=,\s]))?"
    r"(?:\s*=\s*(?P<default>'(?:[^']|'')*'|[^',]*[^',\s]))?(?:\s*,\s*(?P<words>.*))?"
)
_PARAMETER_KEYS = ("parameter", "param")
_LONGEST = 8_000
"""Characters of a text in which its header is looked for."""


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """A value that a query asks for: its name, its SQL type, its default as text (None is null) and what it is.

    Where nothing is said, the type is empty, the default None, and `has_default` false.
    """

    name: str
    type: str = ""
    default: str | None = None
    words: str = ""
    has_default: bool = False


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
    said = header_of(text)
    first = dict(reversed(said))
    return SavedQuery(
        first.get("title") or name,
        first.get("purpose", ""),
        first.get("look at", ""),
        first.get("critical", ""),
        tuple(_whole(words) for key, words in said if key in _PARAMETER_KEYS),
        text,
    )


def header_of(text: str) -> list[tuple[str, str]]:
    """What the comments above a statement say: each key, in small letters, with its text."""
    said: list[tuple[str, str]] = []
    for line in text[:_LONGEST].lstrip().splitlines():
        if not line.startswith("--"):
            break
        if (more := _MORE.fullmatch(line)) is not None and said:
            key, words = said[-1]
            said[-1] = (key, f"{words} {more['text'].rstrip()}")
        elif (found := _LINE.fullmatch(line)) is not None:
            said.append((found["key"].lower(), found["text"].rstrip()))
    return said


def declared(text: str) -> dict[str, QueryParameter]:
    """The parameters that the comments above a statement declare, as far as they can be read, by name."""
    words = [words for key, words in header_of(text) if key in _PARAMETER_KEYS]
    found = [parameter for one in words if (parameter := _parameter(one)) is not None]
    return {parameter.name: parameter for parameter in found}


def _whole(words: str) -> QueryParameter:
    """A parameter with type and default, as a library has to give them."""
    found, parameter = _PARAMETER.fullmatch(words), _parameter(words)
    if found is None or parameter is None or not parameter.type or found["default"] is None:
        raise ValueError(f"A parameter is written “name type = default, what it is”, not “{words}”.")
    return parameter


def _parameter(words: str) -> QueryParameter | None:
    found = _PARAMETER.fullmatch(words)
    if found is None:
        return None
    default: str | None = found["default"]
    has_default = default is not None
    if default is not None and default.startswith("'"):
        default = default[1:-1].replace("''", "'")
    elif default is not None and default.lower() == "null":
        default = None
    return QueryParameter(found["name"], found["type"] or "", default, found["words"] or "", has_default)
