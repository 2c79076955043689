"""The Query pane as a person has it: the real console in a real terminal, one session for each kind of work."""

import json
import re
from pathlib import Path

from tests.query.console import (
    ALT_LEFT,
    ALT_RIGHT,
    BACKSPACE,
    CTRL_C,
    CTRL_F,
    CTRL_N,
    CTRL_R,
    CTRL_S,
    CTRL_SLASH,
    CTRL_Z,
    DOWN,
    EMPTY,
    ENTER,
    ESC,
    F5,
    HOME,
    RIGHT,
    SHIFT_DOWN,
    SHIFT_RIGHT,
    TAB,
    Console,
    alt,
)
from tests.query.test_crashes import asked, texts


def test_texts_are_written_laid_out_searched_named_and_kept(console: Console, tmp_path: Path) -> None:
    console.write("select 1 as one,2 as two from t where a=1 and b=2")
    console.has_line(r"1▸ select 1 as one,2 as two")
    console.press(alt("l"))
    console.has_line(r"^ *2 +2 as two")
    console.press(CTRL_Z)
    console.has_line(r"1▸ select 1 as one,2 as two")
    console.press(CTRL_SLASH)
    console.has_line(r"1 +-- select 1 as one,2 as two")
    console.press(CTRL_SLASH)
    console.has_line(r"1▸ select 1 as one,2 as two")
    console.press(f"{CTRL_F}two")
    console.sees("1 found")
    console.press(f"{TAB}deux{alt('u')}")
    console.sees("1 replaced")
    console.press(ESC)
    console.has_line(r"1▸ select 1 as one,2 as deux")
    console.press(f"{CTRL_N}select 'second'")
    console.sees("select 'second'")
    console.press(f"{alt('n')}")
    console.sees("Name of the buffer")
    console.press(f"{EMPTY}other{ENTER}")
    console.sees("▎other")
    console.press(ALT_LEFT)
    console.sees("2 as deux")
    console.press(ALT_RIGHT)
    console.sees("select 'second'")
    console.until(lambda: "select 'second'" in texts(tmp_path) and "2 as deux" in texts(tmp_path))
    files(console, tmp_path)


def files(console: Console, folder: Path) -> None:
    path = folder / "kept.sql"
    console.press(CTRL_S)
    console.sees("Save the text of this buffer as")
    console.press(f"{EMPTY}{path}{ENTER}")
    console.sees(f"Saved as {path}")
    assert path.read_text() == "select 'second'"
    (folder / "opened.sql").write_text("select 'of a file'")
    console.press(alt("o"))
    console.sees("Open a file of SQL")
    console.press(f"{EMPTY}{folder}/opened.sql{ENTER}")
    console.sees("select 'of a file'")
    assert "▎opened" in console.text
    console.press(alt("v"))
    console.sees("select 'from outside' as words")
    console.press(F5)
    console.has_line(r"from outside")
    console.sees("1 row ·")
    console.press(alt("w"))
    console.sees("Throw opened away")
    console.press("y")
    console.until(lambda: "opened" not in console.screen.display[3])


def test_statements_run_ask_join_a_transaction_and_are_told_apart(
    console: Console, database_dsn: str, tmp_path: Path
) -> None:
    console.write("select 'left' as a; select 'right' as b")
    console.press(F5)
    console.has_line(r"▎ 1 ▎right")
    console.press(alt("a"))
    console.has_line(r"1 select +.2 select")
    console.write("select 'chosen' || ' and more'")
    console.press(f"{HOME}{SHIFT_RIGHT * 15}{F5}")
    console.has_line(r"▎ 1 ▎chosen *$")
    writes(console, database_dsn)
    transaction(console, database_dsn)
    troubles(console)
    console.run("select :n::int + 1 as next", "Values for this statement")
    console.press(f"41{ENTER}")
    console.has_line(r"▎ +42")
    history(console)
    (tmp_path / "two.sql").write_text("select 1;\nselect 'by the file' as words;")
    console.run(f"\\i {tmp_path}/two.sql", "2 statements of two.sql run.")
    assert "by the file" in console.text


def writes(console: Console, dsn: str) -> None:
    console.run("create table t as select generate_series(1, 5) as id", "run it")
    console.press("y")
    console.sees("committed")
    console.run("insert into t select generate_series(6, 8)", "INSERT changed 3 rows of t. Keep it?")
    assert asked(dsn, "select count(*)::int from t") == 5
    console.press("y")
    console.sees("Committed, 3 rows changed.")
    assert asked(dsn, "select count(*)::int from t") == 8
    console.run("delete from t", "every row")
    console.press("n")
    console.sees("Not sent.")
    assert asked(dsn, "select count(*)::int from t") == 8


def transaction(console: Console, dsn: str) -> None:
    console.press(alt("t"))
    console.sees("IN TRANSACTION")
    console.run("insert into t values (9)", "in transaction, not committed")
    console.run("select count(*) as n from t", "1 row ·")
    console.has_line(r"▎ 1 ▎ +9 *$")
    assert asked(dsn, "select count(*)::int from t") == 8
    console.press(alt("r"))
    console.sees("Rolled back")
    console.goes("IN TRANSACTION")
    assert asked(dsn, "select count(*)::int from t") == 8


def troubles(console: Console) -> None:
    console.run("select 1,\n  nothing from t", "✗ 42703")
    console.sees("line 2, column 3")
    console.run("do $$ begin raise notice 'told on the way'; perform pg_sleep(60); end $$", "run it")
    console.press("y")
    console.sees("NOTICE: told on the way")
    console.press(CTRL_C)
    console.sees("Cancelled after")


