"""The panes of the console in the order of their keys: adding one is adding a folder and a line here."""

from chatly_console.shell.pane import PaneSpec

PANES: tuple[PaneSpec, ...] = (
    PaneSpec("schema", "Schema", "chatly_console.schema.ui.pane:SchemaPane"),
    PaneSpec("query", "Query", "chatly_console.query.ui.pane:QueryPane"),
    PaneSpec("policies", "Policies", "chatly_console.policies.ui.pane:PoliciesPane"),
    PaneSpec("vectors", "Vectors", "chatly_console.vectors.ui.pane:VectorsPane"),
    PaneSpec("migrations", "Migrations", "chatly_console.migrations.ui.pane:MigrationsPane"),
    PaneSpec("triage", "Triage", "chatly_console.triage.ui.pane:TriagePane"),
    PaneSpec("advisor", "Advisor", "chatly_console.advisor.ui.pane:AdvisorPane"),
)

RESULT_TABS: tuple[PaneSpec, ...] = (PaneSpec("explain", "plan", "chatly_console.explain.ui.pane:PlanPane"),)
"""Panes of other rooms that the Query pane shows below its editor, in the place of the rows."""
