"""Databases for the tests of the vectors room: the seeded Chatly, and one with columns of every type."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from chatly_console.server.database import Database
from tests.conftest import run_apart
from tests.server.conftest import opening_of

HOSTILE = "\x1b]0;owned\x07[/] [@click=app.bell]x[/] \u202e"

_EVERY_TYPE = """
create schema ext; create schema "odd ""schema";
create extension vector schema ext;
set search_path = ext, public;
select setseed(0.5);
create function noise(n int) returns real[] language sql volatile as
  $$ select array_agg((random() - 0.5)::real) from generate_series(1, n) $$;
create table "odd ""schema"."odd table" (id int, part int, title text,
  v vector(8), h halfvec(8), s sparsevec(8), b bit(16),
  primary key (id, part));
insert into "odd ""schema"."odd table"
select i, i % 3, $1, x::vector(8), x::vector(8)::halfvec(8), x::vector(8)::sparsevec(8),
       binary_quantize((x || x)::vector)
  from (select i, noise(8 + 0 * i) as x from generate_series(1, 600) i) q;
create index v_l2 on "odd ""schema"."odd table" using ivfflat (v vector_l2_ops) with (lists = 20);
create index v_ip on "odd ""schema"."odd table" using hnsw (v vector_ip_ops);
create index h_cosine on "odd ""schema"."odd table" using hnsw (h halfvec_cosine_ops);
create index s_l1 on "odd ""schema"."odd table" using hnsw (s sparsevec_l1_ops);
create index b_hamming on "odd ""schema"."odd table" using hnsw (b bit_hamming_ops);
analyze "odd ""schema"."odd table";
"""


@pytest.fixture
def every_type_dsn(database_dsn: str) -> str:
    """600 rows with a column of each type in a schema with an odd name; the extension in a schema of its own."""
    run_apart(_fill(database_dsn))
    return database_dsn


async def _fill(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    await connection.execute(_EVERY_TYPE.replace("$1", quoted))
    await connection.close()


@pytest.fixture
async def every_type(every_type_dsn: str) -> AsyncIterator[Database]:
    """A connected `every_type_dsn`."""
    database = await Database.connect(opening_of(every_type_dsn))
    yield database
    await database.close()


@pytest.fixture
async def chatly(chatly_dsn: str) -> AsyncIterator[Database]:
    """The seeded Chatly database, to be read only."""
    database = await Database.connect(opening_of(chatly_dsn))
    yield database
    await database.close()
