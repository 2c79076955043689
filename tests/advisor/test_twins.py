"""Whether an index like a proposed one is there already, however the server words it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from chatly_console.advisor.indexes.candidate import Candidate
from chatly_console.advisor.indexes.table_facts import read_named
from chatly_console.advisor.indexes.table_info import TableInfo
from chatly_console.advisor.indexes.twins import broken_twin, equal_index, served_by
from chatly_console.server.database import Database
from tests.server.conftest import opening_of

_MADE = """
create schema extensions;
create extension pg_trgm schema extensions;
create extension vector schema extensions;
create table t (id int primary key, a int, b int, "Odd name" text, c text, gone timestamptz, v extensions.vector(3));
create index part on t (a) where c = 'open' and gone is null;
create index full_ab on t (a desc, b) with (fillfactor = 70);
create index odd on t (lower("Odd name"), b);
create index words on t using gin (c extensions.gin_trgm_ops) with (fastupdate = off);
create index holds on t (b) include (a, c);
create index lists on t using ivfflat (v extensions.vector_l2_ops) with (lists = 1);
create index pattern on t (c text_pattern_ops)
"""
_KINDS: dict[str, dict[str, Any]] = {
    "part": {"keys": ("a",), "where": "gone is null"},
    "both": {"keys": ("a",), "where": "c = 'open'"},
    "a": {"keys": ("a",)},
    "ab": {"keys": ("a", "b")},
    "ab sorted": {"keys": ("a desc", "b"), "ordered": 2},
    "ab sorted the other way round": {"keys": ("a", "b desc"), "ordered": 2},
    "ab sorted as it is not": {"keys": ("a", "b"), "ordered": 2},
    "ab with nulls elsewhere": {"keys": ("a desc nulls last", "b"), "ordered": 2},
    "ba": {"keys": ("b", "a")},
    "odd": {"keys": ('(lower("Odd name"))',)},
    "words": {"keys": ("c",), "method": "gin", "opclass": "extensions.gin_trgm_ops"},
    "holds": {"keys": ("b",), "include": ("c",)},
    "holds too little": {"keys": ("b",), "include": ("gone",)},
    "vectors": {"keys": ("v",), "method": "ivfflat", "opclass": "extensions.vector_l2_ops", "options": "lists = 100"},
    "other vectors": {"keys": ("v",), "method": "ivfflat", "opclass": "extensions.vector_ip_ops"},
    "pattern": {"keys": ("c",), "opclass": "text_pattern_ops"},
    "no pattern": {"keys": ("c",)},
}
EXPECTED = {
    "part": "", "both": "", "a": "full_ab", "ab": "full_ab", "ab sorted": "full_ab",
    "ab sorted the other way round": "full_ab", "ab sorted as it is not": "", "ab with nulls elsewhere": "",
    "ba": "", "odd": "odd", "words": "words", "holds": "holds", "holds too little": "",
    "vectors": "lists", "other vectors": "", "pattern": "pattern", "no pattern": "",
}  # fmt: skip


def candidate(table: TableInfo, name: str) -> Candidate:
    return Candidate(table, why="planted", **_KINDS[name])


@pytest.fixture
async def admin(database_dsn: str) -> object:
    connection = await asyncpg.connect(database_dsn)
    await connection.execute(_MADE)
    yield connection
    await connection.close()


async def test_what_is_there_is_not_proposed_again(
    admin: asyncpg.Connection[asyncpg.Record], database_dsn: str
) -> None:
    database = await Database.connect(opening_of(database_dsn))
    try:
        table = (await read_named(database, ["public.t"]))[0]
        found = {name: served_by(candidate(table, name)) for name in _KINDS}
        assert {name: one.name if one else "" for name, one in found.items()} == EXPECTED
        both = Candidate(table, ("a",), "planted", where="c = 'open' and gone is null")
        assert (alike := served_by(both)) is not None and alike.name == "part"
        assert (equal := equal_index(candidate(table, "words"))) is not None and equal.name == "words"
        assert equal_index(candidate(table, "a")) is None, "it begins with it, but is not the same"
        await admin.execute("update pg_index set indisvalid = false where indrelid = 't'::regclass")
        table = (await read_named(database, ["public.t"]))[0]
        assert not any(served_by(candidate(table, name)) for name in _KINDS), "none can be used"
        mended = {name: broken_twin(candidate(table, name)) for name in _KINDS}
        assert {name: one.name for name, one in mended.items() if one} == {
            "ab": "full_ab", "ab sorted": "full_ab", "ab sorted the other way round": "full_ab", "words": "words",
            "pattern": "pattern",
        }  # fmt: skip
        same_lists = replace(candidate(table, "vectors"), options="lists = 1")
        assert (broken := broken_twin(same_lists)) is not None and broken.name == "lists"
        assert (broken := broken_twin(replace(both, table=table))) is not None and broken.name == "part"
    finally:
        await database.close()
