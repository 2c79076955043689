"""What EXPLAIN is asked for: switches, the number of runs, and how long each may take."""

from dataclasses import replace
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from chatly_console.explain.running import PlanOptions
from chatly_console.shell.dialogs import key_row, words

_SWITCHES = (
    ("analyze", "ANALYZE", "run it for real rows and times"),
    ("buffers", "BUFFERS", "blocks that were touched"),
    ("verbose", "VERBOSE", "output columns, schemas, each worker"),
    ("settings", "SETTINGS", "settings that are not the default"),
    ("wal", "WAL", "write-ahead log, with ANALYZE"),
    ("timing", "TIMING", "times of each node; the clock costs"),
    ("serialize", "SERIALIZE", "the cost of the output (17 on)"),
    ("memory", "MEMORY", "memory of the planner (17 on)"),
    ("generic", "GENERIC_PLAN", "the plan for unknown values of $1, $2"),
)
_RUNS = (1, 3, 5, 11)
_LIMITS: tuple[float | None, ...] = (60.0, 300.0, 1800.0, None)


class OptionsScreen(ModalScreen[PlanOptions | None]):
    """Ends with the options, to be asked with at once; or None."""

    BINDINGS = [
        Binding("space", "flip", "Switch", priority=True, id="plan-options.flip", tooltip="Switch this on or off"),
        Binding("enter", "done", "Ask", priority=True, id="plan-options.done", tooltip="Ask for the plan with these"),
        Binding("escape,q", "close", "Cancel", id="plan-options.close", tooltip="Leave everything as it is"),
    ]

    def __init__(self, options: PlanOptions) -> None:
        super().__init__()
        self.options = options

    def compose(self) -> ComposeResult:
        """Title, switches, keys."""
        with Vertical(classes="dialog"):
            yield words("EXPLAIN with", "title")
            yield OptionList(compact=True)
            yield key_row(("space", "switch"), ("enter", "ask for the plan"), ("esc", "cancel"))

    def on_mount(self) -> None:
        """Fill the list."""
        self._fill(0)
        self.query_one(OptionList).focus()

    def _fill(self, at: int) -> None:
        listed = self.query_one(OptionList)
        listed.clear_options()
        for name, title, meaning in _SWITCHES:
            sign = "■" if getattr(self.options, name) else "□"
            listed.add_option(Option(Content.assemble(f"{sign} {title:<14}", (meaning, "$muted"))))
        runs = "once" if self.options.runs == 1 else f"a warm-up, then the median of {self.options.runs}"
        listed.add_option(Option(Content.assemble(f"  {'runs':<14}", (runs, "$muted"))))
        limit = "none" if self.options.limit is None else f"{self.options.limit / 60:.0f} min for each run"
        listed.add_option(Option(Content.assemble(f"  {'time limit':<14}", (limit, "$muted"))))
        listed.highlighted = at

    def action_flip(self) -> None:
        """Switch, or take the next number of runs, or the next limit."""
        at = self.query_one(OptionList).highlighted or 0
        if at < len(_SWITCHES):
            name = _SWITCHES[at][0]
            self.options = _with(self.options, name, not getattr(self.options, name))
        elif at == len(_SWITCHES):
            following = [runs for runs in _RUNS if runs > self.options.runs]
            self.options = replace(self.options, runs=following[0] if following else _RUNS[0])
        else:
            place = _LIMITS.index(self.options.limit) if self.options.limit in _LIMITS else -1
            self.options = replace(self.options, limit=_LIMITS[(place + 1) % len(_LIMITS)])
        self._fill(at)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_flip()

    def action_done(self) -> None:
        """Ask with these."""
        self.dismiss(self.options)

    def action_close(self) -> None:
        """Nothing is asked."""
        self.dismiss(None)


def _with(options: PlanOptions, name: str, on: bool) -> PlanOptions:
    """The options with one of them switched: a generic plan has no values to run with."""
    if on and name in ("analyze", "generic"):
        options = replace(options, analyze=False, generic=False)
    switched: dict[str, Any] = {name: on}
    return replace(options, **switched)
