"""Creates the impersonation login, which makes running as a user a boundary instead of a promise."""

import secrets
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.quote import quote_literal
from chatly_console.core.request import Mode
from chatly_console.core.secret import Secret
from chatly_console.policies.service import ROOM
from chatly_console.server.database import Database
from chatly_console.server.impersonation import BOUNDARY_LOGIN, weakness
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
    await verify(database)
    if keyring_user is None:
        return (
            f"{BOUNDARY_LOGIN} is there and was verified; it has no password, because this connection has no profile "
            "to keep it in."
        )
    password = secrets.token_urlsafe(24)
    await save_password(f"{keyring_user}/{BOUNDARY_LOGIN}", Secret(password))
    await database.records(f"alter role {BOUNDARY_LOGIN} password {quote_literal(password)}", mode=Mode.COMMITTED)
    return f"{BOUNDARY_LOGIN} is there and was verified; its password is in the keyring. Connect again to use it."


async def verify(database: Database) -> None:
    """Raise Failure where the login is not as weak as it must be: a superuser, say, or one with rights of its own."""
    rows: Any = await database.records(load_sql("chatly_console.server", "boundary"), BOUNDARY_LOGIN)
    fault = weakness(rows[0]) if rows else f"There is no login {BOUNDARY_LOGIN}."
    if fault:
        raise Failure(fault, FailureKind.REFUSED, hint=f"Drop the role {BOUNDARY_LOGIN}, and set it up again.")
