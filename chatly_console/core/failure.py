"""The one exception that reaches a person: a sentence, and what the server said beside it."""

from dataclasses import dataclass
from enum import Enum


class FailureKind(Enum):
    """Why something did not happen, as far as the screen has to treat it differently."""

    SQL = "sql"
    """The server refused the statement; `sqlstate` is set."""
    CANCELLED = "cancelled"
    """The user cancelled, and the server has stopped."""
    TIMEOUT = "timeout"
    """A limit of ours or the server's was reached."""
    LINK = "link"
    """No answer from the server: refused, lost, stalled."""
    LOGIN = "login"
    """The server answered and did not let us in."""
    FULL = "full"
    """The server, the role or the pool has no free connection."""
    REFUSED = "refused"
    """The console itself refused to run it or to show what came back."""
    USAGE = "usage"
    """What was asked for makes no sense (a bad option, an unreadable file)."""


@dataclass(eq=False)
class Failure(Exception):
    """Something that did not happen, said in one sentence.

    The text may come from the server and is hostile: pass it through `safe_text` before a widget sees it.
    `position` is the 1-based character in the text of the statement as it was given to the executor.
    """

    sentence: str
    kind: FailureKind = FailureKind.SQL
    sqlstate: str = ""
    detail: str = ""
    hint: str = ""
    position: int | None = None
    context: str = ""

    def __str__(self) -> str:
        return self.sentence
