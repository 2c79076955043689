"""The keys of the Migrations pane."""

from textual.binding import Binding, BindingType

MIGRATION_BINDINGS: list[BindingType] = [
    Binding("a", "start('up')", "apply…", id="migrations.apply", tooltip="Apply what is pending; asks first"),
    Binding("u", "start('down')", "roll back…", id="migrations.roll-back", tooltip="Run the way back; asks first"),
    Binding("v", "prove", "prove", id="migrations.prove",
            tooltip="Run every file there, back and there again on a shadow database"),
    Binding("V", "prove_dump", "prove on a dump…", show=False, id="migrations.prove_dump",
            tooltip="Restore a dump into a shadow database and prove on it what is pending"),
    Binding("D", "drift", "drift", id="migrations.drift",
            tooltip="Compare the database with what its applied files make"),
    Binding("A", "adopt", "adopt…", show=False, id="migrations.adopt", tooltip="Write the drift as a migration"),
    Binding("l", "view('lint')", "lint", show=False, id="migrations.lint", tooltip="What the linter finds"),
    Binding("n", "new", "new…", id="migrations.new", tooltip="Write a new pair of files"),
    Binding("s", "view('statements')", "statements", show=False, id="migrations.statements",
            tooltip="The file and what each of its statements locks and blocks"),
    Binding("f", "view('file')", "file", show=False, id="migrations.file", tooltip="The file over the whole width"),
    Binding("w", "view('back')", "way back", show=False, id="migrations.way-back", tooltip="The down file"),
    Binding("d", "view('diff')", "diff", show=False, id="migrations.diff",
            tooltip="How the file differs from what was applied"),
    Binding("L", "view('log')", "log", show=False, id="migrations.log", tooltip="Who did what and when, to this one"),
    Binding("m", "mark", "mark…", show=False, id="migrations.mark",
            tooltip="Change what the history says, without running anything"),
    Binding("o", "open_file", "open", id="migrations.open", tooltip="Open the file's text in the Query pane"),
    Binding("r", "refresh", "refresh", id="migrations.refresh", tooltip="Read the files and the history again"),
    Binding("escape", "leave_run", "back", id="migrations.back", tooltip="From the run to the timeline"),
]  # fmt: skip

OWN_ACTIONS = frozenset(
    {"start", "prove", "prove_dump", "drift", "adopt", "new", "view", "mark", "open_file", "refresh"}
)
"""What has no key while a run is on show."""
