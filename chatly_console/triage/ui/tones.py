"""The styles of a widget's tones: worked out once, and again only after its style sheet has changed."""

from rich.style import Style
from textual.widget import Widget


class Tones:
    """Gives the style of each component of a widget, on the widget or on another component of it.

    The widget calls `forget` when it is told that its styles were updated: another theme, the focus, what is stale.
    """

    def __init__(self, widget: Widget, prefix: str) -> None:
        self._widget = widget
        self._prefix = prefix
        self._known: dict[tuple[str, str], Style] = {}

    def forget(self) -> None:
        """Work them out anew when they are next asked for."""
        self._known.clear()

    def of(self, name: str, under: str = "") -> Style:
        """The style of the component `name` ("" is the widget's own) on that of `under`."""
        found = self._known.get((name, under))
        if found is None:
            base = self.of(under) if under else self._widget.rich_style
            styles = self._widget.get_component_styles(f"{self._prefix}--{name}") if name else None
            found = base + styles.partial_rich_style if styles is not None else base
            self._known[name, under] = found
        return found
