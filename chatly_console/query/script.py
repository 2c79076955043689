r"""A script: the statements, commands and data of a file or a buffer, in psql's order, before anything of it runs."""

from dataclasses import dataclass, field

from chatly_console.query.copy_command import CopyCommand
from chatly_console.query.inline_data import InlineData
from chatly_console.query.place import Place
from chatly_console.query.script_commands import Verb


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a script does: a statement, whose text `place` has, or a command with its argument."""

    place: Place
    verb: Verb = "run"
    argument: str = ""
    data: InlineData | None = None
    """The lines of data below a COPY."""
    copy: CopyCommand | None = None
    within: tuple[int, ...] = ()
    """The files that it is within, each time that one is taken in by a number of its own; `quit` ends its own file."""

    @property
    def sends(self) -> bool:
        """Whether something goes to the server."""
        return self.verb in ("run", "gset", "gexec", "copy")


@dataclass(slots=True)
class Script:
    """All of it."""

    name: str = ""
    steps: list[Step] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """Commands that do nothing to the server, and so nothing here."""

    @property
    def statements(self) -> int:
        """How many things it sends."""
        return sum(step.sends for step in self.steps)

    @property
    def is_plain(self) -> bool:
        """Whether it is statements and nothing else."""
        return all(step.verb == "run" and step.data is None for step in self.steps)
