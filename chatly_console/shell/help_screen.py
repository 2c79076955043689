"""All keys that work where the focus is, in words, from the nearest to those that work everywhere."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from chatly_console.core.text import cell_width
from chatly_console.shell.dialogs import key_row, words
from chatly_console.shell.key_footer import key_name

Group = tuple[str, list[tuple[str, str]]]
"""A title, and keys with their words."""

_PLAINER = {
    "app.focus_next": "The next region",
    "app.focus_previous": "The region before",
    "screen.copy_text": "Copy the marked text",
}


def key_groups(bindings: dict[str, ActiveBinding]) -> list[Group]:
    """The active bindings by where they come from; keys of one action stand together."""
    groups: dict[DOMNode, dict[str, list[str]]] = {}
    for key, active in bindings.items():
        if active.binding.system or not (active.binding.description or active.tooltip) or not active.enabled:
            continue
        actions = groups.setdefault(active.node, {})
        actions.setdefault(_meaning(active.binding), []).append(key_name(key))
    ordered = sorted(groups, key=lambda node: isinstance(node, App))
    return [(_title(node), [(" ".join(keys), meaning) for meaning, keys in groups[node].items()]) for node in ordered]


def _meaning(binding: Binding) -> str:
    """The long words where there are any; those of Textual's own keys in plainer ones."""
    return binding.tooltip or _PLAINER.get(binding.action) or binding.description


def _title(node: DOMNode) -> str:
    if isinstance(node, App):
        return "Everywhere"
    if isinstance(node, Screen):
        return node.BINDING_GROUP_TITLE or "This screen"
    return node.BINDING_GROUP_TITLE or _spaced(type(node).__name__)


def _spaced(name: str) -> str:
    """A class name as words: `ResultGrid` is `Result grid`."""
    spaced = "".join(f" {c.lower()}" if c.isupper() and i else c for i, c in enumerate(name))
    return spaced.strip()


def groups_content(groups: list[Group]) -> Content:
    """The list, its keys in one column."""
    width = max((cell_width(keys) for _, rows in groups for keys, _ in rows), default=0)
    width = min(width, 22)
    lines: list[Content] = []
    for title, rows in groups:
        lines += [Content(""), Content.styled(title, "bold")] if lines else [Content.styled(title, "bold")]
        for keys, meaning in rows:
            gap = " " * max(width - cell_width(keys), 0)
            lines.append(Content.assemble("  ", (keys, "$accent"), gap, "  ", meaning))
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
                yield Static(groups_content(self._groups))
            yield key_row(("esc", "close"), ("↑ ↓", "scroll"))

    def action_close(self) -> None:
        """Back."""
        self.dismiss()
