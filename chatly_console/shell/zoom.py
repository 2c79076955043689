"""Zoom: the region with the focus gets the whole pane, while the frame stays."""

from __future__ import annotations

from textual.widget import Widget

from chatly_console.shell.pane import Pane

ZOOMED, HIDDEN = "-zoomed", "-zoomed-out"


def region_of(focused: Widget, pane: Pane) -> Widget | None:
    """The outermost part of the pane around the focus that has others beside it."""
    way = [node for node in focused.ancestors_with_self if isinstance(node, Widget) and pane in node.ancestors]
    for node in reversed(way):
        parent = node.parent
        assert isinstance(parent, Widget)
        if sum(1 for child in parent.children if child.display) > 1:
            return node
    return None


def toggle_zoom(focused: Widget | None, pane: Pane) -> bool:
    """Zoom in or out; returns whether there was anything to do."""
    if pane.has_class(ZOOMED):
        pane.remove_class(ZOOMED)
        for widget in pane.query(f".{HIDDEN}"):
            widget.remove_class(HIDDEN)
        return True
    region = region_of(focused, pane) if focused is not None and pane in focused.ancestors else None
    if region is None or not isinstance(region.parent, Widget):
        return False
    pane.add_class(ZOOMED)
    for sibling in region.parent.children:
        sibling.set_class(sibling is not region, HIDDEN)
    return True
