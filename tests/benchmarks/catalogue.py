"""The catalogue of 3,000 tables x 10 columns: how quick, how large, and how quick the tree and the finder are on it."""

import gc
import statistics
import time
from pathlib import Path

import asyncpg

from chatly_console.core.catalogue import Catalogue, ColumnInfo, Relation, Schema
from chatly_console.core.dsn import parse_dsn
from chatly_console.schema.find import NameIndex
from chatly_console.schema.tree import first_open, rows_of_tree
from chatly_console.server.catalogue import load_catalogue
from chatly_console.server.connect_arguments import connect_arguments
from chatly_console.server.database import Database
from chatly_console.server.pool import Opening
from chatly_console.server.sql_files import load_sql

from .big_table import big_table, run

TABLES = 3_000
_COLUMNS = "id int primary key, a text not null default 'x', b numeric, c date, d jsonb, e bool, f uuid, g int, h text[], i int"
_STATEMENTS = (("catalogue_objects", (False,)), ("catalogue_columns", (False,)), ("catalogue_keys", ()))


def rows() -> list[tuple[str, str, str, bool]]:
    """Measured on a database of its own."""
    return run(_measure())


async def _measure() -> list[tuple[str, str, str, bool]]:
    server = await big_table()
    admin = await asyncpg.connect(server.dsn("postgres"))
    await admin.execute("drop database if exists bench_catalogue with (force)")
    await admin.execute("create database bench_catalogue")
    plain = await asyncpg.connect(server.dsn("bench_catalogue"))
    for first in range(0, TABLES, 500):
        await plain.execute("".join(f"create table t_{n} ({_COLUMNS});" for n in range(first, first + 500)))
    arguments = {**connect_arguments(parse_dsn(server.dsn("bench_catalogue")))}
    del arguments["statement_cache_size"]
    database = await Database.connect(Opening(arguments))
    try:
        ours, theirs = [], []
        memory = _resident_mb()
        for _ in range(7):
            begun = time.perf_counter()
            catalogue = await load_catalogue(database)
            tree = rows_of_tree(catalogue, first_open(catalogue))
            ours.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            for name, given in _STATEMENTS:
                await plain.fetch(load_sql("chatly_console.server", name), *given)
            theirs.append(time.perf_counter() - begun)
        assert len(catalogue.relations) == TABLES and len(tree) > TABLES
        gc.collect()
        memory = _resident_mb() - memory
    finally:
        await database.close()
        await plain.close()
        await admin.execute("drop database bench_catalogue with (force)")
        await admin.close()
        server.release()
    median, ratio = statistics.median(ours), statistics.median(ours) / statistics.median(theirs)
    find = _find_ms()
    return [
        ("catalogue of 3,000 tables x 10 columns to the rows of the tree", "0.5 s", f"{median:.2f} s", median <= 0.5),
        ("  / the same statements one by one by plain asyncpg", "1.5x", f"{ratio:.2f}x", ratio <= 1.5),
        ("  memory for it", "60 MB", f"{memory:.0f} MB", memory <= 60),
        ("find a name among 100,000, p95 of a key", "50 ms", f"{find:.0f} ms", find <= 50),
    ]  # fmt: skip


def _find_ms() -> float:
    """The time from each key of some words to the hits, in a catalogue of 10,000 tables and 90,000 columns."""
    relations = {n: Relation(n, "public", f"customer_{n}_orders", "table") for n in range(10_000)}
    columns = {
        n: tuple(ColumnInfo(n, c, f"column_{c}_of_{n}", "text", False, False) for c in range(9)) for n in relations
    }
    index = NameIndex(Catalogue((Schema(1, "public"),), relations, columns=columns))
    times = []
    for word in ("customer_77", "column_3_of_9", "cst77ord", "nothing"):
        for length in range(1, len(word) + 1):
            begun = time.perf_counter()
            index.find(word[:length])
            times.append((time.perf_counter() - begun) * 1000)
    return sorted(times)[int(len(times) * 0.95)]


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6
