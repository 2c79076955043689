r"""A file of SQL that is to be run, with the files that it takes in by `\i` and `\ir`, in the order of psql."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.sql import split
from chatly_console.query.meta_commands import (
    INCLUDING,
    INCLUDING_BESIDE,
    MetaCommand,
    command_behind,
    commands_between,
    meaning,
)
from chatly_console.query.place import Place
from chatly_console.query.text_files import path_of, read_text

DEEPEST = 16
"""Files within files; more is a mistake."""
_PLAIN = ("g", "gx")


@dataclass(slots=True)
class ScriptFile:
    """The statements of a file and of those that it takes in."""

    places: list[Place] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """Names of other backslash commands, which are not carried out."""

    @classmethod
    def read(cls, path: Path) -> "ScriptFile":
        """Read all of it before anything runs; raises Failure where one of the files cannot be."""
        script = cls()
        script._take(path, ())
        return script

    def _take(self, path: Path, within: tuple[Path, ...]) -> None:
        whole = path.resolve()
        if whole in within or len(within) >= DEEPEST:
            raise Failure(f"{path.name} takes itself in, by way of {within[-1].name}.", FailureKind.USAGE)
        text = read_text(path)
        for offset, found in sorted(_parts(text), key=lambda part: part[0]):
            if isinstance(found, str):
                self.places.append(Place("", offset, found, file=path.name, text=text))
            elif found.name in (*INCLUDING, *INCLUDING_BESIDE):
                beside = path.parent if found.name in INCLUDING_BESIDE else Path()
                self._take(beside / path_of(meaning(found).text), (*within, whole))
            elif found.name not in _PLAIN:
                self.left_out.append(found.name)


def _parts(text: str) -> Iterator[tuple[int, str | MetaCommand]]:
    """The statements, the commands behind them, and those between them; each with where it begins."""
    statements = split(text)
    for statement in statements:
        yield statement.start, text[statement.start : statement.end]
        behind = command_behind(text, statement.end)
        if behind is not None and "\n" not in text[statement.end : text.index("\\", statement.end)]:
            yield statement.end, behind
    yield from commands_between(text, [(statement.start, statement.end) for statement in statements])
