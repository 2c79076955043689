"""One key writes what the hint of the error on show says."""

from chatly_console.query.hint import Correction, corrections
from chatly_console.query.place import Place
from chatly_console.query.run import RunState
from chatly_console.query.ui.editing import EditorArea
from chatly_console.query.ui.error_place import error_in_editor
from chatly_console.query.ui.pane_face import PaneFace
from chatly_console.shell.choose import Choice, Choose


def remedies(editing: EditorArea, place: Place | None, state: RunState | None) -> list[Correction]:
    """What could be written in the editor for this error; nothing where its statement has changed since."""
    failure = state.failure if state is not None else None
    if failure is None or not failure.hint:
        return []
    found = error_in_editor(editing, place, failure)
    return [] if found is None else corrections(editing.editor.text, found[0], failure.hint)


async def apply_hint(pane: PaneFace) -> None:
    """Write what the hint says; where it names two columns, the user chooses."""
    run, editing = pane.result.run, pane.editing
    text = editing.editor.text
    found = remedies(editing, pane.result.place, run.state if run is not None else None)
    if not found:
        pane.say("There is no hint here that says what to write in the statement.", failed=True)
        return
    choices = [Choice(one.text, one) for one in found]
    chosen = found[0] if len(found) == 1 else await pane.app.push_screen_wait(Choose("Write", choices))
    if chosen is None or editing.editor.text != text:
        return
    editing.editor.replace_offsets(chosen.start, chosen.end, chosen.text)
    editing.editor.show_offset(chosen.start + len(chosen.text))
    editing.editor.focus()
    pane.say(f"{chosen.text} is written; F5 runs the statement.")
