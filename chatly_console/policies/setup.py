"""Creates the impersonation login, which makes running as a user a boundary instead of a promise."""

import secrets

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.quote import quote_literal
from chatly_console.core.request import Mode
from chatly_console.core.secret import Secret
from chatly_console.policies.service import ROOM
from chatly_console.server.database import Database
from chatly_console.server.impersonation import BOUNDARY_LOGIN
from chatly_console.server.secrets import save_password
from chatly_console.server.sql_files import load_sql


def boundary_script(database: Database) -> str:
    """The SQL that `set_up` runs, to be read first."""
    return (
        f"{load_sql(ROOM, 'boundary').strip()};\n-- and a random password, kept in the keyring of {database.facts.user}"
    )


async def set_up(database: Database, keyring_user: str | None) -> str:
    """Create the login and what it may become; a password goes to the keyring where the profile has a place there."""
    if database.facts.standby:
        raise Failure("This is a standby: create the login on the primary.", FailureKind.USAGE)
    await database.records(load_sql(ROOM, "boundary"), mode=Mode.COMMITTED)
    if keyring_user is None:
        return f"{BOUNDARY_LOGIN} is there; it has no password, because this connection has no profile to keep it in."
    password = secrets.token_urlsafe(24)
    await save_password(f"{keyring_user}/{BOUNDARY_LOGIN}", Secret(password))
    await database.records(f"alter role {BOUNDARY_LOGIN} password {quote_literal(password)}", mode=Mode.COMMITTED)
    return f"{BOUNDARY_LOGIN} is there, and its password is in the keyring. Connect again to use it."
