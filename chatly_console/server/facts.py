"""What is known of the server from the moment of connecting."""

from dataclasses import dataclass
from typing import Any

from chatly_console.server.sql_files import load_sql
from chatly_console.server.text_connection import TextConnection


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """The server, the database and the login, as the server itself says.

    `version_number` is like 180006. `transaction_pooler` means that sessions are shared with others between
    transactions, so nothing may outlive one. `user_id_function` is whether `auth.uid()` exists.
    """

    version_number: int
    version: str
    database: str
    user: str
    superuser: bool
    bypasses_rls: bool
    standby: bool
    read_only: bool
    tls: bool
    user_id_function: bool
    transaction_pooler: bool = False
    host: str = ""
    """Where the server is, for the identity bar: `host:port`, or `embedded:18.6`."""

    @property
    def major(self) -> int:
        """The major version: 18."""
        return self.version_number // 10000


async def read_facts(connection: TextConnection, *, transaction_pooler: bool, timeout: float) -> ServerFacts:
    """Ask the server who it is and as whom we are there."""
    rows: list[Any] = await connection.typed(load_sql("chatly_console.server", "facts"), (), timeout)
    return ServerFacts(**dict(rows[0].items()), transaction_pooler=transaction_pooler)


async def behind_pooler(connection: TextConnection, timeout: float) -> bool:
    """Whether something stands between us and the server: then the key it gave us is not the backend's pid."""
    rows = await connection.typed("select pg_catalog.pg_backend_pid() as pid", (), timeout)
    return bool(rows[0]["pid"] != connection.get_server_pid())


async def shares_sessions(first: TextConnection, second: TextConnection, timeout: float) -> bool:
    """Whether a pooler lends its server connections by transaction.

    `first` opens a transaction and so holds the server connection that `second` used last; in transaction mode
    `second` then gets another one, in session mode it keeps its own.
    """
    sql = "select pg_catalog.pg_backend_pid() as pid"
    before = (await second.typed(sql, (), timeout))[0]["pid"]
    await first.execute("begin", timeout=timeout)
    try:
        held = (await first.typed(sql, (), timeout))[0]["pid"]
        during = (await second.typed(sql, (), timeout))[0]["pid"]
    finally:
        await first.execute("rollback", timeout=timeout)
    return bool(before in (held,) or during != before)
