"""Everything about one node, in a dialog."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from chatly_console.core.text import safe_text
from chatly_console.explain.analysis import Analysis
from chatly_console.explain.detail import Pair, detail_of
from chatly_console.explain.plan import Node
from chatly_console.explain.titles import method_of, target_of
from chatly_console.shell.dialogs import key_row, words

_LONGEST = 4_000


class NodeDetail(ModalScreen[None]):
    """Times, rows, blocks, workers, advice, and all keys as the server sent them."""

    BINDINGS = [
        Binding("escape,enter,q", "close", "Close", id="node.close", tooltip="Back to the plan"),
        Binding("y", "copy_all", "Copy", id="node.copy", tooltip="Copy all of it"),
    ]

    def __init__(self, analysis: Analysis, node: Node) -> None:
        super().__init__()
        self._node = node
        self._groups = detail_of(analysis, node)

    def compose(self) -> ComposeResult:
        """Title, groups, keys."""
        title = f"{self._node.id}  {method_of(self._node.raw)} {target_of(self._node.raw)}"
        with Vertical(classes="dialog wide"):
            yield words(title, "title")
            with VerticalScroll():
                for name, pairs in self._groups:
                    yield Static(_group(name, pairs), markup=False)
            yield key_row(("esc", "close"), ("y", "copy"))

    def action_copy_all(self) -> None:
        """Copy the text, raw."""
        lines = [f"{key}: {value}" for _, pairs in self._groups for key, value in pairs]
        self.app.copy_to_clipboard("\n".join(lines))

    def action_close(self) -> None:
        """Back."""
        self.dismiss()


def _group(name: str, pairs: list[Pair]) -> Content:
    width = min(max(len(key) for key, _ in pairs), 30)
    lines = [
        Content.assemble((f"  {safe_text(key):<{width}}  ", "$muted"), safe_text(value, one_line=False)[:_LONGEST])
        for key, value in pairs
    ]
    return Content("\n").join([Content.styled(name, "bold $accent"), *lines])
