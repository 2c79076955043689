import re
import tomllib

import asyncpg

from tests.database.conftest import FOLDER, UP, run_file

Connection = asyncpg.Connection
LISTED = tomllib.loads((FOLDER / "extensions.toml").read_text(encoding="utf-8"))
MIGRATION = UP[0].read_text(encoding="utf-8")


def test_list_and_migration_speak_of_the_same_extensions() -> None:
    wanted = {
        name: (schema.strip("'"), needed == "true")
        for name, schema, needed in re.findall(r"\('([\w-]+)',\s+('\w+'|null),\s+(true|false)\)", MIGRATION)
    }
    assert {name: bool(said.get("needed")) for name, said in LISTED.items()} == {
        name: needed for name, (_, needed) in wanted.items()
    }
    # Those that choose their schema themselves are left to do so.
    assert all(schema in ("null", LISTED[name]["schema"]) for name, (schema, _) in wanted.items())


async def test_each_extension_is_made_where_the_server_offers_it_and_else_said_to_be_missing(
    fresh: "Connection[asyncpg.Record]",
) -> None:
    told: list[str] = []
    fresh.add_log_listener(lambda _, message: told.append(str(message)))
    await run_file(fresh, UP[0])
    offered = {row[0] for row in await fresh.fetch("select name from pg_available_extensions")}
    there = {
        row["extname"]: row["schema"]
        for row in await fresh.fetch("select extname, extnamespace::regnamespace::text as schema from pg_extension")
    }
    for name, said in LISTED.items():
        if name in offered:
            assert there.get(name) == said["schema"], name
        else:
            assert any(f"extension {name} is not offered" in words for words in told), name
