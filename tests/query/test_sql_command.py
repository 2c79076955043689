"""`chatly-console sql`, as typed."""

import io
import json
import sys
from pathlib import Path

import pytest

from chatly_console.cli import main

SQL = "-- one\nSELECT 'É;' AS a;\n\\d x\nDELETE FROM t"


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "a.sql"
    path.write_text(SQL, encoding="utf-8")
    return str(path)


def test_split_as_json_counts_characters_and_leaves_the_semicolon_out(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sql", "split", "--json", file, file]) == 0
    one, two = map(json.loads, capsys.readouterr().out.splitlines())
    assert one == two
    assert one["file"] == file
    assert one["statements"] == [
        {"start": 0, "end": SQL.index(" AS a;") + 5, "line": 1},
        {"start": SQL.index("DELETE"), "end": len(SQL), "line": 4},
    ]


def test_split_reads_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SQL.encode()), encoding="ascii"))
    assert main(["sql", "split", "-"]) == 0
    assert capsys.readouterr().out == "-:1: SELECT 'É;' AS a\n-:4: DELETE FROM t\n"


def test_classify_names_the_danger(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", "classify", file]) == 0
    assert "DELETE without WHERE removes every row of t" in capsys.readouterr().out
    assert main(["sql", "classify", "--json", file]) == 0
    found = json.loads(capsys.readouterr().out)["statements"]
    assert [(one["verb"], one["risk"]) for one in found] == [("SELECT", "safe"), ("DELETE", "dangerous")]


def test_format_keeps_what_sqlparse_would_damage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = "SELECT E'it\\'s', '\\' , a # b, '/* ; */' FROM t"
    path = tmp_path / "b.sql"
    path.write_text(f"SELECT a,b FROM t WHERE x=1; -- why\n{kept};\n\\d t\ncopy t from stdin;\n1\t2\n\\.\n")
    assert main(["sql", "format", str(path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("select a,\n       b\nfrom t\nwhere x=1; -- why\n")
    assert "E'it\\'s'" in out and "a # b" in out
    assert out.endswith("\\d t\ncopy t\nfrom stdin;\n1\t2\n\\.\n")


@pytest.mark.parametrize("words", [["sql", "split", "/no/such"], ["sql", "split", "/"]])
def test_an_unreadable_file_is_wrong_use(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words[-1] in captured.err


def test_a_file_in_another_encoding_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "latin.sql"
    path.write_bytes("select 'é'".encode("latin-1"))
    assert main(["sql", "split", str(path)]) == 2
    assert "not UTF-8" in capsys.readouterr().err
