"""Data for a proof: the project's own seed, on a shadow on which all files are applied."""

import asyncio
from pathlib import Path

from chatly_console.core.failure import Failure
from chatly_console.migrations.layouts import read_text
from chatly_console.migrations.verify import Seed
from chatly_console.server.database import Database

_FILES = ("seed.sql", "../seed.sql")
"""Beside the migrations, or where the Supabase CLI keeps it."""


def seed_of(folder: Path) -> Seed | None:
    """What fills a database of this project; None where the project has nothing for that."""
    for name in _FILES:
        path = (folder / name).resolve()
        if path.is_file():
            return _script(path)
    if (folder / "seed" / "clients.toml").is_file():
        return _chatly_data
    return None


async def _chatly_data(database: Database) -> None:
    from chatly_console.demo.service import fill  # the demo is built by this room's runner

    await fill(database.opening.arguments)


def _script(path: Path) -> Seed:
    async def seed(database: Database) -> None:
        text = await asyncio.to_thread(read_text, path)
        async with database.dedicated("chatly-console seed") as session:
            try:
                await session.run(text)
            except Failure as failure:
                failure.sentence = f"{path.name}: {failure.sentence}"
                raise

    return seed
