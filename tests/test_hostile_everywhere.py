"""Hostile text in every place where the database can put it, through every room: nothing of it reaches the terminal.

The names, values, errors, notices and other people's statements of this database hold what a careless program would
hand to the terminal or take for its own markup. The real console runs in a real terminal, and every byte that it sends
is looked at.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import asyncpg
import pytest

from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.demo.service import prepare
from tests.conftest import run_apart
from tests.shell.terminal import Terminal

FOREIGN = (b"\x1b]0;", b"\x1b]52", b"\x1b[2JX", b"\xc2\x9b", "\u202e".encode(), b"pwned\x07")
EVIL = "\x1b]0;pwned\x07[/]\u202e\x9b[@click=app.quit]"
MARK = "␛]0;pwned␇[/]"
WHO = "00000000-0000-4000-8000-0000000000aa"


def named(kind: str) -> str:
    return quote_identifier(f"{kind}{EVIL}")


def filled(role: str) -> str:
    """SQL that makes one object of every kind with a hostile name, comment, definition and value."""
    table, other, text = named("t"), named("u"), quote_literal(EVIL)
    return f"""
create extension if not exists vector with schema extensions;
create type {named("e")} as enum ({text}, 'b');
create table {other} (id int primary key, {named("c")} text default {text});
create table {table} (
  id int generated always as identity primary key, {named("c")} text not null default {text},
  client_id uuid not null default '{WHO}', {named("f")} int references {other}, {named("m")} {named("e")},
  embedding extensions.vector(3), check ({named("c")} <> {quote_literal("no" + EVIL)})
);
comment on table {table} is {text};
comment on column {table}.{named("c")} is {text};
create index {named("i")} on {table} ({named("c")});
create index {named("j")} on {table} ({named("c")});
create index {named("v")} on {table} using ivfflat (embedding extensions.vector_cosine_ops) with (lists = 1);
create function {named("g")}({named("a")} int) returns int language sql security definer as $$ select 1 /* {EVIL} */ $$;
create view {named("w")} as select * from {table};
create materialized view {named("x")} as select * from {other};
create role {quote_identifier(role)};
grant all on {table}, {other} to authenticated, {quote_identifier(role)};
alter table {table} enable row level security;
create policy {named("p")} on {table} for select to authenticated
  using ({named("c")} = {text} or auth.uid() = client_id);
create policy {named("r")} on {table} as restrictive for select to {quote_identifier(role)} using (true);
comment on policy {named("p")} on {table} is {text};
insert into {other} values (1, {text});
insert into {table} ({named("f")}, {named("m")}, embedding)
  select 1, {text}, array[i, 1, 2]::extensions.vector from generate_series(1, 20) i;
create function public.shout() returns int language plpgsql as $$ begin
  raise notice '%', {text};
  raise exception '%', {text} using hint = {text}, detail = {text};
