"""Finds out what the rows of a result are, with the catalogue of the database that they came from."""

import asyncio
import json
from collections.abc import Sequence

from chatly_console.core.catalogue import Catalogue
from chatly_console.core.identity import Identity
from chatly_console.core.values import Column
from chatly_console.query.origin import shape_of
from chatly_console.query.table_rows import TableRows, table_rows
from chatly_console.server.catalogue import load_catalogue
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql

_WITHIN = 10.0


class Tables:
    """The catalogue of one database, read when it is first needed and again once something was changed in it."""

    def __init__(self) -> None:
        self._database: Database | None = None
        self._catalogue: Catalogue | None = None
        self._turn = asyncio.Lock()

    def forget(self) -> None:
        """An object was created, altered or dropped."""
        self._catalogue = None

    async def catalogue(self, database: Database) -> Catalogue:
        """The catalogue; raises Failure where it cannot be read."""
        async with self._turn:
            if self._catalogue is None or database is not self._database:
                self._catalogue = await load_catalogue(database, timeout=_WITHIN)
                self._database = database
            return self._catalogue

    async def rows_of(self, database: Database, sql: str, columns: Sequence[Column], identity: Identity) -> TableRows:
        """What the rows of this query are; raises Failure where the server cannot be asked."""
        shape = await asyncio.to_thread(shape_of, sql)
        if shape is None:
            return table_rows(None, (), columns, Catalogue())
        names = [source.relation for source in shape.sources]
        statement = load_sql("chatly_console.query", "relation_oids")
        found = await database.records(statement, json.dumps(names), identity=identity, timeout=_WITHIN)
        oids = [None if row["oid"] is None else int(str(row["oid"])) for row in found]
        return table_rows(shape, oids, columns, await self.catalogue(database))
