r"""Fingers of psql in a real terminal: \d and its like, \copy both ways, \watch, \e, and \i of a dump with its data."""

import re
from pathlib import Path

from tests.query.console import CTRL_G, ESC, Console
from tests.query.test_crashes import asked

DUMP = r"""\restrict key
SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.letter (id int, words text);
COPY public.letter (id, words) FROM stdin;
1	tab\there
2	\\.
3	\N
\.

SELECT pg_catalog.setval('public.numbers', 41, true);
\unrestrict key
\timing on
\echo all there
"""


def test_fingers_of_psql_find_what_they_know(console: Console, database_dsn: str, tmp_path: Path) -> None:
    asked(database_dsn, "create table client (id int primary key, name text not null)")
    asked(database_dsn, "create sequence numbers")
    console.run("\\dt cl*", "client")
    console.run("\\dp cl*", "\\dp cl*")
    console.until(lambda: re.search(r"client", console.text))
    console.run("\\timing", "Every result says its time")
    console.run("\\foo", "is not understood here")
    console.run("select 1 as one, 2 as two \\gx", "row 1 of 1")
    console.press(ESC)
    console.goes("row 1 of 1")
    console.to_editor()
    console.run("\\x", "row 1 of 1")
    console.press(ESC)
    console.goes("row 1 of 1")
    console.to_editor()
    copied(console, database_dsn, tmp_path / "out.csv")
    included(console, database_dsn, tmp_path / "dump.sql")
    console.run("select extract(epoch from clock_timestamp()) as now\n\\watch 0.2", "run 3")
    console.has_line(r"[▁▂▃▄▅▆▇█]{3}.*every 0.2 s")
    console.press(CTRL_G)
    console.goes("w stops")
    console.run("\\e", "from outside")
    console.run("\\d client", "d definition")


def copied(console: Console, dsn: str, path: Path) -> None:
    console.run(f"\\copy (select 7 as id, 'it''s' as name) to '{path}' csv header", "written to")
    assert path.read_text() == "id,name\n7,it's\n"
    console.run(f"\\copy client from '{path}' csv header", "COPY added 1 row to client. Keep it?")
    console.press("y")
    console.sees("Committed, 1 row")
    assert asked(dsn, "select name from client") == "it's"


def included(console: Console, dsn: str, path: Path) -> None:
    path.write_text(DUMP)
    console.run(f"\\i {path}", "Run 5 statements of dump.sql")
    console.sees("COPY FROM")
    console.sees("All or nothing")
    console.press("y")
    console.sees("5 statements changed 3 rows.")
    console.press("y")
    console.sees("5 statements of dump.sql run, 3 rows changed, committed. Left out: \\timing.")
    assert asked(dsn, "select words from letter where id = 1") == "tab\there"
    assert asked(dsn, "select last_value from numbers") == 41
    path.write_text(DUMP.replace("3\t", "three\t").replace("letter", "second"))
    console.run(f"\\i {path}", "Run 5 statements")
    console.press("y")
    console.sees("dump.sql, line 8")
    console.sees("statement 4 of 5 failed; all of it was rolled back")
    assert asked(dsn, "select to_regclass('second')::text") is None
