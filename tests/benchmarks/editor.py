"""How long a key takes in the editor, repaint included, with texts far longer than people write."""

import asyncio
import time

from textual.app import App, ComposeResult

from chatly_console.query.ui.editor import SqlEditor

LIMIT_MS = 50
ROUNDS = 3
"""The best of these counts: on a busy machine the others measure it, and not the editor."""
_STATEMENT = (
    "select c.id, 'a text' as words -- why\n  from conversations c\n where c.opened_at > now() - $1::interval;\n\n"
)


class OneEditor(App[None]):
    """The editor alone."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.animation_level = "none"
        self._text = text

    def compose(self) -> ComposeResult:
        yield SqlEditor(self._text)


def rows() -> list[tuple[str, str, str, bool]]:
    """Typing in the middle of 2,000 and of 20,000 lines."""
    found = []
    for lines in (2_000, 20_000):
        p95 = min(_p95(asyncio.run(_times(lines))) for _ in range(ROUNDS))
        what = f"typing in an editor of {lines:,} lines, with repaint, p95"
        found.append((what, f"{LIMIT_MS} ms", f"{p95:.1f} ms", p95 <= LIMIT_MS))
    return found


def _p95(times: list[float]) -> float:
    return times[int(len(times) * 0.95)]


async def _times(lines: int) -> list[float]:
    app = OneEditor(_STATEMENT * (lines // 4))
    async with app.run_test(size=(160, 50)) as pilot:
        editor = app.query_one(SqlEditor)
        editor.focus()
        editor.show_offset(len(editor.text) // 2)
        await pilot.pause()
        times = []
        for key in "select x from y where 'z' = $1;" * 2:
            begun = time.perf_counter()
            editor.insert(key)
            editor.screen._compositor.render_strips()
            times.append((time.perf_counter() - begun) * 1000)
            await pilot.pause()
        return sorted(times)
