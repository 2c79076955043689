import re

from chatly_console.server.database import Database
from tests.database.readme import README, filled, generated
from tests.server.conftest import opening_of


async def test_the_generated_parts_are_those_of_the_database(chatly_dsn: str) -> None:
    database = await Database.connect(opening_of(chatly_dsn, pool_size=2))
    try:
        parts = await generated(database)
    finally:
        await database.close()
    written = README.read_text(encoding="utf-8")
    fresh = filled(written, parts)
    assert sorted(written.splitlines()) == sorted(fresh.splitlines()), "run make database-readme"
    assert all(f"<!-- generated: {name} -->" in written for name in parts)


def test_every_function_and_folder_that_it_names_is_there() -> None:
    written = README.read_text(encoding="utf-8")
    sql = "\n".join(path.read_text(encoding="utf-8") for path in README.parent.glob("2*.sql"))
    for name in re.findall(r"^\| `(\w+)`", written[written.index("## Functions") : written.index("## Queries")], re.M):
        assert f"function public.{name}(" in sql, name
    for name in re.findall(r"`(\w+(?:/[\w.]*)?)/?`", written[: written.index("## Entities")]):
        if "/" in name:
            assert (README.parent / name).exists(), name
