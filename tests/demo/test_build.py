import asyncio
import os
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from chatly_console.demo import service


@pytest.fixture
def socket(chatly_dsn: str) -> str:
    return parse_qs(urlsplit(chatly_dsn).query)["host"][0]


@pytest.fixture
async def name(socket: str) -> AsyncIterator[str]:
    wanted = f"chatly_test_build_{os.getpid()}"
    yield wanted
    await service.drop_database(socket, database=wanted)


async def databases(socket: str) -> set[str]:
    connection = await asyncpg.connect(host=socket, user="postgres", database="postgres", timeout=10)
    try:
        return {row[0] for row in await connection.fetch("select datname from pg_database")}
    finally:
        await connection.close()


async def test_an_interrupted_build_leaves_no_database_and_is_begun_afresh(
    socket: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def power_cut(*_: object, **__: object) -> None:
        raise ConnectionAbortedError

    async def nothing(*_: object, **__: object) -> None:
        return

    monkeypatch.setattr(service, "load", power_cut)
    with pytest.raises(ConnectionAbortedError):
        await service.build_database(socket, database=name)
    assert name not in await databases(socket)
    monkeypatch.setattr(service, "load", nothing)
    done: list[str] = []
    # Two consoles at once: one builds, the other waits and finds it built.
    await asyncio.gather(
        *(service.build_database(socket, database=name, progress=lambda doing, _: done.append(doing)) for _ in range(2))
    )
    there = await databases(socket)
    assert name in there
    assert service.BUILDING not in there
    assert done.count("Creating the database") == 1
    assert await service.build_database(socket, database=name) == ""
    # Its data were made relative to the day of the build: in a month the queries of the last weeks find nothing.
    with monkeypatch.context() as later:
        later.setattr("chatly_console.demo.fingerprint.OLD_DAYS", 0)
        assert "demo --reset" in await service.build_database(socket, database=name)
    # A console with other migrations or another seed leaves it as it is, and says so.
    monkeypatch.setattr("chatly_console.demo.fingerprint.fingerprint", lambda: "another")
    assert "have changed since" in await service.build_database(socket, database=name)


async def test_dropping_what_is_not_there_is_no_error(socket: str) -> None:
    await service.drop_database(socket, database="chatly_test_never_built")
