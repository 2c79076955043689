"""How the connection screen draws its entries; production has its word, on its own colour, on every theme."""

from collections.abc import Sequence

from textual.color import Color, ColorParseError
from textual.content import Content
from textual.widgets.option_list import Option

from chatly_console.connections.listing import Entry
from chatly_console.core.text import safe_text

HEADINGS = {"profile": "profiles", "demo": "without a server at hand", "database": "other databases of "}
_ENVIRONMENT = {"local": "$muted", "staging": "$warn", "production": "bold $prod-text on $prod"}


def options_of(entries: Sequence[Entry], width: int, where: str) -> list[Option]:
    """The list's lines under a heading for each kind; the id of an option is its entry's place in `entries`."""
    options: list[Option] = []
    kind, column = "", name_width(entries, width)
    for index, entry in enumerate(entries):
        if entry.kind != kind:
            options += [Option("", disabled=True)] * bool(kind)
            kind = entry.kind
            words = HEADINGS[kind] + (where if kind == "database" else "")
            options.append(Option(Content.styled(safe_text(words), "$muted"), disabled=True))
        options.append(Option(entry_line(entry, width, column), id=str(index)))
    return options


def entry_line(entry: Entry, width: int, name_width: int) -> Content:
    """One line: mark, name, environment, place; what was chosen for it stands at the right edge."""
    mark = Content.styled("● " if entry.is_current else "○ ", colour_of(entry))
    name = Content.styled(safe_text(entry.name), "bold" if entry.is_current else "")
    left = Content.assemble(mark, _fitted(name, name_width), "  ")
    if entry.kind == "profile":
        word = "PRODUCTION" if entry.environment == "production" else entry.environment
        left = Content.assemble(left, (f" {word} ", _ENVIRONMENT[entry.environment]), " " * (12 - len(word)))
    else:
        left = Content.assemble(left, " " * 14)
    right = Content.styled(safe_text(" · ".join(("connected",) * entry.is_current + entry.remarks)), "$muted")
    room = width - left.cell_length - right.cell_length - 2
    user = f" as {entry.user}" if entry.user else ""
    full = Content.styled(safe_text(entry.place + user), "$muted" if entry.kind != "profile" else "")
    if full.cell_length > room:
        full = Content.styled(safe_text(entry.place), "$muted" if entry.kind != "profile" else "")
    if full.cell_length > room and right.cell_length:
        room, right = room + right.cell_length, Content("")
    place = full.truncate(max(room, 1), ellipsis=True)
    gap = width - left.cell_length - place.cell_length - right.cell_length
    return Content.assemble(left, place, " " * max(gap, 0), right)


def name_width(entries: Sequence[Entry], width: int) -> int:
    """The column of the names: as wide as the longest, but never more than a third."""
    longest = max((Content(safe_text(entry.name)).cell_length for entry in entries), default=8)
    return max(8, min(longest, width // 3))


def colour_of(entry: Entry) -> str:
    """The style of an entry's mark: its own colour if that is one."""
    if entry.colour:
        try:
            return Color.parse(entry.colour).hex
        except ColorParseError:
            pass
    return "$prod" if entry.environment == "production" else "$accent" if entry.is_current else "$muted"


def _fitted(text: Content, width: int) -> Content:
    text = text.truncate(width, ellipsis=True)
    return Content.assemble(text, " " * (width - text.cell_length))
