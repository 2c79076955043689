"""`chatly-console query`, as typed."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chatly_console.cli import main
from chatly_console.core.formats import FORMATS

ADA = "ada@nordlicht.example"
ROWS = "select 1 as id, null as n, '' as e, 'a,\"b' as t"

Captured = pytest.CaptureFixture[str]


def query(dsn: str, *words: str) -> int:
    return main(["query", "--dsn", dsn, *words])


EXPECTED = {
    "csv": 'id,n,e,t\n1,,"","a,""b"\n',
    "tsv": 'id\tn\te\tt\n1\t\\N\t\ta,"b\n',
    "json": '[\n{"id": "1", "n": null, "e": "", "t": "a,\\"b"}\n]\n',
    "jsonl": '{"id": "1", "n": null, "e": "", "t": "a,\\"b"}\n',
    "markdown": '| id | n | e | t |\n| ---: | --- | --- | --- |\n| 1 | *null* |  | a,"b |\n',
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_to_the_screen_and_to_a_file(chatly_dsn: str, name: str, capsys: Captured, tmp_path: Path) -> None:
    assert query(chatly_dsn, "-c", ROWS, "--format", name) == 0
    out, err = capsys.readouterr()
    assert out == EXPECTED.get(name, out)
    assert "∅" in out if name == "table" else True
    assert "(1, NULL, '', 'a,\"b')" in out if name == "insert" else True
    assert err.startswith("1 row in ")
    target = tmp_path / "out"
    assert query(chatly_dsn, "-c", ROWS, "--format", name, "--out", str(target)) == 0
    assert target.read_text() == out
    assert capsys.readouterr().out == ""


def test_json_is_an_object_a_row(chatly_dsn: str, capsys: Captured) -> None:
    assert query(chatly_dsn, "-c", "values (1), (2)", "--json") == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [{"column1": "1"}, {"column1": "2"}]


def test_a_file_of_statements_and_standard_input(
    chatly_dsn: str, capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.sql"
    file.write_text("select 1 as a; select 2 as b;")
    assert query(chatly_dsn, "-f", str(file), "--format", "csv") == 0
    assert capsys.readouterr().out == "a\n1\nb\n2\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"select 3 as c"), encoding="ascii"))
    assert query(chatly_dsn, "-f", "-", "--format", "csv") == 0
    assert capsys.readouterr().out == "c\n3\n"


def rows_of(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out)))


def test_as_a_user_by_address_by_uuid_and_as_anon(chatly_dsn: str, capsys: Captured, tmp_path: Path) -> None:
    sql = "select (select count(*) from conversations) as n, auth.uid() as who, current_user as role"
    seen = []
    assert query(chatly_dsn, "-c", sql, "--format", "csv", "--as", ADA) == 0
    out, err = capsys.readouterr()
    seen.append(rows_of(out)[0])
    assert ADA in err
    who = seen[0]["who"]
    assert query(chatly_dsn, "-c", sql, "--format", "csv", "--as", who) == 0
    seen.append(rows_of(capsys.readouterr().out)[0])
    claims = json.dumps({"role": "authenticated", "sub": who})
    assert query(chatly_dsn, "-c", sql, "--format", "csv", "--claims", claims) == 0
    seen.append(rows_of(capsys.readouterr().out)[0])
    target = tmp_path / "copied.csv"
    assert query(chatly_dsn, "-c", sql, "--format", "csv", "--as", ADA, "--out", str(target)) == 0
    seen.append(rows_of(target.read_text())[0])
    assert seen[1:] == seen[:1] * 3
    assert seen[0]["role"] == "authenticated"
    assert query(chatly_dsn, "-c", "select count(*) as n from conversations", "--format", "csv") == 0
    capsys.readouterr()
    assert query(chatly_dsn, "-c", "select current_user as role", "--format", "csv", "--as", "anon") == 0
    assert capsys.readouterr().out == "role\nanon\n"


@pytest.mark.parametrize("words", [("--as", "nobody"), ("--as", "no@such.example"), ("--claims", "{")])
def test_whom_nobody_knows_is_wrong_use(chatly_dsn: str, capsys: Captured, words: tuple[str, str]) -> None:
    assert query(chatly_dsn, "-c", "select 1", *words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("chatly-console: ")


def test_an_sql_error_is_1_and_says_where(chatly_dsn: str, capsys: Captured, tmp_path: Path) -> None:
    file = tmp_path / "broken.sql"
    file.write_text("select 1 as one;\n\nselect 'ä', nothing;\nselect 3 as three;\n")
    assert query(chatly_dsn, "-f", str(file), "--format", "csv") == 1
    out, err = capsys.readouterr()
    assert out == "one\n1\n"
    assert f'{file}: line 3, column 13: Column "nothing" does not exist [42703]' in err


def test_a_failure_leaves_no_file(chatly_dsn: str, tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    sql = "select 1 / (3 - i) from generate_series(1, 5) i"
    assert query(chatly_dsn, "-c", sql, "--format", "csv", "--out", str(target)) == 1
    assert list(tmp_path.glob("*x.csv*")) == []


def test_a_timeout_ends_it(chatly_dsn: str, capsys: Captured) -> None:
    assert query(chatly_dsn, "-c", "select pg_sleep(60)", "--timeout", "0.2") == 1
    assert "statement timeout" in capsys.readouterr().err


def test_wrong_use_is_2_and_no_server_is_3(chatly_dsn: str, capsys: Captured, tmp_path: Path) -> None:
    assert query(chatly_dsn, "-c", "begin") == 2
    assert query(chatly_dsn, "-c", "vacuum") == 2
    assert query(chatly_dsn, "-f", str(tmp_path / "missing.sql")) == 2
    assert query("postgresql://u:hunter2@127.0.0.1:1/d", "-c", "select 1") == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "hunter2" not in err
    with pytest.raises(SystemExit) as caught:
        query(chatly_dsn)
    assert caught.value.code == 2


def test_changes_are_rolled_back_unless_they_are_to_be_kept(database_dsn: str, capsys: Captured) -> None:
    assert query(database_dsn, "-c", "create table kept (id int)") == 0
    assert "rolled back" in capsys.readouterr().err
    assert query(database_dsn, "-c", "select * from kept") == 1
    assert query(database_dsn, "-c", "create table kept (id int); insert into kept values (7)", "--commit") == 0
    assert query(database_dsn, "-c", "select * from kept", "--format", "csv") == 0
    assert capsys.readouterr().out == "id\n7\n"


def test_notices_and_hostile_text_stay_off_standard_output(chatly_dsn: str, capsys: Captured) -> None:
    assert query(chatly_dsn, "-c", r"do $$ begin raise notice E'\x1b]0;owned\x07 hello'; end $$") == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "NOTICE: " in err
    assert "hello" in err
    assert "\x1b" not in err
    assert query(chatly_dsn, "-c", r"select E'\x1b[31mred' as t") == 0
    assert "\x1b" not in capsys.readouterr().out


def test_a_reader_that_leaves_ends_it_quietly(chatly_dsn: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "chatly_console", "query", "--dsn", chatly_dsn, "--format", "csv",
         "-c", "select generate_series(1, 10000000) as i, repeat('x', 100)"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ},
    )  # fmt: skip
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.readline() == b"i,repeat\n"
    process.stdout.close()
    assert process.wait(20) == 0
    assert process.stderr.read() == b""


SCRIPT = b"""create temp table t (i int, w text);
copy t from stdin csv;
1,"a
b"
\\.
\\echo loaded :n
insert into t values (:n, :'w');
select i, w from t order by i;
"""


def test_a_script_is_one_session_with_data_variables_and_what_it_says(
    database_dsn: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SCRIPT), encoding="ascii"))
    assert query(database_dsn, "-f", "-", "-v", "n=2", "-v", "w=it's", "--format", "csv") == 0
    out, err = capsys.readouterr()
    assert rows_of(out) == [{"i": "1", "w": "a\nb"}, {"i": "2", "w": "it's"}]
    assert "loaded 2\n" in err and "4 statements, 2 rows changed" in err and "rolled back" in err
    assert "committed" not in err


def test_one_that_fails_keeps_nothing_and_says_where_in_the_data(
    database_dsn: str, capsys: Captured, tmp_path: Path
) -> None:
    file = tmp_path / "x.sql"
    file.write_text("create table t (i int);\ncopy t from stdin;\n1\nx\n\\.\nselect 1;\n")
    assert query(database_dsn, "-f", str(file), "--commit") == 1
    err = capsys.readouterr().err
    assert f"{file}: line 4: " in err and "22P02" in err and "statement 2 of 3 failed; all of it was rolled back" in err
    assert query(database_dsn, "-c", "select * from t") == 1
    file.write_text("create table t (i int);\nbegin;\ninsert into t values (1);\ncommit;\nselect 1 / 0;\n")
    assert query(database_dsn, "-f", str(file)) == 2
    assert f"BEGIN in {file}, line 2: it commits as it goes" in capsys.readouterr().err
    assert query(database_dsn, "-f", str(file), "--commit") == 1
    assert "statement 5 of 5 failed; the 4 before it are kept" in capsys.readouterr().err
    assert query(database_dsn, "-c", "select * from t", "--format", "csv") == 0
    assert capsys.readouterr().out == "i\n1\n"
