"""The one object that says what is connected, as whom, and under which profile; widgets only render it."""

from dataclasses import dataclass

from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.link import Link
from chatly_console.server.database import Database
from chatly_console.server.profiles import Profile


@dataclass
class Session:
    """The state that all panes share. Only the app changes it, and tells the panes when it has."""

    profile: Profile
    database: Database | None = None
    identity: Identity = LOGIN
    link: Link | None = None
