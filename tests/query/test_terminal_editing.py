"""Writing, running and changing rows as a person does it: the real console in a real terminal."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyte.screens import Char

from tests.query.console import (
    ALL,
    CTRL_C,
    CTRL_N,
    CTRL_Q,
    CTRL_R,
    DELETE,
    DOWN,
    EMPTY,
    ENTER,
    ESC,
    F5,
    RIGHT,
    Console,
    alt,
)
from tests.query.test_crashes import asked, kill, texts

F3, F4, CTRL_D, CTRL_G, CTRL_P, CTRL_PAGE_UP = "\x1bOR", "\x1bOS", "\x04", "\x07", "\x10", "\x1b[5;5~"
LEFT, CTRL_HOME = "\x1b[D", "\x1b[1;5H"


def opened(words: list[str], environment: dict[str, str]) -> Console:
    console = Console(["-m", "chatly_console", *words], environment, (120, 40))
    console.until(lambda: "as postgres" in console.text and "F5 run" in console.text, 60)
    return console


def cell(console: Console, words: str) -> Char:
    """How the first character of these words is drawn."""
    row, line = next((y, line) for y, line in enumerate(console.screen.display) if words in line)
    return console.screen.buffer[row][line.index(words)]


# What is written, and what is there again


def test_what_was_written_survives_a_kill(database_dsn: str, environment: dict[str, str], tmp_path: Path) -> None:
    asked(database_dsn, "create table t (id int primary key, body text)")
    asked(database_dsn, "insert into t values (1, 'as it was')")
    console = opened(["--dsn", database_dsn], environment)
    try:
        colours(console)
        parameters(console)
        snippets(console)
        passwords(console)
        files_that_are_no_text(console, tmp_path)
        a_cell_is_being_edited(console, tmp_path)
    finally:
        kill(console)
    assert asked(database_dsn, "select body from t") == "as it was"
    entries = history_on_disk(tmp_path)
    assert [outcome for sql, outcome in entries if "alter role" in sql] == ["failed"]
    again = opened(["--dsn", database_dsn], environment)
    try:
        the_same_again(again)
    finally:
        again.press(CTRL_Q)
        again.close()


def colours(console: Console) -> None:
    """Keywords, strings, numbers and comments differ, and the statement at the cursor has the mark."""
    console.write("select 'words', 42 -- a remark\n;\nselect 2")
    console.has_line(r"3▸ select 2")
    console.press(CTRL_HOME)
    console.has_line(r"1▸ select 'words'")
    console.goes("3▸")
    seen = [cell(console, words) for words in ("select 'words'", "'words'", "42 --", "-- a remark")]
    assert len({char.fg for char in seen}) == 4, seen
    assert seen[0].bold and seen[3].italics and not seen[1].bold


def parameters(console: Console) -> None:
    console.run("select $1::date + :days::int as later", "Values for this statement")
    console.has_line(r"\$1 +date")
    console.has_line(r":days +integer")
    console.press(f"2026-03-01{ENTER}14{ENTER}")
    console.has_line(r"2026-03-15")


def snippets(console: Console) -> None:
    console.write("select :who::text as greeted")
    console.press(alt("m"))
    console.sees("Keep this statement as a saved query")
    console.press(f"Greet [/] somebody{ENTER}")
    console.sees("Kept as ")
    console.press(alt("s"))
    console.sees("A conversation as a tree of replies")
    console.press("tree of repl")
    console.has_line(r"-- parameter: conversation uuid = null")
    console.press(ENTER)
    console.goes("Saved queries")
    console.press(F5)
    console.has_line(r":conversation +uuid +∅ null")
    console.press(ESC)
    console.sees("Not sent.")
    console.press(alt("w"))
    console.sees("Throw ")
    console.press("y")
    console.sees("▎scratch")


def passwords(console: Console) -> None:
    console.run("alter role nobody_of_that_name password 's3cret-one'", "run it")
    console.press("y")
    console.sees("✗ 42704")
    console.run("select length('postgres://ada:s3cret-two@host/db') as n", "1 row")
    console.write("select 'nothing secret'")
    console.press(f"{CTRL_R}nobody_of")
    console.has_line(r"✗ .*alter role nobody_of_that_name password")
    console.has_line(r"failed .* as postgres")
    assert "s3cret" not in console.text
    console.press(f"{EMPTY}postgres://ada")
    console.has_line(r"1 row .* as postgres · read-only")
    assert "s3cret" not in console.text
    console.press(ESC)
    console.goes("into the editor")


def files_that_are_no_text(console: Console, folder: Path) -> None:
    for name, data, said in (
        ("nul", b"select '\0'", "NUL characters"),
        ("bad", b"select 1;\nselect '\xfe'", "line 2 holds a byte (0xfe) that is no UTF-8"),
    ):
        (folder / f"{name}.txt").write_bytes(data)
        console.press(alt("o"))
        console.sees("Open a file of SQL")
        console.press(f"{EMPTY}{folder}/{name}.txt{ENTER}")
        console.sees(said)


def a_cell_is_being_edited(console: Console, folder: Path) -> None:
    console.run("select * from t", "1 row ·")
    console.press(f"{CTRL_N}select 'in the second buffer'")
    console.until(lambda: "in the second buffer" in texts(folder) and "select * from t" in texts(folder))
    console.to_rows()
    console.press(f"{RIGHT}e")
    console.sees("body  text")
    console.press("half of a new val")
    console.sees("half of a new val")


def history_on_disk(folder: Path) -> list[tuple[str, str]]:
    (path,) = folder.rglob("history.sqlite")
    assert path.stat().st_mode & 0o777 == 0o600
    for file in path.parent.glob("history.sqlite*"):
        assert b"s3cret" not in file.read_bytes()
    with sqlite3.connect(path) as connection:
        return connection.execute("select sql, outcome from statement").fetchall()


def the_same_again(console: Console) -> None:
    console.sees("▎scratch-2")
    console.sees("select 'in the second buffer'")
    console.press(CTRL_PAGE_UP)
    console.sees("▎nul ")
    console.sees("select * from t")
    console.press(alt("s"))
    console.sees("Saved queries")
    console.press(f"greet{ENTER}")
    console.sees("-- title: Greet [/] somebody")
    console.press(F5)
    console.has_line(r":who +text")
    console.press(f"ada{ENTER}")
    console.has_line(r"▎ +ada *$|▎ada *$")
    console.run("select $1::date + :days::int as later", "Values for this statement")
    console.has_line(r"\$1 +date +2026-03-01")
    console.has_line(r":days +integer +14")
    console.press(F5)
    console.has_line(r"2026-03-15")
    console.press(f"{CTRL_R}later")
    console.has_line(r"select \$1::date \+ :days::int as later")
    console.press(ESC)


# A profile, with its limits


@pytest.fixture
def production(database_dsn: str, environment: dict[str, str], tmp_path: Path) -> Iterator[Console]:
    folder = tmp_path / "chatly-console"
    folder.mkdir(mode=0o700)
    (folder / "config.toml").write_text(
        f'[profiles.shop]\ndsn = "{database_dsn}"\nenvironment = "production"\n'
        "statement_timeout = 3\ncursor_idle_timeout = 2\n"
    )
    (folder / "config.toml").chmod(0o600)
    console = opened(["--profile", "shop"], environment)
    yield console
    console.press(CTRL_Q)
    console.close()


def test_a_profile_of_production_holds_back_writes_long_statements_and_idle_cursors(
    production: Console, database_dsn: str
) -> None:
    console = production
    name = asked(database_dsn, "select current_database()::text")
    assert "PRODUCTION" in console.screen.display[0] and "READ-ONLY" in console.screen.display[0]
    console.run("create table kept (id int)", "is read-only, so CREATE TABLE was not sent")
    assert asked(database_dsn, "select to_regclass('kept')") is None
    console.press(f"{CTRL_P}unlock{ENTER}")
    console.sees("Let writes through to")
    console.press(f"wrong{ENTER}")
    console.sees("That is not the word.")
    console.press(f"{EMPTY}{name}{ENTER}")
    console.sees("WRITES TO PRODUCTION ARE UNLOCKED")
    console.press(F5)
    console.sees("CREATE TABLE makes kept")
    console.press("y")
    console.sees("· committed")
    console.goes("WRITES TO PRODUCTION ARE UNLOCKED")
    assert "READ-ONLY" in console.screen.display[0]
    assert asked(database_dsn, "select to_regclass('kept')::text") == "kept"
    console.run("drop table kept", "is read-only, so DROP TABLE was not sent")
    console.run("select i from generate_series(1, 300000) i", "500+ rows")
    console.until(lambda: re.search(rb"cursor open \d", console.raw))
    console.has_line(r"500\+ rows loaded .* cursor closed")
    console.has_line(r"▎ +1 ▎ +1 *$")
    console.run("select pg_sleep(60)", "✗ 57014")
    console.has_line(r"failed · 3\.\d+ s")
    console.has_line(r"hint +It ran for as long as statement_timeout allows")


# Risk, transactions, and what runs


SCHEMA = (
    "create type mood as enum ('glad', 'so-so')",
    "create table client (id int primary key, name text not null default 'nobody', mood mood, facts jsonb)",
    "insert into client values (1, 'Café Miró', 'glad', '{\"sla\": 1.50}'), (2, '[/] hostile', null, null)",
    "create table letter (id int primary key, client int references client)",
    "insert into letter values (10, 1)",
    "create view names as select name from client",
    "analyze client",
    f"create table wide (id int primary key, {', '.join(f'c{number} text' for number in range(40))})",
    "insert into wide values (1)",
    "comment on column wide.c39 is 'the last of them'",
    "grant usage on schema public to pg_monitor",
    "grant select, update on client to pg_monitor",
    "alter table client enable row level security",
    "create policy seen on client for select using (true)",
    "create policy changed on client for update using (id = 1)",
)


def test_risk_is_told_time_is_told_and_cells_are_changed_as_far_as_one_may(console: Console, database_dsn: str) -> None:
    for statement in SCHEMA:
        asked(database_dsn, statement)
    risks(console)
    console.run("select naam from client", "alt+h writes it")
    console.press(f"{alt('h')}{F5}")
    console.has_line(r"Café Miró")
    running(console)
    many_columns(console)
    console.run("select name, mood, facts, id from client order by id", "2 rows")
    console.to_rows()
    cells(console, database_dsn)
    conflict(console, database_dsn)
    as_somebody(console, database_dsn)


def risks(console: Console) -> None:
    for sql, said in (
        ("delete from client", "DELETE without WHERE removes every row of client"),
        ("truncate client", "TRUNCATE removes every row of client"),
        ("drop table client cascade", "DROP TABLE removes client"),
    ):
        console.run(sql, said)
        console.sees("client has about 2 rows")
        console.has_line(r"1 foreign key points")
        console.has_line(r"1 view reads it|view reads")
        console.press(f"{ENTER}n")
        console.sees("Not sent.")
        console.goes("client has about")


def running(console: Console) -> None:
    """The screen lives while a statement runs in an open transaction, whose age goes on; ctrl+g cancels it."""
    console.press(alt("t"))
    console.has_line(r"IN TRANSACTION")
    console.run("select pg_sleep(60)", "ctrl+g cancels")
    console.press(" -- typed while it runs")
    console.has_line(r"-- typed while it runs")
    console.has_line(r"Running [1-9]\.\d")
    console.has_line(r"IN TRANSACTION [1-9]\d* s, 1 statement")
    console.press(CTRL_G)
    console.sees("Cancelled after")
    console.press(alt("r"))
    console.goes("IN TRANSACTION")
    console.run("select pg_sleep(61)", "ctrl+g cancels")
    console.press(CTRL_C)
    console.sees("Cancelled after")


def many_columns(console: Console) -> None:
    """A form of more fields than the screen has lines goes along with the cursor, and keeps its keys in sight."""
    console.run("select * from wide", "1 row ·")
    console.to_rows()
    console.press("A")
    console.has_line(r"▌id +integer +required")
    console.press(DOWN * 40)
    console.has_line(r"▌c39 +text +∅ null")
    console.sees("the last of them")
    assert "show the SQL" in console.text
    console.press(ESC)
    console.goes("show the SQL")
    console.to_editor()


def cells(console: Console, dsn: str) -> None:
    console.press(f"e{CTRL_D}{ENTER}")
    console.sees("set name = DEFAULT")
    console.press("y")
    console.has_line(r"▎ 1 ▎nobody ")
    console.press(f"{RIGHT}e")
    console.sees("mood  mood")
    console.press(f"so{ENTER}")
    console.sees("set mood = 'so-so'")
    console.press("y")
    console.has_line(r"nobody[ ▎]+so-so")
    console.press("e")
    console.sees("mood  mood")
    console.press(f"null{ENTER}")
    console.sees("set mood = null")
    console.press("y")
    console.has_line(r"nobody[ ▎]+∅")
    console.press(f"{RIGHT}e")
    console.has_line(r'^ +[^ ]? +"sla": 1\.50')
    console.press(f"{ALL}{DELETE}" + '{"sla": 2,')
    console.press(F5)
    console.sees("This is no JSON: line 1, column 11")
    console.press(f' "on": true}}{F5}')
    console.sees("set facts = ")
    console.press("y")
    console.has_line(r'nobody +∅ null[ ▎]+{"on": true,')
    assert asked(dsn, "select client::text from client where id = 1") == '(1,nobody,,"{""on"": true, ""sla"": 2}")'


def conflict(console: Console, dsn: str) -> None:
    asked(dsn, "update client set name = 'theirs' where id = 1")
    console.press(f"{LEFT * 3}e")
    console.sees("name  text")
    console.press(f"mine{ENTER}")
    console.sees("is not distinct from 'nobody'")
    console.press("y")
    console.sees("The row is not what it was: somebody changed or deleted it. Nothing was done.")
    assert asked(dsn, "select name from client where id = 1") == "theirs"


def as_somebody(console: Console, dsn: str) -> None:
    """Row 1 may be changed by the policies, row 2 only seen; nothing is kept either way."""
    console.press(f"{F3}role pg_monitor{ENTER}")
    console.until(lambda: "IMPERSONATING" in console.text and "e-mail, id, tenant" not in console.text)
    console.to_editor()
    console.press(F5)
    console.sees("as pg_monitor (advisory)")
    console.has_line(r"▎ 1 ▎theirs ")
    console.to_rows()
    for key, said in (("", "It would change this row; rolled back"), (DOWN, "the policies hide it from this user")):
        console.press(f"{key}e")
        console.sees("name  text")
        console.press(f"mine{ENTER}")
        console.sees("Try this as pg_monitor, and roll it back?")
        console.press("y")
        console.sees(said)
    assert asked(dsn, "select string_agg(name, ', ' order by id) from client") == "theirs, [/] hostile"
    console.press(F4)
    console.goes("IMPERSONATING")
