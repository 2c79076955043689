"""Runs a script of a file or a buffer: asked for once, in one session, with how far it has come on show."""

import asyncio
from dataclasses import replace
from functools import partial

from chatly_console.core.classify import Classification
from chatly_console.core.failure import Failure
from chatly_console.core.request import Mode, Request
from chatly_console.query.run import Phase
from chatly_console.query.script import Script, Step
from chatly_console.query.script_plan import Plan, plan_of
from chatly_console.query.script_run import ScriptRun
from chatly_console.query.script_session import ScriptSession
from chatly_console.query.service import StatementRun
from chatly_console.query.titles import title_of
from chatly_console.query.transaction_words import rows_words, statements_words
from chatly_console.query.ui.pane_face import PaneFace
from chatly_console.query.ui.result_tabs import KEPT
from chatly_console.query.ui.runner import REFUSED_WRITE, Runner
from chatly_console.query.variables import Variables
from chatly_console.shell.dialogs import Confirm

_KEPT_TEXT = 20_000
"""Characters of the statements of a script that the history keeps as one."""
Group = list[tuple[int, Step]]


class ScriptRuns:
    """Belongs to the pane; its coroutines run in the pane's workers and raise Failure."""

    def __init__(self, pane: PaneFace, runner: Runner) -> None:
        self._pane = pane
        self._runner = runner

    async def run(self, script: Script, record: str = "") -> bool:
        """Run it until something of it does not succeed; `record` is what the history keeps of it, if not its text."""
        runner, pane = self._runner, self._pane
        if not script.statements:
            pane.say(f"There is no statement in {script.name or 'this text'}.", failed=True)
            return False
        plan = await asyncio.to_thread(plan_of, script, runner.circumstances(), self._variables())
        places = [step.place for step in script.steps]
        if plan.needs_session:
            return await runner.in_turn(places, partial(self._run, plan, record))
        done = await runner.run_all(places)
        if done:
            self._say_run(script, "")
        return done

    def _variables(self) -> Variables:
        facts = self._pane.database().facts
        return Variables({
            "DBNAME": facts.database, "USER": facts.user, "SERVER_VERSION_NUM": str(facts.version_number),
            "ENCODING": "UTF8",
        })  # fmt: skip

    async def _run(self, plan: Plan, record: str) -> bool:
        runner, pane = self._runner, self._pane
        runner.held.check()
        kept = not pane.session.is_impersonating or pane.session.keeps_changes
        detail = "It joins the transaction that is open." if runner.held.current else plan.detail(kept=kept)
        question = Confirm(plan.question, detail, verb="run them", grave=plan.is_grave)
        if plan.question and not await runner.questions.ask(question):
            pane.say("Not sent.")
            return False
        return await self._run_agreed(plan, record, kept=kept)

    async def _run_agreed(self, plan: Plan, record: str, *, kept: bool) -> bool:
        runner, pane = self._runner, self._pane
        joins = runner.held.current is not None
        transaction = runner.held.current or await runner.held.begin(of_script=True, reads=plan.mode is Mode.READ_ONLY)
        pane.wake()
        pane.show_mode()
        session = ScriptSession(plan, transaction, self._variables())
        done = await self._carry(session, record)
        if runner.held.current is not transaction:
            return False  # it was lost, or ended by the user, and that was said
        if done and not joins:
            done = await self._end(session)
        elif joins and not done:
            self._say_failed(session, f"{session.left_words().partition(';')[0]}; the transaction stays open")
        elif not done:
            refused = any(run.state.sqlstate == REFUSED_WRITE for run in self._runs_of(session))
            await self._give_up(session)
            if refused and plan.mode is Mode.READ_ONLY:
                found = Classification("SELECT", writes=True)
                if await runner.questions.may_write(found, runner.circumstances()) is not None:
                    return await self._run_agreed(replace(plan, mode=Mode.COMMITTED), record, kept=kept)
        if done:
            fate = "committed" if kept else "rolled back"
            if runner.held.current is not None:
                fate = "in the open transaction"
            self._say_run(plan.script, fate if plan.mode is Mode.COMMITTED else "", session)
        return done

    def _runs_of(self, session: ScriptSession) -> list[StatementRun]:
        return [run for run in self._pane.results.runs if run.transaction is session.transaction]

    async def _carry(self, session: ScriptSession, record: str) -> bool:
        cancelled = self._runner.cancelled
        for group in await asyncio.to_thread(_groups, session.plan):
            number, step = group[0]
            if cancelled != self._runner.cancelled:
                return False
            if number in session.plan.alone:
                done = await self._show(session, number, step)
            else:
                done = await self._run_group(session, group, record)
            if not done:
                return False
        return True

    async def _run_group(self, session: ScriptSession, group: Group, record: str) -> bool:
        """Statements that return nothing to look at, as one run."""
        pane, runner, plan = self._pane, self._runner, session.plan
        if not any(step.sends for _, step in group):
            return await self._do_beside(session, group)
        request = Request("", identity=session.transaction.identity, mode=session.transaction.mode)
        place = group[0][1].place
        title = title_of(plan.found[group[0][0]], place.sql) if len(group) == 1 else plan.script.name or "script"
        begins = not session.sent
        sql = record if record and begins else ";\n".join([step.place.sql for _, step in group[:100]])[:_KEPT_TEXT]
        run = ScriptRun(pane.database(), request, session, group, on_change=partial(self._changed, session))
        return await runner.run(run, replace(place, sql=sql), title)

    async def _do_beside(self, session: ScriptSession, group: Group) -> bool:
        """Commands that send nothing; what they say stands on the message line."""
        try:
            for number, _ in group:
                await session.carry(number, lambda notice: self._pane.say(notice.message))
        except Failure as failure:
            self._pane.fail(failure)
            return False
        return True

    def _changed(self, session: ScriptSession, run: StatementRun) -> None:
        view = self._pane.results.view_of(run)
        if view is not None and run.state.phase is Phase.FAILED:
            view.place = session.at
        self._pane.run_changed(run)

    async def _show(self, session: ScriptSession, number: int, step: Step) -> bool:
        """A statement whose rows have a tab of their own; the values of its parameters are asked for."""
        runner, plan = self._runner, session.plan
        try:
            if not session.begins(step):
                return True
            bound = session.bound(step.place.sql)
            given = await runner.parameters.ask(bound.sql)
            if given is None:
                return False
            statement, values = given
            place = replace(step.place, original=lambda position: bound.original(statement.original(position)))
            request = Request(statement.sql, values, session.transaction.identity, plan.mode)
            run = runner.new_run(request)
            if not await runner.run(run, place, title_of(plan.found[number], step.place.sql)):
                return False
            if plan.own_transactions and not session.in_block:
                await runner.held.make_room()
            await session.settle()
        except Failure as failure:
            await runner.refused(failure, step.place)
            return False
        return True

    async def _end(self, session: ScriptSession) -> bool:
        plan, runner = session.plan, self._runner
        kept = session.transaction.mode is Mode.COMMITTED
        if plan.question and kept and (not plan.own_transactions or session.in_block):
            return await runner.ask_to_commit(
                f"{statements_words(session.sent)} changed {rows_words(session.changed)}."
            )
        return await runner.end(commit=plan.own_transactions, quietly=True)

    async def _give_up(self, session: ScriptSession) -> None:
        """Roll back, and say how far it came and what is left of it."""
        await self._runner.end(commit=False, quietly=True)
        self._say_failed(session, session.left_words())

    def _say_failed(self, session: ScriptSession, words: str) -> None:
        """How far it came: `dump.sql, line 120: statement 37 of 412 failed; …`."""
        at = session.at
        if any(run.state.phase is Phase.CANCELLED for run in self._runs_of(session)):
            words = words.replace("failed", "was cancelled")
        where = f"{at.file}, line {at.first_line:,}: " if at.file else ""
        self._pane.say(f"{where}{words if where else words[:1].upper() + words[1:]}.", failed=True)

    def _say_run(self, script: Script, fate: str, session: ScriptSession | None = None) -> None:
        """That all of it was run, what became of it, and what was left out."""
        left = [f"\\{name}" for name in dict.fromkeys(script.left_out)]
        left += dict.fromkeys(session.passed_over if session is not None else ())
        is_file = bool(script.steps[0].place.file)
        if not is_file and not left and fate != "rolled back":
            return
        count = session.sent if session is not None else script.statements
        of = f" of {script.name}" if is_file else ""
        changed = f", {rows_words(session.changed)} changed" if session is not None and session.changed else ""
        words = f"{statements_words(count)}{of} run{changed}{f', {fate}' if fate else ''}."
        self._pane.say(f"{words} Left out: {', '.join(left)}." if left else words)


def _groups(plan: Plan) -> list[Group]:
    """The steps in order: those whose rows have a tab each alone, what is between them together."""
    groups: list[Group] = [[]]
    one_run, before = _in_one_run(plan), False
    for number, step in enumerate(plan.script.steps):
        alone = number in plan.alone
        if groups[-1] and (alone or before or (step.sends and not one_run)):
            groups.append([])
        groups[-1].append((number, step))
        before = alone
    return [group for group in groups if group]


def _in_one_run(plan: Plan) -> bool:
    """Whether its statements share a tab: in a file, and in a buffer with more of them than there are tabs."""
    steps = plan.script.steps
    return plan.script.statements > KEPT // 2 or any(step.place.file or step.data is not None for step in steps)
