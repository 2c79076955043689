"""What stands in the place of a plan: that there is none yet, that one is being made, or why there is none."""

from textual.containers import Vertical
from textual.widget import Widget


class StateRegion(Vertical, can_focus=True):
    """Takes the focus itself where what it holds does not, so that the keys of the plan work without one."""

    def hold(self, widget: Widget) -> None:
        """Show this; if the focus is here, it goes to what can answer."""
        self.mount(widget)
        had_focus = self.has_focus_within
        self.can_focus = not widget.can_focus
        if had_focus:
            (widget if widget.can_focus else self).focus()
