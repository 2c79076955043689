from collections.abc import AsyncIterator

import asyncpg
import pytest

Connection = asyncpg.Connection


@pytest.fixture
async def chatly(chatly_dsn: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """The seeded database in a transaction that is rolled back."""
    connection = await asyncpg.connect(chatly_dsn, timeout=10, command_timeout=60)
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield connection
    finally:
        await transaction.rollback()
        await connection.close(timeout=10)
