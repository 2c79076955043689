"""What tells a statement of the console from those of others: its words, as a server keeps them."""

import re
from pathlib import Path

import pytest

import chatly_console
from chatly_console.resources import data_folder
from chatly_console.server.own_statements import is_ours
from chatly_console.server.sql_files import load_sql

TRIAGE = sorted((Path(chatly_console.__file__).parent / "triage" / "sql").glob("*.sql"))


def kept(sent: str) -> str:
    """What a server keeps of it: constants become parameters, and 18 leaves out the comment before it."""
    text = re.sub(r"^(\s*--[^\n]*\n)+", "", sent)
    return re.sub(r"'[^']*'|\bnull\b|\btrue\b|\bepoch\b|(?<![\w$.^])\d+", "$7", text).strip().rstrip(";")


@pytest.mark.parametrize("path", TRIAGE, ids=lambda path: path.stem)
def test_what_triage_asks_is_known_as_ours(path: Path) -> None:
    sent = path.read_text(encoding="utf-8")
    assert is_ours(sent), "as 14 to 17 keep it"
    assert is_ours(kept(sent)), "as 18 does"


def test_names_that_are_filled_in_do_not_matter() -> None:
    assert is_ours(load_sql("chatly_console.triage", "statements", 140000).replace("{schema}", '"my extensions"'))


def test_what_each_connection_is_asked_is_ours() -> None:
    assert is_ours("select pg_catalog.set_config($1, $2, $3)")
    assert is_ours("set statement_timeout to 2000") and is_ours("set statement_timeout to $1")


@pytest.mark.parametrize(
    "theirs",
    [
        "",
        "select 1",
        "-- a comment of theirs\nselect 1",
        "select n.nspname, c.relname from pg_catalog.pg_class c",
        "select pg_catalog.set_config($1, $2, $3), pg_catalog.set_config($4, $5, $6)",
        "insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)",
        "delete from messages where id = $1",
        "set statement_timeout = 0",
        "begin",
        "<insufficient privilege>",
    ],
)
def test_statements_of_others_are_not_ours(theirs: str) -> None:
    assert not is_ours(theirs)


def test_queries_that_a_person_runs_are_theirs() -> None:
    queries = list((data_folder("database") / "queries").glob("**/*.sql"))
    assert queries
    assert [path.name for path in queries if is_ours(path.read_text(encoding="utf-8"))] == []
