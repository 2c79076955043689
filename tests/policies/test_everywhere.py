"""Whoever runs as a user sees that user's rows everywhere: in every room that reads rows, on the screen, in the
clipboard and in files. The login would see more, so each place that forgot the identity would show it here.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from chatly_console.demo.service import prepare
from tests.conftest import run_apart
from tests.shell.terminal import Terminal

ADA = "00000000-0000-4000-8000-0000000000aa"
OURS, THEIRS = "OURS-SEEN", "THEIRS-HIDDEN"
DATA = f"""
create extension if not exists vector with schema extensions;
create table public.notes (id int primary key, owner uuid not null, body text, parent int references public.notes,
                           embedding extensions.vector(3));
alter table public.notes enable row level security;
create policy own on public.notes using (owner = (select auth.uid()));
grant select on public.notes to authenticated;
insert into auth.users (id, email) values ('{ADA}', 'ada@x.example');
insert into public.notes values (1, '{ADA}', '{OURS}', null, '[1,1,1]'), (2, '{ADA}', '{OURS}', 1, '[1,2,1]');
insert into public.notes select 10 + g, gen_random_uuid(), '{THEIRS}', 1, array[1, g, 2]::extensions.vector
  from generate_series(1, 40) g;
analyze;
"""
F5, F8, F9, ESC, DOWN = "\x1b[15~", "\x1b[19~", "\x1b[20~", "\x1b", "\x1b[B"
ENTER, HOME, TO_END = "\r", "\x1b[H", "\x0b"
CTRL_O, CTRL_Q, CTRL_T, ALL, DELETE = "\x0f", "\x11", "\x14", "\x1b[18~", "\x1b[3~"


@pytest.fixture
def notes_dsn(database_dsn: str) -> Iterator[str]:
    async def fill() -> None:
        connection = await asyncpg.connect(database_dsn)
        await prepare(connection)
        await connection.execute(DATA)
        await connection.close()

    run_apart(fill())
    yield database_dsn


def room(digit: int) -> str:
    return f"{CTRL_O}{digit}"


def statement(sql: str) -> str:
    return f"{CTRL_O}a{ALL}{DELETE}{sql}"


def told(terminal: Terminal) -> str:
    """All that the terminal was sent: what it shows, and what it was to put into the clipboard."""
    copied = re.findall(rb"\x1b\]52;[a-z]*;([A-Za-z0-9+/=]+)", terminal.raw)
    clipboard = b"\n".join(base64.b64decode(text) for text in copied)
    return (terminal.raw + clipboard).decode(errors="replace")


NEXT_TABS = "."
"""One tab after the other, until what is wanted is on show."""
PLACES: list[tuple[str, list[str], str]] = [
    ("a query", [statement(f"select * from notes order by id{F5}")], OURS),
    ("its last row", [f"{CTRL_O}s", "G"], OURS),
    ("row detail", ["\r"], OURS),
    ("cell detail", [ESC, "\x1b[C\x1b[C", " "], OURS),
    ("a copied row", [ESC, "Y"], "Sent the row"),
    ("a count", [statement(f"select 'n=' || count(*) from notes{F5}")], "n=2"),
    ("a join in a watch", [statement(f"select max(a.body || b.id) from notes a, notes b{F5}")], f"{OURS}2"),
    ("a plan with times", [statement(f"select body from notes{F9}")], "as authenticated ada@x.example"),
    ("rows of the schema", [f"{CTRL_T}notes", "\r", NEXT_TABS], OURS),
    ("a count of the schema", ["#"], ": 2 rows as authenticated ada@x.example"),
    ("rows that are opened", ["o"], OURS),
    ("vectors", [room(4)], "as ada@x.example (4.8% of rows)"),
    ("a search by vector", [f"[1,1,1]{ENTER}"], OURS),
    ("the detail of what was found", [ENTER], "row 1 of 2"),
    ("a copy of what was found", [ESC, "Y"], "Sent the row"),
    ("a search by a row", ["i", f"{HOME}{TO_END}=2{ENTER}"], "like row 2"),
    ("a search by a hidden row", ["i", f"{HOME}{TO_END}=11{ENTER}"], "There is no row 11"),
]
NOT_IMPERSONATED = (5, 6, 7)
"""The rooms that run as the login, and say so."""


def test_no_row_that_the_user_may_not_see_leaves_the_console(notes_dsn: str, tmp_path: Path) -> None:
    environment = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    terminal = Terminal(["-m", "chatly_console", "--dsn", notes_dsn, "--as", ADA], environment, (150, 45))
    try:
        terminal.sees("IMPERSONATING authenticated ada@x.example")
        terminal.sees("F5 run")
        for name, presses, wanted in PLACES:
            for keys in presses:
                terminal.press(keys)
                terminal.settles()
            for _ in range(20 if presses[-1] == NEXT_TABS else 0):
                if wanted not in terminal.text:
                    terminal.press(NEXT_TABS)
                    terminal.settles()
            terminal.sees(wanted)
            assert THEIRS not in told(terminal), (name, terminal.text)
        for keys in (room(2), statement(f"select * from notes{F5}"), f"{CTRL_O}s", "E"):
            terminal.press(keys)
            terminal.settles()
        terminal.sees("result.csv")
        terminal.press("\r")
        exported = tmp_path / "result.csv"
        terminal.until(exported.exists)
        assert OURS in exported.read_text() and THEIRS not in exported.read_text()
        for digit in NOT_IMPERSONATED:
            terminal.press(room(digit))
            terminal.settles(0.4)
            terminal.sees("not impersonated")
        assert THEIRS not in told(terminal)
        terminal.press(CTRL_Q)
        assert terminal.ended(30) == 0
    finally:
        terminal.close()
