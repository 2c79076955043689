"""The key that tries what the advice proposes: as a hypothetical index, or for real in a transaction that is undone."""

from __future__ import annotations

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.explain.advice import Finding
from chatly_console.explain.diff import Comparison
from chatly_console.explain.hypothetical import can_be_pretended, hypopg_schema, suppose
from chatly_console.explain.service import PlanRun
from chatly_console.explain.trying import Trial, may_try, trial_of, try_change
from chatly_console.explain.ui.advice_list import AdviceList
from chatly_console.explain.ui.showing_pane import ShowingPane
from chatly_console.explain.ui.views import PlanViews
from chatly_console.server.database import Database
from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.dialogs import TypedConfirm

_PRETEND = "hypothetical (hypopg): the planner's cost"
_BUILD = "measured: built, run in turn, rolled back"


async def try_out(pane: ShowingPane) -> str:
    """Try the change that the advice at the cursor proposes, in the best way that is open to it here."""
    finding, run, database = _what(pane)
    trial = trial_of(finding)
    schema = await hypopg_schema(database) if can_be_pretended(trial) else ""
    try:
        warning = await _may_build(pane, database, run, trial)
    except Failure as refused:
        if not schema:
            raise
        sentence = await _pretend(pane, database, run, trial, schema)
        return f"{sentence} Not built: {refused.sentence}"
    if schema:
        ways = [Choice(_PRETEND, True, "nobody waits"), Choice(_BUILD, False, "writers wait")]
        pretend = await pane.app.push_screen_wait(Choose(f"Try {trial.index} as", ways))
        if pretend is None:
            return "Not tried."
        if pretend:
            return await _pretend(pane, database, run, trial, schema)
    return await _build(pane, database, run, trial, warning)


def _what(pane: ShowingPane) -> tuple[Finding, PlanRun, Database]:
    """The advice, and the plan and database that it is about; raises `Failure` where they do not fit each other."""
    finding, run, database = pane.query_one(AdviceList).finding, pane.run, pane.session.database
    if finding is None:
        raise Failure("There is no advice to try.", FailureKind.USAGE)
    if run is None or database is None:
        raise Failure("Only advice on a plan that was asked for here can be tried.", FailureKind.USAGE,
                      hint="r asks for it on this database.")  # fmt: skip
    if run.database != database.facts.database or run.as_whom:
        raise Failure("This plan is of another database or of another user.", FailureKind.USAGE,
                      hint="r asks for it here.")  # fmt: skip
    if run.in_transaction:
        raise Failure("This plan is of the open transaction, whose changes a trial does not see.", FailureKind.USAGE,
                      hint="Commit it or roll it back; then r asks for the plan again.")  # fmt: skip
    if pane.session.is_impersonating:
        raise Failure("A change is tried by the login itself, not as another user.", FailureKind.REFUSED,
                      hint="F4 ends the impersonation.")  # fmt: skip
    return finding, run, database


async def _may_build(pane: ShowingPane, database: Database, run: PlanRun, trial: Trial) -> str:
    if pane.session.is_read_only:
        raise Failure(f"{database.facts.database} is read-only: nothing is built or changed.", FailureKind.REFUSED)
    if not run.options.analyze:
        raise Failure("A plan that was not run has nothing to be measured against.", FailureKind.USAGE,
                      hint="x runs the statement for its times.")  # fmt: skip
    return await may_try(database, trial)


async def _pretend(pane: ShowingPane, database: Database, run: PlanRun, trial: Trial, schema: str) -> str:
    found = await pane.underway.during("a hypothetical index", suppose(database, run, trial, schema))
    _show(pane, found.comparison, "before → with the hypothetical index: costs, nothing was built or run")
    return found.sentence


async def _build(pane: ShowingPane, database: Database, run: PlanRun, trial: Trial, warning: str) -> str:
    if trial.blocks_writers:
        question = TypedConfirm(f"Build {trial.index} for a trial?", trial.table, warning)
        if not await pane.app.push_screen_wait(question):
            return "Not tried."
    outcome = await pane.underway.during("a trial", try_change(database, run, trial, pane.progress))
    _show(pane, outcome.comparison, f"before → after the change, rolled back ▪ {outcome.rounds.how}")
    return outcome.sentence


def _show(pane: ShowingPane, comparison: Comparison, words: str) -> None:
    pane.tried = comparison
    pane.query_one(PlanViews).compare(comparison, words)
    pane.switch("diff")
