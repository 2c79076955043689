"""The keys that mean the same everywhere; `[keymap]` in the user's config gives them others by their ids."""

from dataclasses import replace

from textual.binding import Binding, BindingType

EVERYWHERE = "console"
"""The area, in their ids, of the bindings that work in every pane."""
MOST_PANES = 9


def _pane_keys(number: int) -> list[Binding]:
    plain = Binding(
        str(number),
        f"show_pane({number - 1})",
        f"Pane {number}",
        show=False,
        id=f"console.pane_{number}",
        tooltip="Show the pane with this number (not while typing in a field)",
    )
    return [
        plain,
        replace(plain, key=f"alt+{number}", id=f"console.pane_{number}_typing", tooltip="The same, also while typing"),
    ]


GLOBAL_BINDINGS: list[BindingType] = [
    Binding("ctrl+o", "command('jump')", "Jump", priority=True, id="console.jump",
            tooltip="Put a letter on every region; the letter goes there, a digit goes to a pane"),
    Binding("ctrl+p", "command('palette')", "Commands", priority=True, id="console.commands",
            tooltip="Find anything that can be done now, by typing a part of its name"),
    Binding("ctrl+t", "command('find_object')", "Find object", show=False, priority=True, id="console.find",
            tooltip="Find a table, column, function or any other object by a part of its name"),
    Binding("question_mark,f1", "command('keys')", "Keys", id="console.help",
            tooltip="All keys that work here, in words"),
    Binding("f2", "command('connections')", "Connect", show=False, priority=True, id="console.connections",
            tooltip="Open another database or profile; what you typed stays"),
    Binding("f3", "command('impersonate')", "Run as", show=False, priority=True, id="console.impersonate",
            tooltip="Run everything as anon, as a user, or with hand-made claims"),
    Binding("f4", "stop", "Stop impersonating", show=False, priority=True, id="console.stop",
            tooltip="Be the login again; or lock writes again"),
    Binding("ctrl+g", "cancel_work", "Cancel", show=False, priority=True, id="console.cancel",
            tooltip="Stop what runs in this pane, on the server too"),
    Binding("ctrl+c", "copy_or_cancel", "Copy", show=False, priority=True, id="console.copy",
            tooltip="Copy what is marked; while something runs, cancel it"),
    Binding("ctrl+l", "command('messages')", "Messages", show=False, priority=True, id="console.messages",
            tooltip="What happened so far; details of the last failure first"),
    Binding("z", "zoom", "Zoom", show=False, id="console.zoom",
            tooltip="Give this region the whole pane, and back"),
    Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="console.quit",
            tooltip="Leave; asks first if something still runs"),
    *(key for number in range(1, MOST_PANES + 1) for key in _pane_keys(number)),
]  # fmt: skip

IN_DIALOGS = {"copy_or_cancel", "quit", "focus_next", "focus_previous"}
"""The actions that also work while a dialog is open."""