end $$;
insert into auth.users (id, email) values ('{WHO}', {quote_literal("ada" + EVIL + "@x.example")});
create schema supabase_migrations;
create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text);
insert into supabase_migrations.schema_migrations values ('20200101000000', array[{text}], {text});
analyze;
"""


@asynccontextmanager
async def other_people(dsn: str) -> AsyncIterator[None]:
    """Somebody with a hostile name who holds a lock, and somebody who waits for it with a hostile statement."""
    settings = {"application_name": "app" + EVIL}
    holder, waiter = [await asyncpg.connect(dsn, server_settings=settings) for _ in range(2)]
    table = named("u")
    await holder.execute(f"begin; update {table} set id = 1 /* {EVIL} */")
    waiting = asyncio.create_task(waiter.execute(f"update {table} set id = 1 /* {EVIL} */"))
    try:
        yield
    finally:
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await holder.close(timeout=5)
        await waiter.close(timeout=5)


@contextmanager
def held_locks(dsn: str) -> Iterator[None]:
    """`other_people` on a loop of their own."""
    loop = asyncio.new_event_loop()
    people = other_people(dsn)
    loop.run_until_complete(people.__aenter__())
    try:
        yield
    finally:
        loop.run_until_complete(people.__aexit__(None, None, None))
        loop.close()


@pytest.fixture
def evil_dsn(database_dsn: str) -> Iterator[str]:
    role = f"r{uuid.uuid4().hex[:6]}{EVIL}"

    async def fill() -> None:
        connection = await asyncpg.connect(database_dsn)
        await prepare(connection)
        await connection.execute(filled(role))
        await connection.close()

    async def drop() -> None:
        connection = await asyncpg.connect(database_dsn)
        await connection.execute(f"drop owned by {quote_identifier(role)}; drop role {quote_identifier(role)}")
        await connection.close()

    run_apart(fill())
    yield database_dsn
    run_apart(drop())


F3, F5, F6, F8, F9 = "\x1bOR", "\x1b[15~", "\x1b[17~", "\x1b[19~", "\x1b[20~"
ESC, DOWN, RIGHT = "\x1b", "\x1b[B", "\x1b[C"
CTRL_O, CTRL_R, CTRL_Q, CTRL_T, ALL, DELETE = "\x0f", "\x12", "\x11", "\x14", "\x1b[18~", "\x1b[3~"


def room(digit: int) -> str:
    return f"{CTRL_O}{digit}"


def leaked(raw: bytes) -> bytes:
    """The surroundings of the first foreign bytes that reached the terminal; empty where there are none."""
    at = min((at for foreign in FOREIGN if (at := raw.find(foreign)) >= 0), default=-1)
    return raw[max(at - 100, 0) : at + 60] if at >= 0 else b""


def statement(sql: str) -> str:
    return f"{CTRL_O}a{ALL}{DELETE}{sql}"


TOUR: list[tuple[str, list[str]]] = [
    ("schema", [room(1), f"{DOWN * 2}\r", *("." * 12), "x", "d", "/pwned", ESC, f"{CTRL_T}pwned", ESC]),
    ("rows", [room(1), "o", f"{DOWN}{RIGHT}", " ", ESC, "\r", ESC, "e", ESC]),
    ("plan", [f"{CTRL_O}a{F8}", F9, f"{DOWN}{DOWN}"]),
    ("value", [statement(f"select email from auth.users{F5}")]),
    ("error", [statement(f"select email::int from auth.users{F5}")]),
    ("notice", [statement(f"select public.shout(){F5}")]),
    ("completion", [statement("select * from public."), ESC]),
    ("history", [CTRL_R, ESC]),
    ("policies", [room(3), "w", "d", "m", "i", "t", "e", "x", "p"]),
    ("vectors", [room(4), f"i0.1,1,2\r{F5}", *([F6, F5] * 5)]),
    ("migrations", [room(5), *"fLlds"]),
    ("triage", [room(6), "b", "\r", ESC, "s", "h", "a", "\r", ESC]),
    ("advisor", [room(7), DOWN * 3, "b", "b"]),
    ("who", [f"{F3}pwned", "\r"]),
    ("as her", [room(3), "w", "p"]),
]


def test_nothing_of_it_reaches_the_terminal(evil_dsn: str, tmp_path: Path) -> None:
    environment = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    terminal = Terminal(["-m", "chatly_console", "--dsn", evil_dsn], environment, (140, 45))
    with held_locks(evil_dsn):
        try:
            terminal.sees("F5 run")
            unseen = [name for name, presses in TOUR if not tour(terminal, name, presses)]
            assert not unseen, f"where nothing hostile is on show, nothing is proven: {unseen}\n{terminal.text}"
            terminal.press(CTRL_Q)
            assert terminal.ended(5) == 0
        finally:
            terminal.close()


def tour(terminal: Terminal, name: str, presses: list[str]) -> bool:
    """Press these keys one after the other; returns whether any hostile text was on show, in its visible form."""
    seen = False
    for keys in presses:
        terminal.press(keys)
        terminal.settles()
        assert not (leak := leaked(terminal.raw)), (name, keys, leak)
        seen = seen or MARK in terminal.text
    with suppress(AssertionError):
        terminal.until(lambda: seen or MARK in terminal.text)
    return seen or MARK in terminal.text
