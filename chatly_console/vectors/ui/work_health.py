"""What the Health view does: look at the column, its indexes, the functions that search it, and the extension."""

from __future__ import annotations

from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.health_service import examine
from chatly_console.vectors.listing import finding_rows
from chatly_console.vectors.ui.views import View
from chatly_console.vectors.ui.workbench import Workbench


async def examine_column(pane: Workbench, column: VectorColumn) -> None:
    """The Health view: the column, its indexes, the extension."""
    view = pane.query_one("#health", View)
    view.show_loading(f"examining {column.title}")
    assert pane.catalogue is not None
    pane.findings = await examine(pane.database, pane.catalogue, column)
    view.show_rows(finding_rows(pane.findings))
    pane.leave_question()
    bad = sum(finding.level in ("ERROR", "WARN") for finding in pane.findings)
    fixes = any(finding.fix for finding in pane.findings)
    # How a column and its indexes are is the same for everybody, so no identity is taken for it.
    who = "" if pane.identity.is_login else f"  not impersonated: examined as {pane.database.facts.user}"
    view.say(f"{f'{bad} to mend' if bad else 'Nothing to mend.'}{who}", bad=bool(bad))
    view.conclude("enter the whole row · o the fix in the Query pane · M the fix as a migration" if fixes else "")
