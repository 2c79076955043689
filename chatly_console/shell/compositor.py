"""What is on the screen is compared with what belongs there, so that nothing hidden leaves a trace.

Textual draws the regions where widgets were, or will be, by comparing the layout before with the new one. It takes for
"before" a map that it also makes anew whenever somebody asks for the place of a widget that is out of sight, after a
scroll for one. What was hidden a moment earlier is then missing in both, and stays on the terminal.
"""

from __future__ import annotations

import textual.screen
from textual._compositor import Compositor, CompositorMap, ReflowResult
from textual.geometry import Region, Size
from textual.widget import Widget


class FaithfulCompositor(Compositor):
    """Remembers the layout that was drawn, and compares each new one with that."""

    def __init__(self) -> None:
        super().__init__()
        self._laid_out: CompositorMap = {}
        self._scrolled: CompositorMap = {}

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        """Lay everything out; what is, or was, elsewhere than now is drawn anew."""
        self._full_map = self._laid_out
        result = super().reflow(parent, size)
        if self._scrolled:
            moved = _in_sight(self._full_map) ^ _in_sight(self._scrolled)
            self._dirty_regions.update(seen for _, _, seen in moved)
        self._laid_out, self._scrolled = self._full_map, {}
        return result

    def reflow_visible(self, parent: Widget, size: Size) -> set[Widget]:
        """Lay out what is in sight, after a scroll."""
        exposed = super().reflow_visible(parent, size)
        self._scrolled = self._visible_map or {}
        return exposed

    def clear(self) -> None:
        """Forget everything, as the screen ends."""
        super().clear()
        self._laid_out, self._scrolled = {}, {}


def _in_sight(layout: CompositorMap) -> set[tuple[Widget, Region, Region]]:
    """Each widget of which something is in sight, with its region and the part of it that is."""
    places = ((widget, place.region, place.clip.intersection(place.region)) for widget, place in layout.items())
    return {place for place in places if place[2]}


def draw_faithfully() -> None:
    """Give this one to every screen that is made from now on; Textual has no place to hand it in."""
    setattr(textual.screen, "Compositor", FaithfulCompositor)  # noqa: B010 (the checker sees no such name there)
