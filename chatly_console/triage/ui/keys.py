"""The keys of the Triage pane."""

from textual.binding import Binding, BindingType

TRIAGE_BINDINGS: list[BindingType] = [
    Binding("p", "pause", "pause", id="triage.pause", tooltip="Stop asking, and go on"),
    Binding("a", "view('activity')", "activity", show=False, id="triage.activity", tooltip="All sessions"),
    Binding("b", "view('blocking')", "blocking", show=False, id="triage.blocking", tooltip="Who waits for whom"),
    Binding("s", "view('statements')", "statements", show=False, id="triage.statements",
            tooltip="What pg_stat_statements counted"),
    Binding("h", "view('health')", "health", show=False, id="triage.health",
            tooltip="Tables, indexes, sequences, running maintenance"),
    Binding("slash", "filter", "filter", id="triage.filter",
            tooltip="Words anywhere, or user: db: app: state: wait: pid: longer:5s"),
    Binding("x", "signal('cancel')", "cancel", id="triage.cancel", tooltip="Cancel this session's statement"),
    Binding("X", "signal('terminate')", "terminate", id="triage.terminate", tooltip="End this session"),
    Binding("y", "copy_sql", "copy", show=False, id="triage.copy", tooltip="Copy the statement of this line"),
    Binding("o", "order", "order", show=False, id="triage.order",
            tooltip="Statements by total, mean, calls, I/O, temporary blocks, WAL"),
    Binding("d", "since", "since", show=False, id="triage.since",
            tooltip="Statements since the pane was opened, or since the server's reset"),
    Binding("w", "own", "own", show=False, id="triage.own", tooltip="Show the console's own connections, or not"),
    Binding("R", "record", "record", show=False, id="triage.record",
            tooltip="Keep each look in a file, or end that: an incident to go through later"),
    Binding("n", "note", "note", show=False, id="triage.note", tooltip="Add a note to the record"),
    Binding("T", "replay", "replay", show=False, id="triage.replay", tooltip="Go through a record, or leave it"),
    Binding("left", "step(-1)", "earlier", id="triage.earlier", tooltip="The look before, in a replay"),
    Binding("right", "step(1)", "later", id="triage.later", tooltip="The next look, in a replay"),
    Binding("E", "timeline", "time line", show=False, id="triage.timeline",
            tooltip="Write the time line of the record as Markdown"),
    Binding("plus", "rate(-1)", "faster", show=False, id="triage.faster", tooltip="Ask more often"),
    Binding("minus", "rate(1)", "slower", show=False, id="triage.slower", tooltip="Ask less often"),
    Binding("r", "refresh_now", "refresh", show=False, id="triage.refresh", tooltip="Ask now"),
]  # fmt: skip
