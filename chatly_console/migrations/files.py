"""One migration as its file has it: its statements, its way back, and what its header says."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from chatly_console.core.classify import Classification, classify
from chatly_console.core.sql import split
from chatly_console.migrations.directives import Directives, read_directives

Layout = Literal["chatly", "dbmate", "goose", "golang-migrate"]
"""Whose way of writing a folder of migrations it is; ours is the Supabase CLI's too."""


@dataclass(frozen=True, slots=True)
class MigrationStatement:
    """One statement: its text with the comments before it, where that begins in the file, its line (from 1, of its
    first word) and what it does."""

    text: str
    line: int
    kind: Classification
    start: int = 0
    code: int = 0
    """The offset of its first word in the file."""

    @property
    def sql(self) -> str:
        """The statement without the comments before it."""
        return self.text[self.code - self.start :]


@dataclass(frozen=True)
class Script:
    """One direction of a migration: the text that runs. Lines that belong to the other direction are empty in it, so
    that its lines count as those of the file."""

    path: Path
    text: str = field(repr=False)

    @cached_property
    def statements(self) -> tuple[MigrationStatement, ...]:
        """The statements in their order, without the semicolons."""
        found = []
        for place in split(self.text):
            line = self.text.count("\n", 0, place.code) + 1
            kind = classify(self.text[place.code : place.end])
            found.append(MigrationStatement(self.text[place.start : place.end], line, kind, place.start, place.code))
        return tuple(found)

    @cached_property
    def directives(self) -> Directives:
        """What the header says; raises `Failure` for a value that makes no sense."""
        return read_directives(self.text)

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, with line ends of one kind."""
        return hashlib.sha256(self.text.replace("\r\n", "\n").strip().encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def in_transaction(self) -> bool:
        """Whether it runs in one transaction: unless it says no, or holds a statement that no transaction takes."""
        if not self.directives.transaction:
            return False
        return not any(statement.kind.needs_no_transaction for statement in self.statements)


@dataclass(frozen=True)
class MigrationFile:
    """One migration: the way there, and the way back where there is one."""

    version: str
    name: str
    up: Script
    down: Script | None = None
    layout: Layout = "chatly"
    """That of its folder, and so whose history counts."""

    @property
    def path(self) -> Path:
        """Where the way there is written."""
        return self.up.path

    @property
    def label(self) -> str:
        """`20260519120000_appointments_no_overlap`."""
        return f"{self.version}_{self.name}"
