"""Scripts: what they hold, what is asked before they run, and what they do, in the order and by the words of psql."""

import asyncio
import doctest
import subprocess
from pathlib import Path

import pytest

from chatly_console.core.failure import Failure
from chatly_console.core.request import Mode, Request
from chatly_console.core.values import Notice, Row
from chatly_console.query import variables
from chatly_console.query.decision import Circumstances
from chatly_console.query.inline_data import Source
from chatly_console.query.script import Script
from chatly_console.query.script_file import script_of_file, script_of_text
from chatly_console.query.script_plan import Plan, plan_of
from chatly_console.query.script_session import ScriptSession
from chatly_console.query.variables import Variables
from chatly_console.server.database import Database
from tests.benchmarks.tools import psql


def test_the_examples_in_the_documentation_hold() -> None:
    assert doctest.testmod(variables).failed == 0


# What a script holds


def data_of(script: Script) -> list[bytes]:
    found = []
    for data in (step.data for step in script.steps if step.data is not None):
        with data.source.open() as file:
            file.seek(data.start)
            found.append(file.read(data.size))
    return found


DATA = "copy t from stdin;\n1\té\n\\.x\nselect 1;\n\\.\nselect 2;\n"
DATA += "copy u from stdin; copy v from stdin;\na\n\\.\n\\.\nselect 3"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_data_is_left_where_it_is_and_lines_are_counted_through_it(tmp_path: Path, end: str) -> None:
    text = DATA.replace("\n", end)
    (tmp_path / "d.sql").write_bytes(b"\xef\xbb\xbf" + text.encode())
    for script in (script_of_file(tmp_path / "d.sql"), script_of_text(text)):
        assert [step.place.sql for step in script.steps] == [
            "copy t from stdin", "select 2", "copy u from stdin", "copy v from stdin", "select 3",
        ]  # fmt: skip
        assert data_of(script) == [f"1\té{end}\\.x{end}select 1;{end}".encode(), f"a{end}".encode(), b""]
    script = script_of_file(tmp_path / "d.sql")
    assert [step.place.first_line for step in script.steps] == [1, 6, 7, 7, 11]
    offsets = [step.place.offset for step in script_of_text(text, "scratch", offset=7).steps]
    assert [text[offset - 7 :][:6] for offset in offsets] == ["copy t", "select", "copy u", "copy v", "select"]


def test_a_file_that_was_changed_since_it_was_read_is_not_sent(tmp_path: Path) -> None:
    path = tmp_path / "d.sql"
    path.write_text("select 1")
    source = Source.of_file(path)
    path.write_text("select 12")
    with pytest.raises(Failure, match="was changed since it was read"):
        source.open()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"select 1;\n\nselect '\xff'", "line 3 holds a byte"), (b"\nselect '\0'", "NUL character in line 2"),
        (b"copy t from stdin;\n\0\n\\.\n\\! ls", r"line 4: \\! reaches"), (b"\\foo\n", "line 1: .*is not understood"),
        (b"\\restrict a\nselect 1;\n\\i x\n", r"line 3: .*behind \\restrict"), (b"\\unrestrict a", "without"),
        (b"\\restrict a\n\\unrestrict b\n", "line 2"), (b"\\if true\nselect 1;", "No .endif"), (b"\\else", "without"),
        (b"select 1 \\g out.txt", "writes to a file"), (b"select 1\n\\echo x\n;", "inside of a statement"),
        (b"\\gset", "no statement before"), (b"\\copy t from program 'ls'", "no other program"),
        (b"\\set x `ls`", "No other program"), (b"\\encoding LATIN1", "not UTF-8"),
    ],
)  # fmt: skip
def test_what_cannot_run_is_refused_with_its_line_before_anything_does(
    tmp_path: Path, text: bytes, sentence: str
) -> None:
    (tmp_path / "x.sql").write_bytes(text)
    with pytest.raises(Failure, match=sentence):
        script_of_file(tmp_path / "x.sql")


def test_more_statements_than_can_be_looked_at_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatly_console.query.script_segments.MOST_TEXT", 1 << 20)
    (tmp_path / "x.sql").write_text("copy t from stdin;\n" + "1\n" * 2_000_000 + "\\.\nselect 1;\n")
    assert [data.size for data in (step.data for step in script_of_file(tmp_path / "x.sql").steps) if data] == [
        4_000_000
    ]
    (tmp_path / "x.sql").write_text("insert into t values (1);\n" * 50_000)
    with pytest.raises(Failure, match="more than 1 MB of statements") as caught:
        script_of_file(tmp_path / "x.sql")
    assert "without --inserts" in caught.value.hint


def test_restrict_and_unrestrict_frame_a_dump_and_harmless_commands_are_named() -> None:
    script = script_of_text(
        "\\restrict k\nselect 1;\n\\unrestrict k\n\\pset null x\n\\timing\n\\set ON_ERROR_STOP off\n"
    )
    assert [step.verb for step in script.steps] == ["run", "set"]
    assert script.left_out == ["pset", "timing", "set ON_ERROR_STOP off"]


@pytest.mark.parametrize(
    ("sql", "put"),
    [
        ("select :a, :'a', :\"a\", :b, x::a, y[1:n]", "select it's, 'it''s', \"it's\", :b, x::a, y[12]"),
        ("select ':a', $$:a$$, /* :a */ \":a\" -- :a", "select ':a', $$:a$$, /* :a */ \":a\" -- :a"),
        ("select :{?a}, :{?zz}, :n", "select TRUE, FALSE, 2"),
    ],
)  # fmt: skip
def test_variables_are_put_in_where_psql_does(sql: str, put: str) -> None:
    assert Variables({"a": "it's", "n": "2"}).put_into(sql).sql == put


