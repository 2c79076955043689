"""All keys that work where the focus is, in words, from the nearest to those that work everywhere."""

from __future__ import annotations

from itertools import zip_longest
from textwrap import wrap

from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static, TextArea

from chatly_console.shell.dialogs import key_row, words
from chatly_console.shell.key_footer import key_name

Group = tuple[str, list[tuple[str, str]]]
"""A title, and keys with their words."""

_WIDTH = 80
_KEYS = 20
_GAP = "  "
_EDITING = "Moving and editing, as everywhere in text"
_PLAINER = {
    "app.focus_next": "The next region",
    "app.focus_previous": "The region before",
    "screen.copy_text": "Copy the marked text",
}


def key_groups(bindings: dict[str, ActiveBinding]) -> list[Group]:
    """The active bindings by where they come from; keys of one action stand together.

    What any field of text does stands at the end: whoever asks for keys wants those of the console.
    """
    groups: dict[str, dict[str, list[str]]] = {}
    places = {_title(active): not isinstance(active.node, App) for active in bindings.values()}
    for key, active in bindings.items():
        if active.binding.system or not (active.binding.description or active.tooltip) or not active.enabled:
            continue
        actions = groups.setdefault(_title(active), {})
        actions.setdefault(_meaning(active.binding), []).append(key_name(key))
    ordered = sorted(groups, key=lambda title: (title == _EDITING, not places[title]))
    return [
        (title, [(" ".join(dict.fromkeys(keys)), meaning) for meaning, keys in groups[title].items()])
        for title in ordered
    ]


def _meaning(binding: Binding) -> str:
    """The long words where there are any; those of Textual's own keys in plainer ones."""
    return binding.tooltip or _PLAINER.get(binding.action) or binding.description


def _title(active: ActiveBinding) -> str:
    node = active.node
    if not active.binding.id and isinstance(node, TextArea | Input):
        return _EDITING
    if isinstance(node, App):
        return "Everywhere"
    if isinstance(node, Screen):
        return node.BINDING_GROUP_TITLE or "This screen"
    return node.BINDING_GROUP_TITLE or _spaced(type(node).__name__)


def _spaced(name: str) -> str:
    """A class name as words: `ResultGrid` is `Result grid`."""
    spaced = "".join(f" {c.lower()}" if c.isupper() and i else c for i, c in enumerate(name))
    return spaced.strip()


class KeyTable(Static):
    """The list, its keys in one column and its words in another; both go on below themselves where they are long."""

    def __init__(self, groups: list[Group]) -> None:
        super().__init__()
        self._groups = groups

    def render(self) -> Content:
        """The lines for the width that there is."""
        return groups_content(self._groups, self.size.width or _WIDTH)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the width makes of it."""
        return len(groups_content(self._groups, width).split("\n"))


def groups_content(groups: list[Group], width: int) -> Content:
    """The list as lines of at most `width` cells."""
    keys_width = min(max((len(keys) for _, rows in groups for keys, _ in rows), default=0), _KEYS, width // 4)
    meaning_width = max(width - keys_width - 2 * len(_GAP), 12)
    lines: list[Content] = []
    for title, rows in groups:
        lines += [Content(""), Content.styled(title, "bold")] if lines else [Content.styled(title, "bold")]
        for keys, meaning in rows:
            halves = wrap(keys, keys_width, break_long_words=False), wrap(meaning, meaning_width)
            for key, words_ in zip_longest(*halves, fillvalue=""):
                lines.append(Content.assemble(_GAP, (f"{key:{keys_width}}", "$accent"), _GAP, words_))
    return Content("\n").join(lines)


class HelpScreen(ModalScreen[None]):
    """Shows the keys as they were when help was asked for."""

    BINDINGS = [
        Binding("escape,f1,question_mark,q", "close", "Close", id="help.close", tooltip="Back to where you were")
    ]

    def __init__(self, groups: list[Group], title: str = "Keys that work here") -> None:
        super().__init__()
        self._groups, self._title = groups, title

    def compose(self) -> ComposeResult:
        """Title and list."""
        with Vertical(classes="dialog wide"):
            yield words(self._title, "title")
            with VerticalScroll():
                yield KeyTable(self._groups)
            yield key_row(("esc", "close"), ("↑ ↓", "scroll"))

    def action_close(self) -> None:
        """Back."""
        self.dismiss()
