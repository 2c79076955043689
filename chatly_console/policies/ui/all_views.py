"""The widgets of the views, one each, in the order of their keys."""

from collections.abc import Iterator

from textual.widget import Widget

from chatly_console.policies.ui.cost_view import CostView
from chatly_console.policies.ui.isolation_view import IsolationView
from chatly_console.policies.ui.matrix_view import MatrixView
from chatly_console.policies.ui.policies_view import PoliciesView
from chatly_console.policies.ui.side_view import SideView
from chatly_console.policies.ui.try_view import TryView
from chatly_console.policies.ui.view_names import View
from chatly_console.policies.ui.whatif_view import WhatIfView
from chatly_console.policies.ui.why_view import WhyView

_WIDGETS: dict[View, type[Widget]] = {
    "policies": PoliciesView,
    "why": WhyView,
    "side": SideView,
    "matrix": MatrixView,
    "isolation": IsolationView,
    "try": TryView,
    "whatif": WhatIfView,
    "cost": CostView,
}


def view_widgets() -> Iterator[Widget]:
    """A fresh widget for each view; its id is `view-NAME`."""
    for name, widget in _WIDGETS.items():
        yield widget(id=f"view-{name}")
