"""A program of nothing but a grid, for tests that look at it on a screen or press its keys."""

import sys
from collections.abc import Sequence

from textual.app import App, ComposeResult
from textual.message import Message

from chatly_console.core.row_source import ListedRows, RowSource, StoredRows
from chatly_console.core.values import Column, Row
from chatly_console.shell.grid import ResultGrid
from chatly_console.shell.grid.messages import GridMessage
from chatly_console.shell.messages import Say

HOSTILE = (
    "\x1b]0;pwned\x07",
    "\x1b]52;c;cHduZWQ=\x1b\\",
    "\x1b[2J\x1b[HFAKE>",
    "\x9b31mred",
    "\x9d0;title\x9c",
    "a[/]b[/nothing]",
    "[@click=app.bell]press[/]",
    "user\u202egnp.exe\u2066x",
    "nul\x00bell\x07del\x7f",
    "zero\u200bwidth\u2028line",
    "\ud800 lone",
    "متجر النور",
    "漢字👍🏽👨‍👩‍👧e\u0301",
    '{"a": "\\u001b]0;json\\u0007\u202e\x9b", "[/]": ["[@click=app.bell]x[/]", 1e400, null]}',
)


class GridApp(App[None]):
    """One grid with one source; what it posts is kept."""

    animation_level = "none"

    def __init__(self, source: RowSource, **options: str) -> None:
        super().__init__()
        self.grid = ResultGrid(**options)  # type: ignore[arg-type]
        self.first = source
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_mount(self) -> None:
        self.grid.set_source(self.first)
        self.grid.focus()

    async def _on_message(self, message: Message) -> None:
        if isinstance(message, GridMessage | Say):
            self.heard.append(message)
        await super()._on_message(message)

    def said(self) -> list[str]:
        return [message.text for message in self.heard if isinstance(message, Say)]


def ordinary(count: int = 40) -> ListedRows:
    columns = [Column("id", 23, "int4"), Column("client"), Column("amount", 1700, "numeric"), Column("note")]
    names = ("Nordlicht Optik", "Café Miró", "متجر النور", "山田商店", "Ada's")
    rows: list[Row] = [
        (str(i), names[i % 5], f"{i * 37 % 101}.50", (None, "", "see the long note " * 4)[i % 3]) for i in range(count)
    ]
    return ListedRows(columns, rows)


def hostile() -> ListedRows:
    columns = [Column(text, 3802 if text[0] == "{" else 25, text) for text in HOSTILE]
    rows: list[Row] = [tuple(HOSTILE[(i + j) % len(HOSTILE)] for j in range(len(HOSTILE))) for i in range(len(HOSTILE))]
    return ListedRows(columns, rows)


def wide(count: int = 1600) -> ListedRows:
    columns = [Column(f"c{i}", 23 if i % 2 else 25) for i in range(count)]
    return ListedRows(columns, [tuple(str(i * j) for i in range(count)) for j in range(30)])


def stored(columns: Sequence[Column], rows: Sequence[Row], *, exhausted: bool = True) -> StoredRows:
    source = StoredRows(columns)
    source.append(rows, exhausted=exhausted)
    return source


if __name__ == "__main__":
    GridApp({"ordinary": ordinary, "hostile": hostile, "wide": wide}[sys.argv[1]]()).run()
