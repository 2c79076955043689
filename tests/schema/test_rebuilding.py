"""Definitions are made elsewhere from their text alone, and the catalogues of both compared by a query of its own."""

import asyncpg

from chatly_console.core.catalogue import Catalogue, Relation, Routine, TypeInfo
from chatly_console.schema.service import look_at
from chatly_console.server.catalogue import load_catalogue
from chatly_console.server.database import Database
from tests.schema.hostile import RICH
from tests.schema.snapshot import EVERYTHING, hard

LAST = {
    "type": 0, "domain": 1, "enum": 0, "composite type": 2,
    "range type": 2, "function": 3, "procedure": 3, "aggregate": 4,
}  # fmt: skip
CLEAN = """
drop schema if exists shop cascade;
drop foreign data wrapper if exists nothing_at_all cascade; drop access method if exists heap_too cascade;
drop role if exists maker; drop role if exists reader;
"""


def in_order(catalogue: Catalogue) -> list[Relation | Routine | TypeInfo]:
    """Types before what has columns of them, and the rest as it was made."""
    own = [
        one for one in catalogue.objects() if isinstance(one, Relation | Routine | TypeInfo) and one.schema == "shop"
    ]
    return sorted(
        (one for one in own if one.kind != "multirange type"), key=lambda one: (LAST.get(one.kind, 5), one.oid)
    )


async def test_every_definition_makes_the_same_object_in_an_empty_schema(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    try:
        await other.execute(RICH + hard(database.facts.version_number))
        before = {row["line"] for row in await other.fetch(EVERYTHING)}
        catalogue = await load_catalogue(database)
        owned = {s for r in catalogue.relations.values() for s in await sequences_of(database, catalogue, r)}
        texts = []
        for found in in_order(catalogue):
            subject = await look_at(database, catalogue, found)
            assert subject.failure is None
            if found.quoted not in owned and not subject.sql.startswith("--"):
                texts.append(subject.sql)
        [schema] = [one for one in catalogue.schemas if one.name == "shop"]
        texts.insert(0, (await look_at(database, catalogue, schema)).sql)
        await other.execute("drop schema shop cascade")
        for text in texts:
            try:
                await other.execute(text)
            except asyncpg.PostgresError as error:
                raise AssertionError(f"{error} in\n{text}") from error
        after = {row["line"] for row in await other.fetch(EVERYTHING)}
        assert (sorted(after - before), sorted(before - after)) == ([], [])
    finally:
        await other.execute(CLEAN)


async def sequences_of(database: Database, catalogue: Catalogue, relation: Relation) -> list[str]:
    """The sequences that a table's own definition makes: those of serial and identity columns."""
    if relation.kind == "sequence":
        subject = await look_at(database, catalogue, relation)
        return [relation.quoted] if subject.details is not None and subject.details.facts.owned_by else []
    return []
