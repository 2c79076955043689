"""The keys of the connection screen, and the words for them at its foot."""

from textual.binding import Binding, BindingType

LIST_KEYS = (
    ("enter", "connect"), ("a", "add"), ("e", "edit"), ("x", "remove"), ("t", "test"), ("p", "password"),
    ("/", "find"), ("esc", "close"),
)  # fmt: skip
INPUT_KEYS = (("enter", "connect"), ("^s", "save as a profile"), ("^t", "test"), ("esc", "clear"))

CONNECT_BINDINGS: list[BindingType] = [
    Binding("escape", "close", "Close", id="connect.close", tooltip="Stay where you are"),
    Binding("slash", "find", "Find or paste", id="connect.find", tooltip="Find, or paste a connection string"),
    Binding("a", "add", "Add", id="connect.add", tooltip="Add a profile"),
    Binding("e", "edit", "Edit", id="connect.edit", tooltip="Edit the profile"),
    Binding("x,delete", "remove", "Remove", id="connect.remove", tooltip="Remove the profile and its password"),
    Binding("t,ctrl+t", "test", "Test", id="connect.test", tooltip="Connect once, and say what answers"),
    Binding("p", "password", "Password", id="connect.password", tooltip="Put the password into the keyring"),
    Binding("r", "refresh", "Refresh", id="connect.refresh", tooltip="Read the profiles again"),
    Binding("ctrl+s", "save", "Save", id="connect.save", tooltip="Save what was pasted as a profile"),
    Binding("down", "to_list", "List", show=False, id="connect.list", tooltip="Go to the list"),
]
