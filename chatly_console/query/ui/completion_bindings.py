"""The keys of completion: those of the list count only while it is open, so they are taken from nobody."""

from textual.binding import Binding, BindingType


def _in_list(keys: str, action: str, description: str, name: str, tooltip: str, *, show: bool = False) -> Binding:
    return Binding(keys, action, description, show=show, priority=True, id=f"completion.{name}", tooltip=tooltip)


COMPLETION_BINDINGS: list[BindingType] = [
    _in_list("down", "choose(1)", "choose", "next", "Choose the next proposal", show=True),
    _in_list("up", "choose(-1)", "Choose above", "previous", "Choose the proposal above"),
    _in_list("pagedown", "choose(8)", "Eight down", "page_down", "Choose the eighth proposal from here"),
    _in_list("pageup", "choose(-8)", "Eight up", "page_up", "Choose the eighth proposal before"),
    _in_list("enter,tab", "take", "take", "take", "Write the chosen proposal", show=True),
    _in_list("escape", "close_list", "close", "close", "Close the list of proposals", show=True),
    Binding("ctrl+at,ctrl+@", "propose", "Complete", show=False, priority=True, id="editor.complete",
            tooltip="Show what can be written here, with the first proposal chosen"),
    Binding("alt+k", "hover", "What is this?", show=False, id="editor.hover",
            tooltip="Show the definition of what is under the cursor (K with vi keys)"),
    Binding("alt+d", "go_to_definition", "Go to definition", show=False, id="editor.definition",
            tooltip="Show what is under the cursor in the Schema pane, or where the text makes it (gd with vi keys)"),
]  # fmt: skip
IN_LIST = frozenset({"choose", "take", "close_list"})
