"""What rules look at: the file's statements as words, and what the folder's files have made before."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from chatly_console.core.classify.alter import Action, actions_of
from chatly_console.core.classify.words import Words
from chatly_console.migrations.files import MigrationFile, MigrationStatement, Script


def plain(name: str) -> str:
    """A name as it is compared: without quotes, and without `public.`."""
    return name.replace('"', "").lower().removeprefix("public.")


@dataclass
class Seen:
    """One statement with its words, read once."""

    statement: MigrationStatement
    made_here: bool = False
    """Whether the table that it is about is made by this file, so that nobody can be waiting for it."""

    @cached_property
    def words(self) -> Words:
        """Its words."""
        return Words(self.statement.sql)

    @property
    def verb(self) -> str:
        """Its verb."""
        return self.statement.kind.verb

    @property
    def table(self) -> str:
        """The table that it is about."""
        relations = self.statement.kind.relations
        return plain(relations[0].name) if relations else ""

    @cached_property
    def actions(self) -> list[Action]:
        """The actions of ALTER TABLE."""
        return actions_of(self.words) if self.verb == "ALTER TABLE" else []


@dataclass
class Context:
    """One file, with what is known of the files before it."""

    file: MigrationFile
    script: Script
    indexed: dict[str, set[str]] = field(default_factory=dict)
    """First columns of indexes by table, of this file and those before it."""
    index_columns: dict[str, list[str]] = field(default_factory=dict)
    """The columns of indexes by their names."""
    filled: dict[str, set[str]] = field(default_factory=dict)
    """Columns that are NOT NULL, by table."""
    commented: set[str] = field(default_factory=set)
    secured: set[str] = field(default_factory=set)
    complete: bool = False
    """Whether all files before this one were read, so that what is missing is really missing."""

    @cached_property
    def statements(self) -> list[Seen]:
        """The statements in their order; what the file makes itself is marked."""
        found: list[Seen] = []
        made: set[str] = set()
        for statement in self.script.statements:
            seen = Seen(statement)
            seen.made_here = seen.table in made
            if seen.verb in ("CREATE TABLE", "CREATE MATERIALIZED VIEW") and seen.table:
                made.add(seen.table)
            found.append(seen)
        return found

    def tables(self) -> Iterator[Seen]:
        """The CREATE TABLE statements that make a table of their own."""
        for seen in self.statements:
            temporary = seen.words.text(1) in ("temp", "temporary") or seen.words.text(2) in ("temp", "temporary")
            if seen.verb == "CREATE TABLE" and seen.table and not temporary:
                yield seen


@dataclass
class Definition:
    """A column of CREATE TABLE or ADD COLUMN: its name, its type's words, and the rest."""

    name: str
    words: list[str]

    @property
    def type(self) -> str:
        """The first words of its type."""
        return " ".join(self.words[:4])


def columns_of(seen: Seen) -> list[Definition]:
    """The columns that CREATE TABLE names."""
    items = seen.words.items
    begin = next((i for i, word in enumerate(items) if word.text == "(" and word.depth == 0), len(items))
    found: list[Definition] = []
    part: list[str] = []
    for word in items[begin + 1 :]:
        if word.depth == 0 or (word.depth == 1 and word.text == ","):
            if len(part) > 1 and part[0] not in _TABLE_WORDS:
                found.append(Definition(part[0].strip('"'), part[1:]))
            part = []
            if word.depth == 0:
                break
        else:
            part.append(word.text)
    return found


_TABLE_WORDS = ("constraint", "primary", "unique", "foreign", "check", "exclude", "like")


def new_columns(seen: Seen) -> list[Definition]:
    """The columns that a statement adds: those of CREATE TABLE, and of ADD COLUMN."""
    if seen.verb == "CREATE TABLE":
        return columns_of(seen)
    found = []
    for action in seen.actions:
        texts = [word.text for word in action.items]
        if texts[:1] != ["add"] or (texts[1:2] and texts[1] in _TABLE_WORDS):
            continue
        rest = texts[2:] if texts[1:2] == ["column"] else texts[1:]
        if rest[:3] == ["if", "not", "exists"]:
            rest = rest[3:]
        if len(rest) > 1:
            found.append(Definition(rest[0].strip('"'), rest[1:]))
    return found
