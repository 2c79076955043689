"""The names of the editor's buffers on one line."""

from textual.content import Content
from textual.widgets import Static

from chatly_console.core.text import safe_text


class BufferStrip(Static):
    """Which buffers are open, which one is in the editor, and whether it waits to be saved."""

    def __init__(self) -> None:
        super().__init__("", markup=False)

    def show(self, names: list[str], active: str, *, is_saved: bool) -> None:
        """Show these names, the active one marked."""
        parts = []
        for name in names:
            words = safe_text(name)[:40]
            if name == active:
                parts.append(Content(f"▎{words}{'' if is_saved else ' ●'}").stylize("bold"))
            else:
                parts.append(Content(f" {words}").stylize("dim"))
        self.update(Content("  ").join(parts))
