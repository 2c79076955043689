"""The places that a cursor can be at, and the context in which something is proposed."""

from dataclasses import dataclass
from enum import Enum

from chatly_console.core.completion.lexed import Group, Item


class Place(Enum):
    """What the grammar wants at the cursor."""

    NOTHING = "nothing"
    STATEMENT = "statement"
    RELATION = "relation"
    EXPRESSION = "expression"
    CONDITION = "condition"
    """Behind JOIN ... ON."""
    COLUMNS = "columns"
    """A list of columns of the table that is changed."""
    SHARED = "shared"
    """Behind JOIN ... USING (."""
    TYPE = "type"
    ROUTINE = "routine"
    ROLE = "role"
    SCHEMA = "schema"
    EXTENSION = "extension"
    AFTER = "after"
    """Behind something complete: keywords go on."""


@dataclass(frozen=True, slots=True)
class Context:
    """The place of the cursor. `start` to `end` is what a proposal replaces."""

    place: Place
    start: int
    end: int
    prefix: str = ""
    qualifier: tuple[str, ...] = ()
    clause: str = ""
    """The nearest keyword that governs the place: `select`, `from`, `where` ..."""
    before: tuple[Item, ...] = ()
    """What stands before, on the same level."""
    path: tuple[Group, ...] = ()
    compared: tuple[str, ...] = ()
    """The column that a value is compared with or given to, as it is written."""
    position: int | None = None
    """Which entry of VALUES (...) this is."""
    in_string: bool = False
    is_quoted: bool = False