def history(console: Console) -> None:
    console.press(f"{CTRL_R}every")
    console.press(f"{EMPTY}generate_series(6")
    console.has_line(r"insert into t select generate_series\(6, 8\)")
    console.press(ENTER)
    console.until(lambda: "find in the history" not in console.text)
    console.has_line(r"▸ insert into t select generate_series\(6, 8\);")


def test_results_are_sorted_arranged_looked_into_copied_and_written(console: Console, tmp_path: Path) -> None:
    console.run(
        "select i as n, 'word ' || i as words, null as nothing, '' as empty, "
        "jsonb_build_object('deep', jsonb_build_array(i, 'x')) as j, repeat('y', 300) as long "
        "from generate_series(1, 40) i",
        "40 rows",
    )  # fmt: skip
    console.to_rows()
    assert "∅" in console.text
    console.press("ss")
    console.has_line(r"▎ +40 +word 40")
    console.press("/")
    console.until(lambda: "rows that contain" in console.screen.display[-1])
    console.press("word 3\r")
    console.until(lambda: "word 40" not in console.text and "word 30" in console.text)
    console.press(ESC)
    console.has_line(r"^ +1 +1 +word 1 ")
    arranged(console)
    looked_into(console)
    copied(console)
    console.press(f"E{EMPTY}{tmp_path}/out.json{ENTER}")
    console.sees("40 rows written")
    assert json.loads((tmp_path / "out.json").read_text())[39]["words"] == "word 40"
    drawn_and_repeated(console)


def arranged(console: Console) -> None:
    def head() -> str:
        return console.line("empty  ")

    place = head().index("words")
    console.press(">>")
    console.until(lambda: head().index("words") > place)
    console.press("<<")
    console.until(lambda: head().index("words") == place)
    console.press("}")
    console.until(lambda: re.search(r"words +n ", head()))
    console.press("{")
    console.until(lambda: re.search(r"n +words", head()))
    console.press(f"{RIGHT}-")
    console.until(lambda: "words" not in head())
    console.press("=")
    console.until(lambda: "words" in head())
    console.press("0f$")
    console.until(lambda: re.search(r" n .*long", head()))
    console.press("0f")


def looked_into(console: Console) -> None:
    console.press(f"g0{ENTER}")
    console.sees("row 1 of 40")
    console.has_line(r"words +word 1 ")
    console.press(RIGHT)
    console.sees("row 2 of 40")
    console.has_line(r"words +word 2 ")
    console.press(ESC)
    console.goes("row 2 of 40")
    console.press(f"0{RIGHT * 4} ")
    console.sees("space fold")
    console.sees('"deep"')
    console.press(ESC)
    console.goes("space fold")


def copied(console: Console) -> None:
    console.press(f"g0{RIGHT}")
    assert console.copies("y") == "word 1"
    assert console.copies("Y").startswith("1\tword 1\t\\N\t\t")
    console.press(f"{SHIFT_DOWN}{SHIFT_RIGHT}C")
    console.sees("Markdown")
    assert "| word 2" in console.copies(f"marked markdown{ENTER}")


def drawn_and_repeated(console: Console) -> None:
    console.to_editor()
    console.run("select 'a' as label, 3 as n union all select 'b', 7", "2 rows")
    console.to_rows()
    console.press("b")
    console.sees("████")
    console.press(ESC)
    console.goes("████")
    console.to_editor()
    console.run("select extract(epoch from clock_timestamp()) as now\n\\watch 0.2", "w stops")
    console.until(lambda: re.search(r"run [3-9]", console.text))
    console.to_rows()
    console.press("w")
    console.goes("w stops")


def test_rows_of_a_table_are_followed_and_edited(console: Console, database_dsn: str) -> None:
    for statement in (
        "create table client (id int primary key, name text not null)",
        "create table letter (id int primary key, client int references client, body text)",
        "insert into client values (1, 'Café Miró'), (2, '[/] hostile')",
        "insert into letter values (10, 1, 'first'), (11, 1, null), (12, 2, 'nobody''s')",
    ):
        asked(database_dsn, statement)
    console.run("select * from letter order by id", "client→")
    console.to_rows()
    console.press(f"{RIGHT}{ENTER}")
    console.sees("Café Miró")
    console.sees("→ client")
    console.press("R")
    console.sees("← letter")
    console.sees("2 rows ·")
    console.press(BACKSPACE)
    console.sees("Café Miró")
    console.press(BACKSPACE)
    console.sees("nobody's")
    console.press(f"{RIGHT}e")
    console.press(f"it's{ENTER}")
    console.sees("set body = 'it''s'")
    console.press("y")
    console.sees("it's")
    console.until(lambda: asked(database_dsn, "select body from letter where id = 10") == "it's")
    console.press(f"{DOWN}D")
    console.sees("delete from")
    console.press("y")
    console.sees("2 rows ·")
    assert asked(database_dsn, "select count(*)::int from letter") == 2
    console.has_line(r"▎ 1 ▎ +10 ")
    console.press("A")
    console.sees("A new row of letter")
    console.press(f"13{ENTER}2{ENTER}added{ENTER}")
    console.sees("insert into")
    console.press("y")
    console.until(lambda: asked(database_dsn, "select body from letter where id = 13") == "added")
    console.sees("added")
