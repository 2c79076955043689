"""What will happen next, in words: whom it blocks, for about how long, and what it throws away."""

from pathlib import Path

import pytest

from chatly_console.migrations.events import Task
from chatly_console.migrations.forecast import Level, TableFacts, forecast, names_in, outlook
from chatly_console.migrations.layouts import read_folder
from tests.migrations.stage import write

TABLES = {
    "messages": TableFacts("r", 2_000_000, 400e6, 300e6, {"id": "integer", "body": "character varying(50)"}),
    "tiny": TableFacts("r", 20, 8192, 16384),
}


def tasks(folder: Path, *texts: str) -> list[Task]:
    for number, text in enumerate(texts):
        write(folder, f"2026010{number}000000", f"m{number}", text)
    return [Task(file, "up") for file in read_folder(folder).files]


@pytest.mark.parametrize(
    ("sql", "level", "words"),
    [
        (
            "create table n (i int); alter table n add check (i > 0); create index on n (i);",
            Level.SAFE,
            "blocks nobody",
        ),
        ("alter table messages add column j int;", Level.SAFE, "blocks readers and writers for an instant"),
        ("alter table tiny add check (i > 0);", Level.SAFE, "for an instant"),
        (
            "alter table messages alter id type bigint;",
            Level.CAREFUL,
            "rewrites messages (2,000,000 rows), blocks readers and writers, about 10 s",
        ),
        ("alter table messages alter body type varchar(90);", Level.SAFE, "for an instant"),
        (
            "create index on messages (id);",
            Level.CAREFUL,
            "builds an index on messages (2,000,000 rows), blocks writers",
        ),
        (
            "create index concurrently on messages (id);",
            Level.SAFE,
            "builds an index on messages (2,000,000 rows), blocks nobody, about 8 s, outside a transaction",
        ),
        (
            "alter table tiny add column k int;\nupdate messages set k = 1 where id > 5;",
            Level.CAREFUL,
            "blocks readers and writers until line 2 is done",
        ),
        ("drop table messages;", Level.DESTRUCTIVE, "removes messages with all its rows"),
        ("create table if not exists messages (i int); create index on messages (i);", Level.SAFE, "blocks nobody"),
        ("create table n (i int); drop table n;", Level.SAFE, "blocks nobody"),
    ],
)
def test_a_file_in_words(tmp_path: Path, sql: str, level: Level, words: str) -> None:
    (found,) = forecast(tasks(tmp_path, sql), TABLES)
    assert words in found.words
    assert found.level is level


def test_in_one_transaction_a_lock_is_held_to_the_end(tmp_path: Path) -> None:
    late, early = forecast(
        tasks(
            tmp_path,
            "create index on messages (id); alter table tiny add column k int;",
            "alter table tiny add column k int; create index on messages (id);",
        ),
        TABLES,
    )
    assert late.blocks == early.blocks == "readers and writers"
    assert early.blocked_seconds > 1


def test_the_outlook_counts_what_is_safe_and_names_the_rest(tmp_path: Path) -> None:
    found = forecast(
        tasks(tmp_path, "create table n (i int);", "alter table messages alter id type bigint;", "select 1;"), TABLES
    )
    assert outlook(found).startswith("3 pending: 2 safe; 1 rewrites messages (2,000,000 rows), blocks readers and")
    assert outlook([]) == "Nothing is pending."


def test_only_names_that_the_server_can_look_up_are_asked_for(tmp_path: Path) -> None:
    (task,) = tasks(tmp_path, 'alter table a.b.c.d add x int; alter table "H i".t add x int; alter table m add y int;')
    assert names_in([task.script]) == {'"H i".t', "m"}
