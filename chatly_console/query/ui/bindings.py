"""The keys of the Query pane; the palette lists them too, so each command has one."""

from textual.binding import Binding, BindingType

from chatly_console.query.ui.hosted_tabs import HostingPane

QUERY_BINDINGS: list[BindingType] = [
    Binding("f5", "run", "run", id="query.run", tooltip="Run the selection, or the statement at the cursor"),
    *HostingPane.BINDINGS,
    Binding("alt+h", "apply_hint", "apply the hint", id="query.apply_hint",
            tooltip="Write what the hint of the error says: the column or the alias that was probably meant"),
    Binding("shift+f5,alt+a", "run_all", "run all", show=False, id="query.run_all",
            tooltip="Run all statements of this buffer, one after the other"),
    Binding("alt+c", "end(True)", "commit", id="query.commit", tooltip="Commit the open transaction"),
    Binding("alt+r", "end(False)", "roll back", id="query.rollback", tooltip="Roll the open transaction back"),
    Binding("alt+t", "begin", "begin", show=False, id="query.begin",
            tooltip="Begin a transaction: every statement joins it until it is committed or rolled back"),
    Binding("alt+s", "snippets", "saved queries…", show=False, id="query.snippets",
            tooltip="Open one of the saved queries, with its parameters asked for when it runs"),
    Binding("alt+m", "keep_snippet", "keep as saved query…", show=False, id="query.keep",
            tooltip="Keep the statement at the cursor as a saved query"),
    Binding("ctrl+r", "history", "history", id="query.history", tooltip="Find a statement that was run before"),
    Binding("alt+o", "open_file", "open a file…", show=False, id="query.open_file",
            tooltip="Read a file of SQL into a buffer of its own"),
    Binding("ctrl+s", "save_file", "save to a file…", show=False, id="query.save_file",
            tooltip="Write this buffer to its file"),
    Binding("alt+v", "edit_outside", "edit in $EDITOR", show=False, id="query.edit_outside",
            tooltip="Edit the text with your own editor ($VISUAL or $EDITOR)"),
    Binding("alt+l", "format", "format", show=False, id="query.format",
            tooltip="Lay the selection, or the statement at the cursor, out anew"),
    Binding("alt+z", "vi_keys", "vi keys on or off", show=False, id="query.vi",
            tooltip="Edit with vi keys, or with plain ones again; it is remembered"),
    Binding("ctrl+n", "new_buffer", "new buffer", show=False, id="query.new", tooltip="A new, empty buffer"),
    Binding("alt+right,ctrl+pagedown", "step_buffer(1)", "next buffer", show=False, id="query.next_buffer",
            tooltip="The next buffer"),
    Binding("alt+left,ctrl+pageup", "step_buffer(-1)", "previous buffer", show=False, id="query.previous_buffer",
            tooltip="The buffer before"),
    Binding("alt+n", "rename_buffer", "rename buffer…", show=False, id="query.rename",
            tooltip="Give the buffer another name"),
    Binding("alt+w", "close_buffer", "close buffer…", show=False, id="query.close",
            tooltip="Throw the buffer away"),
    Binding("alt+e", "export", "export the result…", show=False, id="query.export",
            tooltip="Write the rows of the result to a file"),
]  # fmt: skip