def test_words_behind_a_command_are_those_of_psql() -> None:
    words = Variables({"a": "A"}).words(r"""x 'a b''c\n\101' "q :a" :a:'a' 'o'n'e'""")
    assert words == ["x", "a b'c\nA", '"q :a"', "A'A'", "one"]


# What is asked


def planned(text: str, **circumstances: bool) -> Plan:
    return plan_of(script_of_text(text), Circumstances(**circumstances), Variables())  # type: ignore[arg-type]


def test_the_question_counts_and_says_what_goes() -> None:
    plan = planned("drop table a; drop table b, c; create table a (i int);\ncopy a from stdin;\n1\n\\.\nselect 1;")
    assert plan.question == "Run 5 statements, of which 4 write, in one transaction?"
    assert plan.detail().splitlines()[:3] == [
        "COPY FROM, DROP TABLE × 2, CREATE TABLE.", "Rows of data in it: 2 bytes.", "DROP TABLE × 2: a, b, c.",
    ]  # fmt: skip
    assert plan.is_grave and "All or nothing" in plan.detail()


@pytest.mark.parametrize(
    ("text", "own", "session"),
    [
        ("select 1; select 2", False, False), ("set x.y = 1; select 2", False, True),
        ("insert into t values (1); select 2", False, False), ("insert into t values (1); delete from t", False, True),
        ("begin; select 1; commit", True, True), ("vacuum; analyze", True, True), ("select 1 \\gset", False, True),
        ("savepoint a; insert into t values (1); rollback to a; select 2", False, False),
    ],
)  # fmt: skip
def test_who_keeps_what_is_known_before(text: str, own: bool, session: bool) -> None:
    plan = planned(text)
    assert (plan.own_transactions, plan.needs_session) == (own, session)


@pytest.mark.parametrize(
    ("text", "circumstances", "sentence"),
    [
        ("begin; select 1; commit", {"in_transaction": True}, "a transaction is open already"),
        ("begin; select 1; commit", {"impersonating": True}, "as another user nothing is kept"),
        ("select 1; drop table t", {"read_only": True}, "read-only"), ("commit and chain", {}, "not for here"),
        ("prepare transaction 'x'", {}, "not for here"),
        ("vacuum; select 1", {"impersonating": True}, "as another user"),
    ],
)  # fmt: skip
def test_what_may_not_run_now_is_refused(text: str, circumstances: dict[str, bool], sentence: str) -> None:
    with pytest.raises(Failure, match=sentence):
        planned(text, **circumstances)


# What it does

EVERYTHING = r"""
\set name 'it''s'
set search_path = pg_catalog;
create temp table pg_temp.t (a text, b int);
insert into t values (:'name', 1), ('x', 2);
select count(*) as n, 'b' as col, null as gone from t \gset got_
\if :{?got_gone}
\echo wrong
\elif false
\echo wrong
\else
  \if yes
update t set :"got_col" = :got_n * 10 where a = 'x';
  \endif
\endif
\if 0
\quit
select 1 / 0;
\endif
select format('insert into t values (%L, %s)', a || '!', b + 1) from t order by b \gexec
copy t from stdin csv;
"c,d",7
\.
\echo :got_n rows :nothing 'and more'
select a, b, current_setting('search_path') as s from t order by b;
\q
select 1 / 0;
"""


async def carried(text: str, database: Database) -> tuple[list[Row], list[str]]:
    """The rows of the last query of a script, and what it said."""
    plan = planned(text)
    transaction = database.transaction(Request("", mode=Mode.COMMITTED), of_script=True)
    await transaction.begin()
    session = ScriptSession(plan, transaction, Variables())
    said: list[str] = []
    rows: list[Row] = []

    def hear(notice: Notice) -> None:
        said.append(notice.message)

    try:
        for number, step in enumerate(plan.script.steps):
            if number not in plan.alone:
                await session.carry(number, hear)
            elif session.begins(step):
                async with transaction.open(Request(session.bound(step.place.sql).sql)) as result:
                    rows = list(await result.fetch())
                    await result.finish()
    finally:
        await transaction.roll_back()
    return rows, said


async def test_it_does_what_psql_does(database: Database, database_dsn: str) -> None:
    rows, said = await carried(EVERYTHING, database)
    command = [psql(), database_dsn, "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-"]
    theirs = await asyncio.to_thread(
        subprocess.run, command, input=EVERYTHING.encode(), stdout=subprocess.PIPE, check=True
    )
    assert [*said, *["|".join(map(str, row)) for row in rows]] == theirs.stdout.decode().splitlines()
    assert len(rows) == 5


async def test_a_setting_that_only_newer_servers_know_is_passed_over(database: Database) -> None:
    text = "set no_such_setting_yet = 0;\nset lock_timeout = '7s';\nselect current_setting('lock_timeout') as x;"
    assert (await carried(text, database))[0] == [("7s",)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("select 1 where false \\gset", "there is no row"), ("values (1), (2) \\gset", "there is 2 rows"),
     ("\\if maybe\n\\endif\nselect 1;", "neither true nor false"), ("select 1 \\gexec", "1")],
)  # fmt: skip
async def test_a_command_that_fails_says_why(database: Database, text: str, sentence: str) -> None:
    with pytest.raises(Failure, match=sentence):
        await carried(text, database)
