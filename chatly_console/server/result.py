"""One statement in its own transaction, and its rows, page by page, while the transaction is open."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import PAGE_ROWS, Mode, Request
from chatly_console.core.values import Column, Notice, Row
from chatly_console.server import frame
from chatly_console.server.committing import commit, failure_at_commit
from chatly_console.server.copying import Copying
from chatly_console.server.errors import failure_of, is_lost, said
from chatly_console.server.impersonation import RequestSettings, refuse_difference
from chatly_console.server.lease import Lender, in_any_case, return_connection, terminate
from chatly_console.server.sql_files import load_sql
from chatly_console.server.text_connection import Portal, TextConnection

_OPENING_LIMIT = 10.0
MOST_NOTICES = 1000
"""Notices kept of one statement; a listener hears all of them."""

NoticeListener = Callable[[Notice], None]


class Result:
    """What `Database.open` gives: an asynchronous context manager around one statement.

    Entering runs the statement and fetches the first page; leaving ends the transaction and returns the
    connection. Only `finish` keeps changes (in mode COMMITTED); leaving without it rolls back. All methods
    raise `Failure`; a cancelled task ends only once the server has stopped, and with `Failure` (kind LINK)
    where the server never said so.
    """

    def __init__(
        self,
        request: Request,
        lender: Lender,
        *,
        strength: str,
        settings: RequestSettings,
        transaction_pooler: bool,
        type_names: dict[int, str],
        first_page: int = PAGE_ROWS,
        on_notice: NoticeListener | None = None,
        on_failure: Callable[[Failure], Failure] = lambda failure: failure,
        copying: Copying | None = None,
    ) -> None:
        self.request = request
        self.strength = strength
        self.ran_as = request.identity.role or ""
        self.notices: list[Notice] = []
        self.backend_pid: int | None = None
        self.started = time.monotonic()
        self.seconds = 0.0
        self.was_kept = False
        """Whether the server has said that it committed, which it may have where `finish` was cancelled too."""
        self._lender = lender
        self._settings = settings
        self._pooled = transaction_pooler
        self._type_names = type_names
        self._first_page = first_page
        self._on_notice = on_notice
        self._on_failure = on_failure
        self._copying = copying
        self._copied = ""
        self._connection: TextConnection | None = None
        self._portal: Portal | None = None
        self._lost: Failure | None = None
        self._answered = True
        self.commit_began = False
        """Whether the commit was sent; until then nothing can have been kept, however the connection ends."""

    @property
    def columns(self) -> list[Column]:
        """The columns of the rows; empty for a statement that returns none."""
        return self._portal.columns if self._portal else []

    @property
    def exhausted(self) -> bool:
        """Whether every row has been fetched."""
        return self._portal is None or self._portal.exhausted

    @property
    def tag(self) -> str:
        """The server's word on what it did (`UPDATE 3`), once the statement has ended."""
        return self._portal.tag if self._portal else self._copied

    @property
    def is_open(self) -> bool:
        """Whether the transaction (and with it a connection and a snapshot) is still held."""
        return self._connection is not None

    async def __aenter__(self) -> Self:
        await self._guarded(self._begin(), doing="Starting the statement")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._release()

    async def fetch(self, limit: int = PAGE_ROWS) -> list[Row]:
        """The next rows: what the first page brought, then `limit` at a time; empty once there are no more."""
        portal = self._portal
        if portal is None:
            return []
        rows = portal.take()
        if rows or portal.exhausted:
            return rows
        if self._lost is not None:
            raise self._lost
        if self._connection is None:
            raise Failure(
                "The cursor of this result is closed; run the statement again for more rows.",
                FailureKind.REFUSED,
            )
        await self._guarded(self._fetch(portal, limit), doing="Fetching rows")
        return portal.take()

    async def finish(self) -> None:
        """End the statement as its mode says: commit, or roll back; the connection is returned."""
        connection = self._connection
        if connection is None:
            return
        if self.request.mode is not Mode.COMMITTED:
            await self._release()
            return
        self.commit_began = True
        try:
            await self._guarded(self._commit(connection), doing="The commit")
        except Failure as failure:
            raise failure_at_commit(failure) from failure
        await self._release()

    def abandon(self, failure: Failure) -> None:
        """Drop the connection because the server does not answer; whoever waits for it gets `failure`."""
        self._lost = failure
        if self._connection is not None:
            terminate(self._connection)

    async def _begin(self) -> None:
        request = self.request
        connection = self._connection = await self._lender.acquire()
        self.backend_pid = connection.get_server_pid()
        connection.add_log_listener(self._hear)
        self.started = time.monotonic()
        await self._open_transaction(connection)
        if self._copying is not None:
            self._copied = await self._copying.carry(connection, request.sql)
        else:
            limit = 0 if request.mode is Mode.OUTSIDE else self._first_page
            self._portal = await connection.start(request.sql, request.arguments, limit)
        self.seconds = time.monotonic() - self.started
        await self._verify(connection)
        if self._portal is not None:
            await self._name_types(connection, self._portal)

    async def _open_transaction(self, connection: TextConnection) -> None:
        request, settings = self.request, self._settings
        if request.mode is not Mode.OUTSIDE:
            opening = frame.opening(request, settings=settings.settings, pre_request=settings.pre_request)
            await connection.execute(opening, timeout=_OPENING_LIMIT)
        elif not self._pooled:
            for statement in frame.timeouts(request, local=False):
                await connection.execute(statement, timeout=_OPENING_LIMIT)

    async def _name_types(self, connection: TextConnection, portal: Portal) -> None:
        """Name the types that are not built in; each is asked for once per database."""
        unknown = sorted({c.type_oid for c in portal.columns} - self._type_names.keys())
        if unknown:
            sql = load_sql("chatly_console.server", "type_names")
            rows: Any = await connection.typed(sql, (",".join(map(str, unknown)),), _OPENING_LIMIT)
            self._type_names.update((row["oid"], row["name"]) for row in rows)
        portal.columns = [replace(c, type_name=self._type_names.get(c.type_oid, "?")) for c in portal.columns]

    async def _fetch(self, portal: Portal, limit: int) -> None:
        assert self._connection is not None
        await portal.fetch(limit)
        await self._verify(self._connection)

    async def _commit(self, connection: TextConnection) -> None:
        too_late = await commit(connection, frame.committing(transaction_pooler=self._pooled))
        self.was_kept = True
        if too_late:
            raise asyncio.CancelledError

    async def _execute(self, connection: TextConnection, script: str) -> None:
        await connection.execute(script)

    async def _verify(self, connection: TextConnection) -> None:
        """Hold the statement to its transaction and its identity before anything that it brought is handed out."""
        if self.request.mode is Mode.OUTSIDE:
            return
        if not connection.is_in_transaction():
            raise Failure(
                "The statement ended its own transaction, so its result is not shown.",
                FailureKind.REFUSED,
                hint="COMMIT and ROLLBACK are not for a single statement.",
            )
        if self.request.identity.is_login:
            return
        await refuse_difference(self.request.identity, connection)

    async def _guarded(self, work: Any, *, doing: str) -> None:
        """Await `work`; on any trouble give the connection back (or drop it) and raise a `Failure`."""
        try:
            await work
        except asyncio.CancelledError:
            await self._stop_after_cancel()
            raise
        except Exception as error:
            failure = self._lost or failure_of(error, doing=doing)
            if is_lost(failure):
                if self._connection is not None:
                    terminate(self._connection)
                if self.request.mode is Mode.COMMITTED and not self.commit_began:
                    failure.hint = failure.hint or "It had not been committed: nothing of it was kept."
            self._portal = None  # nothing that it brought may be shown any more
            await self._release()
            raise self._on_failure(failure) from error

    async def _stop_after_cancel(self) -> None:
        connection = self._connection
        if connection is None:
            return
        await in_any_case(self._release_now())
        if not self._answered:
            raise Failure(
                "Cancelled here, but the server did not confirm that it stopped; the connection was dropped.",
                FailureKind.LINK,
            )

    async def _release(self) -> None:
        if self._connection is not None:
            await in_any_case(self._release_now())

    async def _release_now(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.remove_log_listener(self._hear)
            self._answered = await return_connection(
                self._lender,
                connection,
                transaction_pooler=self._pooled,
                thorough=self.request.mode in (Mode.COMMITTED, Mode.OUTSIDE),
            )

    def _hear(self, _connection: Any, message: Any) -> None:
        notice = notice_of(message)
        if len(self.notices) < MOST_NOTICES:
            self.notices.append(notice)
        if self._on_notice is not None:
            self._on_notice(notice)


def notice_of(message: Any) -> Notice:
    """What the driver's log listener was told, as a notice."""
    return Notice(
        message.severity or "NOTICE",
        said(message.message),
        said(message.detail),
        said(message.hint),
        message.sqlstate or "",
    )
