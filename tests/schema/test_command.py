"""`chatly-console schema`, as typed: what it prints, as JSON too, and its exit status."""

import json

import asyncpg
import pytest

from chatly_console.cli import main
from tests.conftest import run_apart
from tests.schema.hostile import HOSTILE_TABLES, RICH

Captured = pytest.CaptureFixture[str]


def schema(dsn: str, *words: str) -> int:
    return main(["schema", "--dsn", dsn, *words])


@pytest.fixture
def shop(database_dsn: str) -> str:
    run_apart(_execute(database_dsn, RICH + HOSTILE_TABLES))
    return database_dsn


async def _execute(dsn: str, sql: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def test_objects_are_listed_by_a_part_of_their_name_and_safely(shop: str, capsys: Captured) -> None:
    assert schema(shop, "order") == 0
    out = capsys.readouterr().out
    assert "table              shop.orders" in out and "shop.customers" not in out
    assert schema(shop, "--json", "*stomer*") == 0
    assert {one["name"] for one in json.loads(capsys.readouterr().out)} >= {"customers"}
    assert schema(shop) == 0
    assert "\x1b" not in capsys.readouterr().out
    assert schema(shop, "no_such_thing") == 1
    captured = capsys.readouterr()
    assert captured.out == "" and "no_such_thing" in captured.err


def test_one_object_in_full_of_any_kind(shop: str, capsys: Captured) -> None:
    for name, words in (
        ("shop.orders", "create table shop.orders"), ("orders", "row security on, forced, 2 policies"),
        ("mood", "create type shop.mood as enum"), ("touch", "returns trigger"), ("own [/]", "create policy"),
        ("plpgsql", "installed"), ("pg_stat_activity", "pg_catalog.pg_stat_activity"),
        ("[/]", 'create table public."[/]"'),
    ):  # fmt: skip
        assert schema(shop, "show", name) == 0, name
        out = capsys.readouterr().out
        assert words in out and "\x1b" not in out
    assert schema(shop, "show", "orders", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["name"] == "shop.orders" and shown["definition"].startswith("create table")
    assert schema(shop, "show", "ordrs") == 1
    assert "ordrs" in capsys.readouterr().err


def test_what_else_has_the_name_is_said_and_can_be_asked_for_by_its_kind(shop: str, capsys: Captured) -> None:
    assert schema(shop, "show", "touch") == 0
    captured = capsys.readouterr()
    assert "returns trigger" in captured.out
    assert "The same name have: “trigger touch”." in captured.err
    assert schema(shop, "show", "trigger touch") == 0
    captured = capsys.readouterr()
    assert "create trigger touch" in captured.out and not captured.err
    assert schema(shop, "show", "schema shop") == 0
    assert "create schema shop authorization" in capsys.readouterr().out


def test_the_graph_of_all_of_a_schema_and_around_a_table(shop: str, capsys: Captured) -> None:
    assert schema(shop, "graph") == 0
    whole = capsys.readouterr().out
    assert whole.startswith("erDiagram\n") and ' : "customer_id"' in whole
    assert schema(shop, "graph", "shop") == 0
    assert capsys.readouterr().out == whole
    assert schema(shop, "graph", "orders") == 0
    drawn = capsys.readouterr().out
    assert "╭" in drawn and "▶ customers customer_id · cascade" in drawn
    assert schema(shop, "graph", "orders", "--json") == 0
    [edge] = json.loads(capsys.readouterr().out)
    assert (edge["from"], edge["columns"], edge["to"]) == ("shop.orders", ["customer_id"], "shop.customers")
    assert schema(shop, "graph", "nowhere") == 1
    assert "nowhere" in capsys.readouterr().err


def test_wrong_use_is_2(shop: str, capsys: Captured) -> None:
    assert schema(shop, "show") == 2
    assert schema(shop, "graph", "a", "b") == 2
    assert "schema show NAME" in capsys.readouterr().err
