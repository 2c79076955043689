"""The keys of the plan, wherever in it the focus is."""

from textual.binding import Binding, BindingType

PLAN_BINDINGS: list[BindingType] = [
    Binding("p", "view('tree')", "tree", show=False, id="explain.tree", tooltip="The plan as a tree with bars"),
    Binding("a", "to_advice", "advice", show=False, id="explain.advice", tooltip="To the advice, and back"),
    Binding("r", "again", "again", id="explain.again", tooltip="Ask for this plan again"),
    Binding("escape", "leave", "editor", show=False, id="explain.leave", tooltip="Back to the editor"),
]  # fmt: skip
