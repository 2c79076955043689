"""What rooms ask of each other and of the frame: messages that any widget posts and the app carries out."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from textual.message import Message

from chatly_console.core.failure import Failure
from chatly_console.core.identity import Identity

Tone = Literal["done", "note", "warning", "error"]


@dataclass
class Say(Message):
    """Put one sentence on the message line. The text is shown as it is, never as markup."""

    text: str
    tone: Tone = "note"


@dataclass
class Report(Message):
    """Put a failure on the message line: its sentence, SQLSTATE and hint, with the details one key away."""

    failure: Failure


class RoomRequest(Message):
    """Something that a room is asked for: its pane is shown, and gets the message in `receive`."""

    room: ClassVar[str] = ""
    """The name of the pane that answers."""


@dataclass
class OpenStatement(RoomRequest):
    """Show this SQL in the Query pane's editor, in a buffer of its own; `run` runs it at once."""

    room = "query"
    sql: str
    run: bool = False


@dataclass
class OpenRelation(RoomRequest):
    """Show this relation in the Schema pane."""

    room = "schema"
    schema: str
    name: str


@dataclass
class OpenObject(RoomRequest):
    """Show this object of any kind in the Schema pane; `path` is what `core.catalogue.object_path` gives."""

    room = "schema"
    path: tuple[str, ...]


@dataclass
class ShowPolicies(RoomRequest):
    """Show the policies of this table in the Policies pane."""

    room = "policies"
    schema: str
    name: str


@dataclass
class MeasurePolicies(RoomRequest):
    """Show in the Policies pane what row level security costs this query, and what would make it cheaper."""

    room = "policies"
    sql: str


@dataclass
class ExplainStatement(RoomRequest):
    """Show the plan of this statement below the Query pane's editor; `analyze` runs it for real times, and `settings`
    (names and values) hold for it alone."""

    room = "query"
    sql: str
    analyze: bool = False
    settings: tuple[tuple[str, str], ...] = ()


@dataclass
class ShowFindings(RoomRequest):
    """Show what the Advisor finds on this relation."""

    room = "advisor"
    schema: str
    name: str


@dataclass
class AdviseIndex(RoomRequest):
    """Let the Advisor look for an index, or for a rewrite, that makes this statement quicker.

    `arguments` are the values that its parameters were given, if they were; the Advisor tries others besides.
    """

    room = "advisor"
    sql: str
    arguments: tuple[str | None, ...] = ()


@dataclass
class WriteMigration(RoomRequest):
    """Write this change as a pair of migration files and show them in the Migrations pane.

    `name` is the description in words, `up` and `down` are SQL; an empty `down` says that it cannot be undone.
    """

    room = "migrations"
    name: str
    up: str
    down: str = ""


@dataclass
class RunAs(Message):
    """Run everything from now on as this identity; the login's own ends an impersonation."""

    identity: Identity


@dataclass
class TransactionMode(Message):
    """Show these words as the transaction mode on the identity bar: `auto`, `in transaction 12 s`, `failed`."""

    words: str


@dataclass
class UnlockWrites(Message):
    """Let writes through on a production or read-only database; the app asks for the database's name first."""


@dataclass
class LockWrites(Message):
    """The transaction has ended: writes are refused again."""


@dataclass
class RanAs(Message):
    """How firmly the last impersonated statement was held, as the server said: `boundary` or `advisory`."""

    strength: str
