"""A console that applies a folder of migrations in a process of its own, to be killed: `DSN FOLDER`."""

import asyncio
import sys
from pathlib import Path

from chatly_console.server.database import Database
from tests.migrations.stage import Run
from tests.server.conftest import opening_of


async def main(dsn: str, folder: Path) -> None:
    database = await Database.connect(opening_of(dsn, pool_size=4))
    await Run(database, folder).go()
    await database.close()


asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
