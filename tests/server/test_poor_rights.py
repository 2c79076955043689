"""Logins that may do little: each still connects, is told apart, and gets sentences instead of tracebacks."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from chatly_console.connections.service import other_databases, server_checks
from chatly_console.core.dsn import parse_dsn
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity, Strength
from chatly_console.core.request import Mode, Request
from chatly_console.core.values import Row
from chatly_console.server.database import Database
from chatly_console.server.profiles import profile_of_target

from .conftest import opening_of

pytestmark = pytest.mark.pg17

PASSWORDS = {"powerless": "none-pw", "readonly": "read-pw", "onlyone": "one-pw", "expired": "old-pw"}


def as_login(dsn: str, user: str) -> str:
    return dsn.replace("postgres:postgres-pw@", f"{user}:{PASSWORDS[user]}@")


@asynccontextmanager
async def connected(dsn: str, **options: Any) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(dsn, **options))
    try:
        yield database
    finally:
        await database.close()


async def rows_of(
    database: Database, sql: str, *, identity: Identity = LOGIN, mode: Mode = Mode.READ_ONLY
) -> list[Row]:
    async with database.open(Request(sql, (), identity, mode)) as result:
        rows = await result.fetch()
        await result.finish()
        return rows


async def refused(call: Callable[[], Coroutine[Any, Any, object]]) -> Failure:
    with pytest.raises(Failure) as caught:
        await call()
    assert caught.value.sentence
    return caught.value


async def test_the_owner_that_is_no_superuser(pg17_dsn: str) -> None:
    async with connected(pg17_dsn) as database:
        facts = database.facts
        assert (facts.user, facts.superuser, facts.bypasses_rls, facts.tls) == ("postgres", False, True, True)
        assert await database.strength(Identity.anon()) == Strength.ADVISORY
        assert database.no_boundary_because
        assert await rows_of(database, "select current_user", identity=Identity.anon()) == [("anon",)]
        assert await rows_of(database, "show statement_timeout", identity=Identity.anon()) == [("3s",)]
        failure = await refused(lambda: rows_of(database, "select 1", identity=Identity.of_role("supabase_admin")))
        assert failure.sqlstate == "42501"
        assert await rows_of(database, "select current_user") == [("postgres",)]


async def test_the_powerless(pg17_dsn: str) -> None:
    dsn = as_login(pg17_dsn, "powerless")
    async with connected(dsn) as database:
        assert (database.facts.user, database.facts.bypasses_rls) == ("powerless", False)
        assert await rows_of(database, "select 1") == [("1",)]
        failure = await refused(lambda: rows_of(database, "select * from auth.users"))
        assert (failure.kind, failure.sqlstate) == (FailureKind.SQL, "42501")
        failure = await refused(lambda: rows_of(database, "select 1", identity=Identity.anon()))
        assert failure.sqlstate == "42501"
        checks = await server_checks(profile_of_target(parse_dsn(dsn), "dsn"), database)
        assert any(check.name == "run as" and check.level == "warn" for check in checks)
        assert all(isinstance(name, str) for name, _ in await other_databases(database))


async def test_the_reader_cannot_write_even_when_asked_to_commit(pg17_dsn: str) -> None:
    async with connected(as_login(pg17_dsn, "readonly")) as database:
        assert database.facts.read_only
        assert await rows_of(database, "select count(*) from auth.users")
        sql = "create table public.never_here (a int)"
        failure = await refused(lambda: rows_of(database, sql, mode=Mode.COMMITTED))
        assert failure.sqlstate in ("25006", "42501")


async def test_a_login_with_one_connection_works_with_it(pg17_dsn: str) -> None:
    async with connected(as_login(pg17_dsn, "onlyone"), pool_size=8) as database:
        assert await rows_of(database, "select 1") == [("1",)]
        async with database.open(Request("select generate_series(1, 2000)")) as result:
            assert len(await result.fetch(10)) > 0
            failure = await refused(lambda: rows_of(database, "select 2"))
            assert failure.kind is FailureKind.FULL
        assert await rows_of(database, "select 3") == [("3",)]
        assert database.link.is_up


async def test_an_expired_password_is_a_sentence_without_it(pg17_dsn: str) -> None:
    failure = await refused(lambda: Database.connect(opening_of(as_login(pg17_dsn, "expired"))))
    assert failure.kind is FailureKind.LOGIN
    assert "old-pw" not in f"{failure.sentence} {failure.detail} {failure.hint}"
