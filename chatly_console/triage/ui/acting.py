"""What the pane does with a line: shows its details, takes its statement elsewhere, signals to its session."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chatly_console.core.failure import Failure
from chatly_console.core.quote import quote_literal
from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.messages import OpenStatement, Report, Say
from chatly_console.triage.activity import Session
from chatly_console.triage.blocking import Node, root_words, tree_lines
from chatly_console.triage.drain import Drain
from chatly_console.triage.filters import matches
from chatly_console.triage.groups import alike
from chatly_console.triage.readings import number_of
from chatly_console.triage.signalling import signal, signal_all
from chatly_console.triage.signals import no_cancel_because, reached_by
from chatly_console.triage.ui.asking import agreed, agreed_on_group
from chatly_console.triage.ui.detail_screen import DetailScreen

if TYPE_CHECKING:
    from chatly_console.triage.ui.pane import TriagePane


async def open_details(pane: TriagePane, key: object) -> None:
    """Show everything about a line, and take its statement where the user wants it."""
    detail = await pane.statements.whole_detail(key)
    if detail is None:
        return
    wish = await pane.app.push_screen_wait(
        DetailScreen(detail.title, detail.facts, detail.sql, has_plan=detail.has_plan)
    )
    if wish == "explain":
        await pane.statements.plan()
    elif wish == "index":
        await pane.statements.advise()
    elif wish == "query":
        pane.post_message(OpenStatement(detail.sql))


class Acting:
    """Cancels and ends: one session, the root of a tree, a group; asks first, and says what came of it."""

    def __init__(self, pane: TriagePane, folder: Path) -> None:
        self._pane = pane
        self._log = folder / "triage-actions.jsonl"

    async def one(self, verb: str) -> None:
        """Cancel the statement, or end the session, of the line that the cursor is on."""
        session = self._pane.watching.session(self._pane.table.cursor_key)
        if session is None:
            self._say("There is no session on this line.")
        elif verb == "cancel" and no_cancel_because(session):
            self._say(no_cancel_because(session))
        elif await agreed(self._pane.app, session, verb):
            await self._carry_out(verb, [session])

    async def root(self) -> None:
        """Cancel the root of the line's tree, or end it where there is nothing to cancel, and watch the tree drain."""
        watching = self._pane.watching
        root = self._root()
        if root is None:
            self._say("Nobody waits for a lock: there is no root.")
            return
        if root.session is None:
            self._of_no_session(root)
            return
        verb = "terminate" if no_cancel_because(root.session) else "cancel"
        if await agreed(self._pane.app, root.session, verb):
            watching.drain = Drain.of(root, watching.clock())
            self._pane.action_view("blocking")
            if not await self._carry_out(verb, [root.session]):
                watching.drain = None

    def _root(self) -> Node | None:
        """The root of the tree that the line stands in; that which blocks most where it stands in none."""
        snapshot, key = self._pane.watching.snapshot, self._pane.table.cursor_key
        roots = snapshot.roots if snapshot is not None else ()
        for root in roots:
            for line in tree_lines([root]):
                session = line.node.session
                if (line.node.pid, session.backend_start if session else None) == key:
                    return root
        return roots[0] if roots else None

    def _of_no_session(self, root: Node) -> None:
        if root.prepared:
            gid = quote_literal(root.prepared[0].gid)
            self._pane.post_message(OpenStatement(f"rollback prepared {gid}; -- or: commit prepared {gid};"))
        else:
            self._say(f"{root_words(root)} cannot be signalled from here.")

    async def group(self) -> None:
        """Cancel the statements, or end the sessions, of all that have something in common with the line's."""
        choices = [
            Choice(f"{words} of {number_of(len(reached), 'session')}: {name}", (verb, reached))
            for name, members in self._groups()
            for verb, words in (("cancel", "cancel the statements"), ("terminate", "end the sessions"))
            if (reached := reached_by(members, verb))
        ]
        if not choices:
            self._say("No group of sessions belongs to this line.")
            return
        chosen = await self._pane.app.push_screen_wait(Choose("Act on a group", choices))
        if chosen is not None and await agreed_on_group(self._pane.app, chosen[1], chosen[0]):
            await self._carry_out(*chosen)

    def _groups(self) -> list[tuple[str, Sequence[Session]]]:
        """What the line belongs to, and what the filter finds: names with sessions."""
        pane = self._pane
        group = pane.group(pane.table.cursor_key)
        if group is not None:
            return [(f"{group.by} {group.name}", group.sessions)]
        snapshot = pane.watching.snapshot
        clients = [one for one in snapshot.sessions if one.is_client and not one.own] if snapshot is not None else []
        found: list[tuple[str, Sequence[Session]]] = []
        if pane.choice.needle and pane.choice.view == "activity":
            matching = [one for one in clients if matches(one, pane.choice.needle)]
            found.append((f"all that match {pane.choice.needle}", matching))
        session = pane.watching.session(pane.table.cursor_key)
        if session is not None and session in clients:
            found += [(f"{one.by} {one.name}", one.sessions) for one in alike(session, clients)]
        return found

    async def _carry_out(self, verb: str, sessions: Sequence[Session]) -> bool:
        """Signal, say what came of it, and note it in the record; returns whether anything was sent."""
        pane = self._pane
        database, rights = pane.session.database, pane.watching.rights
        if database is None or rights is None:
            return False
        source = pane.watching.source(database)
        try:
            if len(sessions) == 1:
                outcome = await signal(source, sessions[0], verb, rights, self._log)
            else:
                outcome = await signal_all(source, sessions, verb, rights, self._log)
        except Failure as failure:
            pane.post_message(Report(failure))
            return False
        finally:
            pane.look_now()
        pane.post_message(Say(outcome, "done"))
        pane.incidents.keep(outcome)
        return True

    def _say(self, words: str) -> None:
        self._pane.post_message(Say(words, "warning"))
