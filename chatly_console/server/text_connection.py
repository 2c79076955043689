"""A connection on which every value arrives as the text that psql would show.

asyncpg's own decoders fail on (or change) dates BC, infinity, 24:00, far timestamps, arrays with lower bounds
and anonymous records, and one such cell breaks a whole fetch. Here the server's own output functions make the
text, for every type; so no type has to be looked up first. This module is the one place that uses asyncpg's
private interfaces; the version is bounded in pyproject.toml and a test per type guards it.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

import asyncpg
from asyncpg.protocol.protocol import BUILTIN_TYPE_OID_MAP

from chatly_console.core.values import Column, Record, Row

_TEXT_OID = 25
_JSON_OIDS = frozenset({114, 3802})
PORTAL = "chatly_result"
"""The name of the portal (the cursor) of a result; a transaction has one open at a time."""

CsvSink = Callable[[bytes], Awaitable[None]]
"""Takes whole lines of CSV; the server waits while it does."""


if TYPE_CHECKING:
    _Connection = asyncpg.Connection[asyncpg.Record]
else:
    _Connection = asyncpg.Connection


class _NotIntrospected:
    """Stands for the statement that asyncpg would have used to ask for types."""

    name = "none"


class TextConnection(_Connection):
    """An asyncpg connection with text codecs for all types; parameters are given as text too."""

    borrowed_as: Any = None
    """The pool's proxy for it while it is lent."""

    if TYPE_CHECKING:
        _protocol: Any
        _cancel: Any
        _on_release: Any
        _get_statement: Any
        _stmt_cache_enabled: bool

    def register_text_codecs(self) -> None:
        """Give every built-in type the text codec; other types get it when they are first seen."""
        self._register(BUILTIN_TYPE_OID_MAP)

    def _register(self, oids: Any) -> None:
        settings = self._protocol.get_settings()
        for oid in oids:
            # asyncpg's own codec of the type text, written in C: a function of ours would be called for every cell.
            settings.set_builtin_type_codec(oid, f"oid{oid}", "pg_catalog", "scalar", _TEXT_OID, "text")

    async def _introspect_types(self, typeoids: Any, timeout: Any) -> tuple[list[object], _NotIntrospected]:
        self._register(typeoids)
        return [], _NotIntrospected()

    async def _parse(self, sql: str, timeout: float | None, *, ignore_custom_codec: bool = False) -> Any:
        """Parse a statement, once: asyncpg would do it again for each run where it keeps no cache of statements, lest a
        pooler has given the session to somebody else meanwhile. In a transaction none does."""
        self._stmt_cache_enabled = self.is_in_transaction()
        return await self._get_statement(
            sql, timeout, named=False, use_cache=False, ignore_custom_codec=ignore_custom_codec
        )

    def get_reset_query(self) -> str:
        """Nothing: the pool's borrower cleans up itself, in fewer round trips (see `lease`)."""
        return ""

    async def start(
        self, sql: str, arguments: tuple[str | None, ...], limit: int, timeout: float | None = None
    ) -> "Portal":
        """Run one statement and keep its portal open; `limit` rows at most are fetched at once (0: all)."""
        statement = await self._parse(sql, timeout)
        attributes = statement._get_attributes()
        columns = [Column(a.name, a.type.oid, a.type.name) for a in attributes or ()]
        portal = Portal(self, statement, columns)
        portal.keep(await self._protocol.bind_execute(statement, arguments, PORTAL, limit, True, timeout))
        return portal

    async def repeatable(self, sql: str, timeout: float | None = None) -> "Repeatable":
        """Parse one statement, to be run any number of times in this transaction, and nothing else in between."""
        statement = await self._parse(sql, timeout)
        columns = [Column(a.name, a.type.oid, a.type.name) for a in statement._get_attributes() or ()]
        return Repeatable(self, statement, columns)

    async def copy_out(self, script: str, write: CsvSink) -> str:
        """Run a COPY to standard output; returns the tag. It is neither to be cancelled nor `write` to fail (see
        `copying`): asyncpg would leave the connection in the middle of it."""
        return cast(str, await self._protocol.copy_out(script, write, None))

    async def copy_in(self, script: str, lines: AsyncIterator[bytes]) -> str:
        """Run a COPY from standard input; returns the tag."""
        return cast(str, await self._protocol.copy_in(script, lines, None, None, None, None))

    async def settle(self) -> None:
        """Wait until a statement that was cancelled has ended; only then is it known whether a transaction is open."""
        if self._protocol._is_cancelling():
            await self._protocol._wait_for_cancellation(None)

    async def ask_to_stop(self) -> None:
        """Send the server a cancel request for what this connection runs."""
        await self._cancel(asyncio.get_running_loop().create_future())

    async def keep_parsed(self, sql: str, timeout: float | None) -> Any:
        """Parse a statement of our own that the server keeps for this session; only where nobody else is lent it."""
        return await self._get_statement(sql, timeout, named=True, use_cache=False, ignore_custom_codec=True)

    async def typed(
        self, sql: str, arguments: tuple[object, ...], timeout: float | None, *, parsed: Any = None
    ) -> list[Record]:
        """Run a statement of our own and return its rows with Python values (json decoded; no arrays).

        `parsed` is what `keep_parsed` made of it.
        """
        statement = parsed or await self._parse(sql, timeout, ignore_custom_codec=True)
        rows = await self._protocol.bind_execute(statement, arguments, "", 0, False, timeout)
        attributes = statement._get_attributes() or ()
        documents = [a.name for a in attributes if a.type.oid in _JSON_OIDS]
        if not documents:
            return cast(list[Record], rows)
        return [_decoded(row, documents) for row in rows]


class Repeatable:
    """A parsed statement on a `TextConnection`: each run takes its own values and brings all of its rows."""

    def __init__(self, connection: TextConnection, statement: Any, columns: list[Column]) -> None:
        self.columns = columns
        self._connection = connection
        self._statement = statement

    @property
    def parameter_oids(self) -> list[int]:
        """The types of `$1 ...`, as the server understood the statement."""
        return [parameter.oid for parameter in self._statement._get_parameters() or ()]

    async def rows(self, arguments: tuple[str | None, ...], timeout: float | None) -> list[Row]:
        """Run it once."""
        rows = await self._connection._protocol.bind_execute(self._statement, arguments, "", 0, False, timeout)
        return [tuple(row) for row in rows]


class Portal:
    """An open result on a `TextConnection`: what has been fetched and not yet taken, and whether there is more."""

    def __init__(self, connection: TextConnection, statement: Any, columns: list[Column]) -> None:
        self.columns = columns
        self.tag = ""
        self.exhausted = False
        self._connection = connection
        self._statement = statement
        self._kept: list[Row] = []

    def keep(self, fetched: Any) -> None:
        """Take in what one Execute message brought: rows, the command tag, whether the portal has ended."""
        rows, tag, ended = fetched
        self._kept.extend(map(tuple, rows or ()))
        self.exhausted = bool(ended) or not rows  # a text without a statement is never said to have ended
        if ended and tag:
            self.tag = tag.decode()

    async def fetch(self, limit: int) -> None:
        """Fetch `limit` more rows into what is kept."""
        self.keep(await self._connection._protocol.execute(self._statement, PORTAL, limit, True, None))

    def take(self) -> list[Row]:
        """Hand out what is kept."""
        rows, self._kept = self._kept, []
        return rows


def _decoded(row: Any, documents: list[str]) -> Record:
    values = dict(row.items())
    for name in documents:
        if values[name] is not None:
            values[name] = json.loads(values[name])
    return values
