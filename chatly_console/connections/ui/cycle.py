"""One of a few values on one line: left and right choose."""

from collections.abc import Sequence

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class Cycle(Widget, can_focus=True):
    """Shows all values and marks the chosen one, by a sign as well as by colour."""

    BINDINGS = [
        Binding("right,space,l", "turn(1)", "Next", show=False, id="cycle.next", tooltip="Choose the next value"),
        Binding("left,h", "turn(-1)", "Previous", show=False, id="cycle.previous", tooltip="Choose the value before"),
    ]

    index: reactive[int] = reactive(0)

    class Changed(Message):
        """Another value is chosen."""

    def __init__(self, words: Sequence[str], index: int = 0) -> None:
        super().__init__()
        self._words = tuple(words)
        self.set_reactive(Cycle.index, index)

    def render(self) -> Content:
        """The values in a row."""
        style = "bold $selection-text on $selection" if self.has_focus else "bold $accent"
        shown = [
            Content.styled(f" ● {word} ", style) if place == self.index else Content.styled(f" ○ {word} ", "$muted")
            for place, word in enumerate(self._words)
        ]
        return Content(" ").join(shown)

    def action_turn(self, by: int) -> None:
        """Choose the value beside this one."""
        self.index = (self.index + by) % len(self._words)
        self.post_message(self.Changed())
