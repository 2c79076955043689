"""What comes back, in a real terminal: seen whole, copied, written, drawn, repeated; and what comes back badly."""

import json
import re
from pathlib import Path

import pytest
from pyte.screens import Char

from tests.query.console import CTRL_O, DELETE, EMPTY, ENTER, ESC, F5, RIGHT, SHIFT_DOWN, SHIFT_RIGHT, Console, alt
from tests.query.test_crashes import until_server

CTRL_G, CTRL_V, CTRL_END = "\x07", "\x16", "\x1b[1;5F"
MANY = "select i as n, md5(i::text) as hash, repeat('x', 200) as filler from generate_series(1, 2000000) i"
VALUES = """select 'it''s ' || i as words, null as nothing, '' as empty,
 convert_to('Hello ' || i || chr(7), 'utf8') as b, repeat('Words that wrap. ', 30) as long
 from generate_series(1, 3) i"""
WRITTEN = {
    "csv": 'words,nothing,empty\nit\'s 1,,""\n',
    "tsv": "words\tnothing\tempty\nit's 1\t\\N\t\n",
    "jsonl": '{"words": "it\'s 1", "nothing": null, "empty": ""}\n',
    "json": '[\n{"words": "it\'s 1", "nothing": null, "empty": ""}\n]\n',
    "md": "| words | nothing | empty |",
    "sql": """INSERT INTO "result" ("words", "nothing", "empty") VALUES""",
}


def cells(console: Console, words: str) -> list[Char]:
    """The cells of the screen in which these words stand."""
    for y, line in enumerate(console.screen.display):
        if words in line:
            at = line.index(words)
            return [console.screen.buffer[y][x] for x in range(at, at + len(words))]
    raise AssertionError(f"{words} is not on the screen:\n{console.text}")


def chosen(console: Console, words: str) -> str:
    """What `C` copies, once these words have been chosen."""
    console.press("C")
    console.sees("type to find")
    copied = console.copies(f"{words}{ENTER}")
    console.goes("type to find")
    return copied


def write_to(console: Console, path: Path, *, twice: bool = False) -> None:
    console.press("E")
    console.sees("Export to a file")
    console.press(f"{EMPTY}{path}{ENTER}")
    if twice:
        console.sees("is there already")
        console.press(ENTER)
    console.goes("Export to a file")


def test_values_whole_copied_written(console: Console, tmp_path: Path) -> None:
    console.run(VALUES, "3 rows")
    console.to_rows()
    console.press(f"{RIGHT * 3} ")
    console.sees("00000000  48 65 6c 6c 6f 20 31 07  ")
    console.sees("Hello 1·")
    assert console.copies("y") == "\\x48656c6c6f203107"
    console.sees("Sent the value of b to the terminal's clipboard (18 bytes).")
    console.press(ESC)
    console.goes("00000000")
    console.press(f"{RIGHT} ")
    console.sees("text · 510 characters")
    console.has_line(r"wrap\. Words")
    assert not any(re.search(r"\b(W|Wo|Wor|Word|t|th|tha|w|wr|wra)$", line.rstrip()) for line in console.screen.display)
    console.press(ESC)
    console.goes("510 characters")
    copied(console)
    written(console, tmp_path)
    cancelled(console, tmp_path)


def copied(console: Console) -> None:
    console.press("0")
    assert chosen(console, "this column as CSV") == "words\nit's 1\nit's 2\nit's 3"
    console.press(f"{SHIFT_DOWN}{SHIFT_RIGHT}")
    assert console.copies("y") == "it's 1\t\\N\nit's 2\t\\N"
    assert chosen(console, "marked TSV") == "words\tnothing\nit's 1\t\\N\nit's 2\t\\N"
    assert chosen(console, "marked CSV") == "words,nothing\nit's 1,\nit's 2,"
    rows = json.loads(chosen(console, "marked as JSON"))
    assert rows == [{"words": "it's 1", "nothing": None}, {"words": "it's 2", "nothing": None}]
    assert "| it's 2 |" in chosen(console, "marked Markdown")
    assert """('it''s 1', NULL)""" in chosen(console, "marked INSERT")
    console.press(ESC)


