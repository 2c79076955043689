"""The list of proposals in a real terminal: what it covered is back once it is closed, whatever was on show before."""

from pathlib import Path

import asyncpg

from tests.conftest import run_apart
from tests.shell.terminal import Terminal

CTRL_O, ESC = "\x0f", "\x1b"


async def make_tables(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("create table customers (id int); create table custom_made (id int)")
    await connection.close()


def test_nothing_of_the_list_stays_behind_after_another_pane_was_visited(database_dsn: str, tmp_path: Path) -> None:
    run_apart(make_tables(database_dsn))
    environment = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"), str(tmp_path))
    terminal = Terminal(["-m", "chatly_console", "--dsn", database_dsn], environment, (120, 40))
    try:
        terminal.sees("Nothing has been run here yet")
        terminal.press(CTRL_O)
        terminal.sees("letter: go there")
        terminal.press("1")
        terminal.sees("system schemas")
        terminal.press(CTRL_O)
        terminal.sees("letter: go there")
        terminal.press("2")
        terminal.sees("Nothing has been run here yet")
        terminal.press("select * from custom")
        terminal.sees("▤ custom_made")
        terminal.press("er")
        terminal.until(lambda: "▤ customers" in terminal.text and "▤ custom_made" not in terminal.text)
        terminal.press(ESC)
        terminal.until(lambda: "▤" not in terminal.text)
    finally:
        terminal.press("\x11")
        terminal.close()
