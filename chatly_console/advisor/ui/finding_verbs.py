"""What is done with the finding or candidate at the cursor: read its fix, write it as a migration, live with it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from chatly_console.advisor.fix import is_sql, is_upkeep, migration_name, undo_of
from chatly_console.advisor.indexes.applied import findings_of, look_again
from chatly_console.advisor.indexes.partitions import script_text
from chatly_console.advisor.listing import Group, Order
from chatly_console.advisor.service import Advice, advise, with_noted
from chatly_console.advisor.silence import Silence, add_silence, parted, read_silences
from chatly_console.advisor.views import FindingsView, GroupsView, IndexView, View
from chatly_console.core.failure import Failure
from chatly_console.shell.dialogs import AskText
from chatly_console.shell.messages import (
    OpenRelation,
    OpenStatement,
    Report,
    Say,
    ShowPolicies,
    WriteMigration,
)

if TYPE_CHECKING:
    from chatly_console.advisor.ui.pane import AdvisorPane


_NO_SQL = "This fix is no single statement: it needs a decision of yours."


async def look(pane: AdvisorPane) -> None:
    """Run all checks, and show what they found."""
    database = pane.database()
    pane.waiting("Running all checks")
    advice = with_noted(await advise(database), findings_of(await look_again(database, pane.notes)))
    pane.advice = advice
    for skipped in advice.skipped:
        pane.post_message(Say(f"Not looked at: {skipped.check.name}: {skipped.reason}", "warning"))
    _say_what_must_not_wait(pane, advice)
    await show_findings(pane)


def _say_what_must_not_wait(pane: AdvisorPane, advice: Advice) -> None:
    """What costs something as long as nobody reads it."""
    left = [one.object for one in advice.findings if one.check.name in ("invalid_index", "applied_index_cut_off")]
    unused = [one.object for one in advice.findings if one.check.name == "applied_index_unused"]
    if left:
        pane.post_message(
            Say(f"Left half-built: {', '.join(dict.fromkeys(left))}. o shows what removes it.", "warning")
        )
    if unused:
        words = f"Built here and not read since: {', '.join(unused)}. w shows them, o what removes one."
        pane.post_message(Say(words, "warning"))


async def show_findings(pane: AdvisorPane) -> None:
    """Show what was found in its order, without what is silenced; look, where nothing was looked at yet."""
    if pane.advice is None:
        await look(pane)
        return
    silences = await asyncio.to_thread(_silences, pane)
    user = pane.database().facts.user
    speaking, silenced = await asyncio.to_thread(parted, pane.advice.findings, silences)
    who = f"not impersonated: as {user}" if pane.session.is_impersonating else f"as {user}"
    rest = (len(silenced), pane.advice.skipped, who)
    view: View
    if pane.group is not None or pane.relation[1] or pane.order is Order.LEVEL:
        chosen = speaking if pane.group is None else [f for f in speaking if f in pane.group.findings]
        name = pane.group.name if pane.group is not None else ""
        view = await asyncio.to_thread(FindingsView.of, chosen, pane.relation, name, *rest)
    else:
        view = await asyncio.to_thread(GroupsView.of, speaking, pane.order, *rest)
    pane.show(view)


def _silences(pane: AdvisorPane) -> tuple[Silence, ...]:
    try:
        return read_silences(pane.folder)
    except Failure as failure:
        pane.post_message(Report(failure))
        return ()


def open_fix(pane: AdvisorPane) -> None:
    """Put the fix into the Query pane; nothing is run."""
    if pane.tried is not None:
        pane.post_message(OpenStatement(f"{script_text(pane.tried.candidate)}\n"))
        return
    if isinstance(pane.view, IndexView) and pane.view.advice.first:
        pane.post_message(
            OpenStatement("\n".join(finding.sql or f"-- {finding.fix}" for finding in pane.view.advice.first))
        )
        return
    finding = pane.finding
    if pane.group_here is not None:
        fixes = [f"-- {one.check.name}: {one.object}\n{one.fix}" for one in pane.group_here.fixes]
        pane.post_message(OpenStatement("\n".join(fixes) + "\n") if fixes else Say(_NO_SQL))
    elif finding is not None and is_sql(finding):
        pane.post_message(OpenStatement(f"-- {finding.check.name}: {finding.object}\n{finding.fix}\n"))
    elif finding is not None:
        pane.post_message(Say(_NO_SQL))


def write_migration(pane: AdvisorPane) -> None:
    """Write the fix, and what takes it back, as a pair of files."""
    if pane.tried is not None:
        candidate = pane.tried.candidate
        pane.post_message(WriteMigration(f"index {candidate.name}", script_text(candidate), f"{candidate.undo};"))
        return
    if pane.group_here is not None:
        _write_all(pane, pane.group_here)
        return
    finding = pane.finding
    if finding is None:
        return
    if not is_sql(finding) or is_upkeep(finding):
        pane.post_message(Say("This fix is nothing for a migration."))
        return
    pane.post_message(WriteMigration(migration_name(finding), finding.fix, undo_of(finding)))


def _write_all(pane: AdvisorPane, group: Group) -> None:
    """All fixes of a group in one pair of files, taken back in the opposite order."""
    fixes = group.fixes
    if not fixes:
        pane.post_message(Say("No fix in this group is one for a migration."))
        return
    back = [undo_of(finding) for finding in reversed(fixes)]
    down = "\n".join(back) if all(back) else ""
    pane.post_message(WriteMigration(f"advisor {group.name}", "\n".join(one.fix for one in fixes), down))


def silence(pane: AdvisorPane) -> None:
    """Ask for the reason, and keep it; of a kind, for all objects."""
    group, finding = pane.group_here, pane.finding
    if group is not None and not group.is_kind:
        pane.post_message(Say("Enter shows the findings of this object: they are silenced one by one."))
        return
    if group is not None:
        check, object_, words = group.name, "*", "all objects"
    elif finding is not None:
        check, object_, words = finding.check.name, finding.object, finding.object
    else:
        return

    async def ask() -> None:
        reason = await pane.app.push_screen_wait(
            AskText(
                f"Why is {check} on {words} meant to be so?",
                f"The reason is kept in {pane.folder}/advisor.toml, so that others and CI know it.",
                check=lambda text: "" if text.strip() else "A reason is needed.",
            )
        )
        if reason is None:
            return
        decision = Silence(check, object_, reason.strip())
        try:
            path = await asyncio.to_thread(add_silence, pane.folder, decision)
        except Failure as failure:
            pane.post_message(Report(failure))
            return
        await show_findings(pane)
        pane.post_message(Say(f"Silenced, in {path}", "done"))

    pane.run_worker(ask(), group="asking", exclusive=True, exit_on_error=False)


def jump(pane: AdvisorPane) -> None:
    """Show what the row is about: the findings of its group, its relation, its policies, or its SQL."""
    if pane.group_here is not None:
        pane.group = pane.group_here
        pane.start(show_findings)
        return
    finding = pane.finding
    if finding is None or not finding.relation:
        open_fix(pane)
    elif "polic" in finding.check.name or "rls" in finding.check.name:
        pane.post_message(ShowPolicies(finding.schema, finding.relation))
    else:
        pane.post_message(OpenRelation(finding.schema, finding.relation))
