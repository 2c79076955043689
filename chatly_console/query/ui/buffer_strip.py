"""The names of the editor's buffers on one line."""

from textual.content import Content
from textual.widgets import Static

from chatly_console.core.text import safe_text


class BufferStrip(Static):
    """Which buffers are open, which one is in the editor, and whether it waits to be saved."""

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._names = Content("")
        self._mode = ""

    def show_mode(self, words: str) -> None:
        """Say on the right what keys mean."""
        if words != self._mode:
            self._mode = words
            self._show()

    def on_resize(self) -> None:
        """The right end is elsewhere."""
        self._show()

    def _show(self) -> None:
        gap = self.size.width - self._names.cell_length - len(self._mode) - 1
        mode = Content.styled(f"{' ' * max(gap, 2)}{self._mode}", "bold $accent") if self._mode else Content("")
        self.update(self._names + mode)

    def show(self, names: list[str], active: str, *, is_saved: bool) -> None:
        """Show these names, the active one marked."""
        parts = []
        for name in names:
            words = safe_text(name)[:40]
            if name == active:
                parts.append(Content(f"▎{words}{'' if is_saved else ' ●'}").stylize("bold"))
            else:
                parts.append(Content(f" {words}").stylize("dim"))
        self._names = Content("  ").join(parts)
        self._show()