def written(console: Console, folder: Path) -> None:
    console.to_editor()
    console.run("select 'it''s 1' as words, null as nothing, '' as empty", "1 row ·")
    console.to_rows()
    for ending, wanted in WRITTEN.items():
        write_to(console, folder / f"out.{ending}")
        console.sees(f"out.{ending}, read once")
        text = (folder / f"out.{ending}").read_text()
        assert text.startswith(wanted) if ending in ("md", "sql") else text == wanted
    assert "('it''s 1', NULL, '')" in (folder / "out.sql").read_text()


def cancelled(console: Console, folder: Path) -> None:
    (folder / "old.csv").write_text("old")
    console.to_editor()
    console.run(MANY, "500+ rows")
    console.to_rows()
    console.press("s")
    console.sees("only the 500 loaded rows (G loads all) · sorted by n")
    console.press("/zzz\r")
    console.sees("No loaded row contains this text")
    console.sees("0 of 500+ rows")
    console.press(ESC)
    console.goes("No loaded row")
    write_to(console, folder / "old.csv", twice=True)
    console.has_line(r"exporting to old.csv: \d?\d\d,\d00 rows · ctrl\+g cancels")
    console.press(CTRL_G)
    console.sees("Export cancelled; nothing was written; old.csv is as it was.")
    console.goes("exporting to")
    assert (folder / "old.csv").read_text() == "old" and not list(folder.glob(".old.csv*"))
    console.has_line(r"▎ +1 ▎ +1  c4ca4238a0b9")


def test_a_million_rows_charts_and_watch(console: Console) -> None:
    console.run("select i as n, 'row ' || i as words from generate_series(1, 1000000) i", "500+ rows")
    console.to_rows()
    console.press("G")
    console.has_line(r"▎ *1000000 ▎1000000  row 1000000 ")
    console.sees("1,000,000 rows ·")
    console.press("g")
    console.has_line(r"▎ +1 ▎ +1  row 1 ")
    console.to_editor()
    charts(console)
    watched(console)
    console.run("select 'up' as one, 'down' as two", "▎ 1 ▎up    down")
    console.write(f"\\x{F5}")
    console.sees("row 1 of 1")
    console.has_line(r"2 +two +down +text")
    console.press(ESC)
    console.goes("row 1 of 1")


def charts(console: Console) -> None:
    console.run(
        "select at, extract(hour from at) as up, 24 - extract(hour from at) as down "
        "from generate_series(timestamptz '2026-01-01 00:00Z', '2026-01-02 00:00Z', '1 hour') at", "25 rows",
    )  # fmt: skip
    console.to_rows()
    console.press("b")
    console.sees("by at, 01 Jan 2026 to 02 Jan 2026")
    console.has_line(r"01 Jan +03:00 +06:00 .*21:00 +02 Jan")
    hues = {cells(console, f"■ {name}")[0].fg for name in ("up", "down")}
    drawn = {
        cell.fg for line in console.screen.buffer.values() for cell in line.values() if "\u2800" < cell.data <= "\u28ff"
    }
    assert len(hues) == 2 and drawn == hues
    console.press("b")
    console.has_line(r"2026-01-01 11:00:00.* ████████.* 11")
    console.press(ESC)
    console.goes("████")
    console.to_editor()


def watched(console: Console) -> None:
    moving = "(extract(epoch from clock_timestamp()) * 100)::bigint"
    console.run(f"select 'still' as same, {moving} as moving\n\\watch 0.2", "w stops")
    console.has_line(r"moving [▁▂▃▄▅▆▇█]{4,} \+\d+   every 0.2 s · run \d+ · w stops")
    console.has_line(r"still +\d+")
    line = console.line("still ")
    changed = cells(console, re.findall(r"\d+", line)[-1])
    still = cells(console, "still ")
    assert all(cell.reverse or cell.bg != still[-1].bg for cell in changed)
    console.to_rows()
    console.press("w")
    console.goes("w stops")
    console.to_editor()


@pytest.fixture
def bare(environment: dict[str, str]) -> None:
    """A terminal that has no clipboard."""
    environment["TERM"] = "linux"


def test_what_comes_back_badly(bare: None, console: Console, database_dsn: str, tmp_path: Path) -> None:
    errors(console)
    notices(console)
    shapes(console)
    two_at_once(console, database_dsn)
    pasted(console, tmp_path)


