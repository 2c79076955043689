"""Connections for statements that run as somebody else: a login that is a boundary, or the pool's own with a promise.

The boundary is `chatly_imp`: a login of no rights of its own that may become `anon` and `authenticated` and
nothing else. What is typed under it cannot reach further, whatever it says. Its connections are fresh for each
identity and never enter the pool. See `core.identity.Strength`.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity, Strength
from chatly_console.core.quote import quote_literal
from chatly_console.server.errors import failure_of
from chatly_console.server.lease import CLEAN_LIMIT, Lender, terminate
from chatly_console.server.sql_files import load_sql
from chatly_console.server.text_connection import TextConnection

BOUNDARY_LOGIN = "chatly_imp"
BOUNDARY_ROLES = frozenset({"anon", "authenticated"})
_SETTINGS_LIFE = 30.0
_MOST_CONNECTIONS = 4

Connect = Callable[[Mapping[str, object]], Awaitable[TextConnection]]


@dataclass(frozen=True, slots=True)
class RequestSettings:
    """What the server keeps for a role: its settings, and the hook that the API calls before each request."""

    settings: Mapping[str, str] = field(default_factory=dict)
    pre_request: str = ""


class BoundaryLender:
    """Lends the connections of the boundary login for one identity; none is shared with another."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._idle: list[TextConnection] = []
        self._free = asyncio.Semaphore(_MOST_CONNECTIONS)

    async def acquire(self) -> TextConnection:
        """An idle connection of this identity, or a fresh one."""
        await self._free.acquire()
        try:
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_closed():
                    return connection
            return await self._connect({"user": BOUNDARY_LOGIN})
        except BaseException:
            self._free.release()
            raise

    async def give_back(self, connection: TextConnection) -> None:
        """Keep the connection for this identity's next statement."""
        self._free.release()
        if not connection.is_closed():
            self._idle.append(connection)

    async def close(self) -> None:
        """End all connections of this identity."""
        idle, self._idle = self._idle, []
        for connection in idle:
            try:
                await connection.close(timeout=CLEAN_LIMIT)
            except Exception:
                terminate(connection)


class Impersonation:
    """Decides how firmly an identity can be taken on here, and lends connections for it."""

    def __init__(self, pool: Lender, connect: Connect | None, settings: Mapping[str, str]) -> None:
        self._pool = pool
        self._settings = settings
        self._connect = connect
        self._lenders: dict[Identity, BoundaryLender] = {}
        self._request_settings: dict[str, tuple[float, RequestSettings]] = {}
        self.no_boundary_because = "" if connect else "This connection has no boundary login."
        self._verified = False

    async def lender(self, identity: Identity) -> tuple[Lender, str]:
        """Where connections for `identity` come from, and the strength of that (see `Strength`; empty: nobody)."""
        if identity.is_login:
            return self._pool, ""
        if identity.role in BOUNDARY_ROLES and self._connect and await self._boundary_holds(self._connect):
            known = self._lenders.get(identity)
            if known is None:
                known = self._lenders[identity] = BoundaryLender(self._connect)
            return known, Strength.BOUNDARY
        return self._pool, Strength.ADVISORY

    async def request_settings(self, role: str | None) -> RequestSettings:
        """The settings of a transaction: the profile's, and what the server keeps for `role` (for half a minute)."""
        if role is None:
            return RequestSettings(self._settings)
        at, known = self._request_settings.get(role, (0.0, RequestSettings()))
        if at and time.monotonic() - at < _SETTINGS_LIFE:
            return known
        connection = await self._pool.acquire()
        try:
            sql = load_sql("chatly_console.server", "request_settings")
            row: Any = (await connection.typed(sql, (role,), CLEAN_LIMIT))[0]
        finally:
            await self._pool.give_back(connection)
        known = RequestSettings({**self._settings, **row["settings"]}, row["pre_request"] or "")
        self._request_settings[role] = (time.monotonic(), known)
        return known

    async def end(self, identity: Identity) -> None:
        """The identity is no longer used: end its connections."""
        lender = self._lenders.pop(identity, None)
        if lender is not None:
            await lender.close()

    async def close(self) -> None:
        """End all of them."""
        for identity in list(self._lenders):
            await self.end(identity)

    async def _boundary_holds(self, connect: Connect) -> bool:
        """Whether the boundary login exists here and is as weak as it must be; asked once per console."""
        if self._verified:
            return not self.no_boundary_because
        try:
            connection = await connect({"user": BOUNDARY_LOGIN})
        except (asyncpg.PostgresError, OSError, TimeoutError) as error:
            failure = failure_of(error)
            if failure.kind is FailureKind.LINK:
                raise failure from error
            self._verified, self.no_boundary_because = True, failure.sentence
            return False
        try:
            row: Any = (await connection.typed(load_sql("chatly_console.server", "boundary"), (None,), CLEAN_LIMIT))[0]
        finally:
            await connection.close(timeout=CLEAN_LIMIT)
        self._verified, self.no_boundary_because = True, weakness(row)
        return not self.no_boundary_because


def weakness(row: Mapping[str, Any]) -> str:
    """Why the login is no boundary, or nothing; `row` is what `sql/boundary.sql` answers."""
    faults = [words for key, words in _FAULTS if row[key]]
    beyond = sorted(set(row["may_become"]) - BOUNDARY_ROLES)
    if beyond:
        faults.append(f"it may become {', '.join(beyond)}")
    return f"{BOUNDARY_LOGIN} is no boundary: {'; '.join(faults)}." if faults else ""


_FAULTS = (
    ("superuser", "it is a superuser"),
    ("bypasses_rls", "it bypasses row level security"),
    ("inherits", "it inherits rights"),
    ("creates_roles", "it may create roles"),
    ("has_rights", "it has rights of its own"),
)


async def refuse_difference(identity: Identity, connection: TextConnection, *, then: str = "") -> None:
    """Ask the server who is asking, and raise where that is not the identity; its transaction is lost then.

    Asked after every statement of an impersonation, so it is one simple query, which fails where something differs and
    says in its error what: half the time of a query whose rows are read. `then` is run in the same round trip.
    """
    try:
        await connection.execute(_still(identity) + (f"; {then}" if then else ""), timeout=CLEAN_LIMIT)
    except asyncpg.InvalidTextRepresentationError as error:
        found = re.search(r"now (.+)\W$", str(error))
        if found:
            left, now = f"the role {identity.role}", f"now {found.group(1)}"
        else:
            left, now = "the claims of the request", "now others"
        raise Failure(
            f"The statement left {left} ({now}), so its result is not shown.",
            FailureKind.REFUSED,
            hint="Statements that change the role or the request's claims cannot run as another user.",
        ) from error


def _still(identity: Identity) -> str:
    """A query that fails at making a number of what differs; no search path can shadow anything in it."""
    same = "operator(pg_catalog.=)"
    claims = "coalesce(pg_catalog.current_setting('request.jwt.claims', true), '')"
    legacy = "coalesce(pg_catalog.current_setting('request.jwt.claim.sub', true), '')"
    role = "current_user::pg_catalog.text"
    return (
        f"select case when not ({role} {same} {quote_literal(identity.role)}) "
        f"then pg_catalog.concat('now ', {role})::pg_catalog.int4 "
        f"when {claims} {same} {quote_literal(identity.claims)} and {legacy} {same} '' then 1 "
        f"else pg_catalog.concat('claims of ', {role})::pg_catalog.int4 end"
    )
