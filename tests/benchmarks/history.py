"""The history with 100,000 entries: how long it takes to open, and to find as one types."""

import asyncio
import sqlite3
import tempfile
import time
from pathlib import Path

from textual.app import App

from chatly_console.query.history import History, prepare
from chatly_console.query.ui.history_screen import HistoryScreen

LIMIT_MS = 50
ENTRIES = 100_000
ROUNDS = 3
"""The best of these counts: on a busy machine the others measure it, and not the history."""
WORDS = ("select", "client99999", "nowhere at all", "messages 12 first_resp", "zq")
_SQL = (
    "select c.id, pc.name as client{0}, min(m.sent_at) - c.opened_at as first_response\n"
    "  from conversations c join platform_clients pc on pc.id = c.platform_client_id\n"
    "  join messages m on m.conversation_id = c.id where c.id = {0} group by c.id, pc.name order by 3 desc limit 50"
)


class Alone(App[None]):
    """A program of nothing but the history."""

    def __init__(self) -> None:
        super().__init__()
        self.animation_level = "none"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {"muted": "#909090"}


def rows() -> list[tuple[str, str, str, bool]]:
    """Opening, and the keys of several searches, in a program of the history alone, with its repaint."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.sqlite"
        _fill(path)
        rounds = [asyncio.run(_times(path)) for _ in range(ROUNDS)]
    opening = min(opened for opened, _ in rounds)
    p95 = min(keys[int(len(keys) * 0.95)] for _, keys in rounds)
    what = f"a history of {ENTRIES:,} entries:"
    return [
        (f"{what} opening it", f"{LIMIT_MS} ms", f"{opening:.1f} ms", opening <= LIMIT_MS),
        (f"{what} a key while finding, p95", f"{LIMIT_MS} ms", f"{p95:.1f} ms", p95 <= LIMIT_MS),
    ]


def _fill(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    prepare(connection)
    columns = "started, profile, database, identity, mode, outcome, seconds, rows, message, sql"
    values = "('2026-01-01T00:00:00+00:00', 'p', 'chatly', 'postgres', 'read-only', 'done', 0.1, 3, '', ?)"
    connection.execute("begin")
    connection.executemany(
        f"insert into statement ({columns}) values {values}",
        ((_SQL.format(number),) for number in range(ENTRIES)),
    )
    connection.execute("commit")
    connection.close()


async def _times(path: Path) -> tuple[float, list[float]]:
    """From the key to the list that answers it, drawn; the best of three openings."""
    app = Alone()
    openings, keys = [], []
    async with app.run_test(size=(120, 40)) as pilot:
        history = History(path)
        await history.search(limit=1)  # the file is open since the console's first statement
        for _ in range(3):
            screen = HistoryScreen(history)
            begun = time.perf_counter()
            await app.push_screen(screen)
            await _drawn(screen, -1)
            openings.append((time.perf_counter() - begun) * 1000)
            if len(openings) < 3:
                screen.dismiss(None)
                await pilot.pause()
        field = screen.query_one("Input")
        for words in WORDS:
            field.value = ""  # type: ignore[attr-defined]
            await pilot.pause(0.1)
            for letter in words:
                before = screen.answers
                begun = time.perf_counter()
                field.insert_text_at_cursor(letter)  # type: ignore[attr-defined]
                await _drawn(screen, before)
                keys.append((time.perf_counter() - begun) * 1000)
                await pilot.pause()
        await history.close()
    return min(openings), sorted(keys)


async def _drawn(screen: HistoryScreen, before: int) -> None:
    while screen.answers <= before or not screen.query("#history-list"):
        await asyncio.sleep(0)
    screen._compositor.render_strips()