def errors(console: Console) -> None:
    console.run("select 1,\n  nothing + 1 from pg_class", "✗ 42703")
    console.has_line(r"2✗ +nothing \+ 1")
    console.until(lambda: all(cell.underscore for cell in cells(console, "nothing + 1")[1:7]))
    marked, plain = cells(console, "nothing + 1"), cells(console, "select 1")
    assert not any(cell.underscore for cell in plain)
    assert marked[1].fg != plain[0].fg, "in the colour of errors"
    console.has_line(r"at +line 2, column 3")


def notices(console: Console) -> None:
    console.run("do $$ begin raise notice 'on the way'; perform pg_sleep(60); end $$", "run it")
    console.press("y")
    console.has_line(r"Running \d")
    console.sees("NOTICE: on the way")
    console.sees("ctrl+g cancels")
    console.press(CTRL_G)
    console.sees("Cancelled after")


def shapes(console: Console) -> None:
    console.run("select from generate_series(1, 3)", "3 rows without columns")
    console.run("select 1 as a, 2 as b where false", "Its columns: a, b")
    console.run("""select 1 as a, 2 as a, 3 as " ", 4 as "[/]", 5""", "1 row ·")
    console.has_line(r'a +a +" " +\[/\] +\?column\?')
    console.run("select repeat('x', 1048577) as big, 'small' as small", "x…  small")
    console.to_rows()
    console.press("y")
    console.sees("Not copied, export it instead: the value of big has 1,048,577 bytes")
    console.press(" ")
    console.sees("text · 1,048,577 characters")
    console.press(ESC)
    console.goes("characters")
    console.press(f"{RIGHT}y")
    console.sees("The terminal “linux” has no clipboard for programs: ctrl+v pastes the value of small in this console")
    console.to_editor()
    console.write(CTRL_V)
    console.has_line(r"1▸ small")
    columns = ", ".join(f"{i} as c{i}" for i in range(1600))
    console.press(f"\x1b[18~{DELETE}\x1b[200~select {columns}\x1b[201~{F5}")
    console.sees("column 1 of 1,600")
    console.to_rows()
    console.press("$")
    console.sees("column 1,600 of 1,600")
    console.has_line(r"▎ *1599 *$")
    console.to_editor()


def two_at_once(console: Console, dsn: str) -> None:
    console.run("select pg_sleep(60)", "cancels")
    console.write(f"select 'sec' || 'ond' as which{F5}")
    console.sees("A statement is still running.")
    console.press("y")
    console.has_line(r"▎ 1 ▎second")
    console.run("select pg_sleep(1), 'came ' || 'back' as words", "cancels")
    console.press(f"{CTRL_O}1")
    console.goes("F5 run")
    until_server(dsn, "select count(*)::int from pg_stat_activity where state = 'active' and query like '%came%'"
                 " and pid <> pg_backend_pid()", 0)  # fmt: skip
    console.press(f"{CTRL_O}2")
    console.has_line(r"▎ 1 ▎.*came back")


def pasted(console: Console, folder: Path) -> None:
    console.write("")
    console.press("\x1b[200~ id |   name\n----+-----------\n  2 | [/] red\n(1 row)\n\nchatly=# select 1;\x1b[201~")
    console.has_line(r"chatly=# select 1;")
    console.press(F5)
    console.sees("✗ 42601")
    opened(console, folder / "huge.sql", f"select length('{'x' * 5_000_000}') as n")
    console.has_line(r"1▸ select length\('xxx|xxx'\) as n")
    console.press(F5)
    console.has_line(r"▎ +1 ▎ *5000000")
    opened(console, folder / "long.sql", "select 1 as one; -- a line\n" * 20_000)
    console.has_line(r"1▸ select 1 as one; -- a line")
    console.press(f"{CTRL_END}select 'at the end' as words")
    console.has_line(r"20001▸ select 'at the end' as words")
    console.press(F5)
    console.has_line(r"▎ 1 ▎at the end")


def opened(console: Console, path: Path, text: str) -> None:
    path.write_text(text)
    console.press(alt("o"))
    console.sees("Open a file of SQL")
    console.press(f"{EMPTY}{path}{ENTER}")
