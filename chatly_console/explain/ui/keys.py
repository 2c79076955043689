"""The keys of the plan, wherever in it the focus is."""

from textual.binding import Binding, BindingType

VIEWS = (("p", "tree"), ("f", "flame"), ("n", "nodes"), ("u", "raw"), ("d", "diff"))
"""The views and their keys, in their order on the line."""

PLAN_BINDINGS: list[BindingType] = [
    Binding("p", "view('tree')", "tree", show=False, id="explain.tree", tooltip="The plan as a tree with bars"),
    Binding("f", "view('flame')", "flame", show=False, id="explain.flame", tooltip="The plan as a flame graph"),
    Binding("n", "view('nodes')", "nodes", show=False, id="explain.nodes", tooltip="The nodes as a table"),
    Binding("b", "grouping", "sums", show=False, id="explain.sums",
            tooltip="In the table: each node, or sums by type, by table, by index"),
    Binding("u", "view('raw')", "raw", show=False, id="explain.raw", tooltip="The plan as the server sent it"),
    Binding("d", "flow('compare')", "diff", id="explain.diff", tooltip="Compare with another plan that was kept"),
    Binding("a", "to_advice", "advice", id="explain.advice", tooltip="To the advice, and back"),
    Binding("r", "again", "again", id="explain.again", tooltip="Ask for this plan again"),
    Binding("x", "flow('analyse')", "analyse", show=False, id="explain.analyse",
            tooltip="Run the statement for real times"),
    Binding("o", "flow('options')", "options…", id="explain.options",
            tooltip="What EXPLAIN is asked for, and how many runs"),
    Binding("t", "flow('try')", "try", id="explain.try",
            tooltip="Try what the advice proposes in a transaction that is rolled back, before and after measured"),
    Binding("m", "flow('migration')", "migration", id="explain.migration",
            tooltip="Write the change that the advice proposes as a migration"),
    Binding("i", "flow('index')", "index", show=False, id="explain.index",
            tooltip="Let the Advisor look for an index for this statement"),
    Binding("S", "flow('table')", "table", show=False, id="explain.table",
            tooltip="Show the table of this node in the Schema pane"),
    Binding("R", "flow('report')", "report", id="explain.report", tooltip="Write the whole report as Markdown"),
    Binding("E", "flow('export')", "export…", show=False, id="explain.export",
            tooltip="Write the plan as text, JSON, Markdown or SVG, with or without names"),
    Binding("H", "flow('history')", "history", show=False, id="explain.history", tooltip="Open a plan that was kept"),
    Binding("P", "flow('paste')", "paste…", show=False, id="explain.paste", tooltip="Read a plan from elsewhere"),
    Binding("O", "flow('open')", "open…", show=False, id="explain.open", tooltip="Read a plan, or a log, from a file"),
    Binding("y", "flow('copy')", "copy", show=False, id="explain.copy", tooltip="Copy the plan as text"),
]  # fmt: skip
