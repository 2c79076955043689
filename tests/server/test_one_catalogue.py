"""One catalogue feeds the rooms: it is read once for all of them, and what each sees is what stands at that moment."""

import asyncpg
import pytest

from chatly_console.advisor.service import advise
from chatly_console.core.catalogue import Catalogue
from chatly_console.policies.people import read_personas
from chatly_console.policies.service import find_table, read_tables
from chatly_console.policies.tenancy import find_columns
from chatly_console.schema.service import name_index
from chatly_console.server import shared_catalogue
from chatly_console.server.catalogue import load_catalogue
from chatly_console.server.database import Database
from chatly_console.server.shared_catalogue import SharedCatalogue


async def test_the_rooms_share_one_reading(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    readings = 0

    async def counted(asked: Database) -> Catalogue:
        nonlocal readings
        readings += 1
        return await load_catalogue(asked)

    monkeypatch.setattr(shared_catalogue, "load_catalogue", counted)
    await name_index(database, with_system=False)
    await read_tables(database)
    await read_personas(database)
    await find_columns(database)
    await advise(database, ["rls_enabled_no_policy", "extension_known_fault"])
    assert readings == 1


async def test_row_security_is_judged_as_it_stands(database: Database, database_dsn: str) -> None:
    other = await asyncpg.connect(database_dsn)
    try:
        await other.execute("create table kept (a int, b text); create policy p on kept using (true)")
        await SharedCatalogue.of(database).get()
        await other.execute("alter table kept enable row level security; alter table kept force row level security")
        await other.execute("alter table kept drop column a, add column c int")
        table = find_table(await read_tables(database), "kept")
        assert table.enabled and table.forced and table.columns == ("b", "c")
        assert [policy.name for policy in table.policies] == ["p"]
        await other.execute("drop table kept")
        assert not [one for one in await read_tables(database) if one.name == "kept"]
    finally:
        await other.close()
