"""The states that every region has beside its data: loading, empty, failed; stale data is dimmed and dated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from chatly_console.core.durations import age_words
from chatly_console.core.failure import Failure
from chatly_console.core.text import safe_text

PATIENCE = 0.15
"""Seconds before a wait shows itself: most waits are shorter, and a flicker is worse than nothing."""

Clock = Callable[[], float]


class Loading(Widget):
    """What is being waited for and for how long; nothing at all in the first 150 ms."""

    can_focus = False
    words: reactive[str] = reactive("")
    elapsed: reactive[float] = reactive(0.0)

    def __init__(self, words: str, *, way_out: str = "", clock: Clock = monotonic) -> None:
        super().__init__()
        self.set_reactive(Loading.words, words)
        self._way_out = way_out
        self._clock = clock
        self._began = clock()

    def on_mount(self) -> None:
        """Count the time."""
        self.set_interval(0.1, self._count)
        self.call_later(self._count)

    def _count(self) -> None:
        elapsed = self._clock() - self._began
        if elapsed < 10 or int(elapsed) != int(self.elapsed):
            self.elapsed = elapsed

    def render(self) -> Content:
        """The words and the time, once it is worth saying."""
        if self.elapsed < PATIENCE:
            return Content("")
        lines = [Content.assemble("◌ ", safe_text(self.words), "  ", (age_words(self.elapsed), "$muted"))]
        if self._way_out:
            lines.append(Content.styled(f"  {self._way_out}", "$muted"))
        return Content("\n").join(lines)


class Empty(Widget):
    """Nothing to show: what that means, and the key that helps."""

    can_focus = False

    def __init__(self, meaning: str, next_step: str = "") -> None:
        super().__init__()
        self.meaning = meaning
        self.next_step = next_step

    def render(self) -> Content:
        """One or two lines."""
        lines = [Content(safe_text(self.meaning, one_line=False))]
        if self.next_step:
            lines.append(Content.styled(safe_text(self.next_step), "$muted"))
        return Content("\n").join(lines)


class ErrorState(Widget, can_focus=True):
    """Something failed here: a sentence, what the server said, a hint, and the way to try again."""

    BINDINGS = [
        Binding("r", "retry", "Retry", id="failure.retry", tooltip="Try again what failed here"),
        Binding("enter", "details", "Details", id="failure.details", tooltip="All that the server said about it"),
    ]

    @dataclass
    class Retry(Message):
        """The user wants it tried again."""

        state: ErrorState

    @dataclass
    class Details(Message):
        """The user wants to read everything about the failure."""

        failure: Failure

    def __init__(self, failure: Failure, *, can_retry: bool = True, more: str = "") -> None:
        super().__init__()
        self.failure = failure
        self._can_retry = can_retry
        self._more = more

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Retry only where that makes sense."""
        return action != "retry" or self._can_retry

    def render(self) -> Content:
        """Sentence, code, hint, keys."""
        failure = self.failure
        lines = [Content.assemble(("✗ ", "bold $bad"), (safe_text(failure.sentence, one_line=False), "$bad"))]
        if failure.sqlstate:
            lines.append(Content.styled(f"  SQLSTATE {safe_text(failure.sqlstate)}", "$muted"))
        lines += [
            Content.styled(f"  {safe_text(text, one_line=False)}", style)
            for text, style in ((failure.detail, "$muted"), (failure.hint, ""))
            if text
        ]
        keys = [("r", "retry")] * self._can_retry + [("enter", "details")]
        row = Content("   ").join(
            [Content.assemble((key, "bold $accent"), f" {words}") for key, words in keys]
            + ([Content(self._more)] if self._more else [])
        )
        return Content("\n").join([*lines, Content(""), Content.assemble("  ", row)])

    def action_retry(self) -> None:
        """Ask whoever put this here to try again."""
        self.post_message(self.Retry(self))

    def action_details(self) -> None:
        """Ask for everything there is to read."""
        self.post_message(self.Details(self.failure))


class StaleNote(Widget):
    """One line above data that could not be brought up to date: how old it is, and how to try again."""

    can_focus = False

    def __init__(self, age: float, key: str = "r") -> None:
        super().__init__()
        self._age, self._key = age, key

    def render(self) -> Content:
        """The line."""
        return Content.assemble(
            ("▲ stale", "$warn"),
            f"  as it was {age_words(self._age)} ago  ",
            (self._key, "bold $accent"),
            " refresh",
        )


def mark_stale(region: Widget, age: float | None, key: str = "r") -> None:
    """Dim a region that holds old data and say its age, or (None) make it fresh again."""
    region.set_class(age is not None, "-stale")
    region.query(StaleNote).remove()
    if age is not None:
        region.mount(StaleNote(age, key), before=0)
