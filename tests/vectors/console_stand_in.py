"""A console that tries an index on the table in a process of its own, to be killed: `DSN`."""

import asyncio
import sys
from contextlib import aclosing

from chatly_console.server.database import Database
from chatly_console.vectors.candidates import Candidate
from chatly_console.vectors.on_table import try_on_table
from chatly_console.vectors.service import find_columns
from tests.server.conftest import opening_of


async def main(dsn: str) -> None:
    database = await Database.connect(opening_of(dsn))
    column = (await find_columns(database)).columns[0]
    candidate = Candidate("hnsw", (("m", 16), ("ef_construction", 64)))
    async with aclosing(try_on_table(database, column, candidate, k=5)) as trials:
        async for _ in trials:
            pass
    await database.close()


asyncio.run(main(sys.argv[1]))
