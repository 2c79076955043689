"""Carries a script out, step by step, in one session: settings, variables and temporary tables hold until its end."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from chatly_console.core.classify import Classification, classify
from chatly_console.core.classify.words import Words
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode, Request
from chatly_console.core.values import Notice, Row
from chatly_console.query.conditions import Conditions
from chatly_console.query.export import NewFile
from chatly_console.query.file_copy import Copied, WrittenFile, loaded_file
from chatly_console.query.inline_data import sent_data
from chatly_console.query.parameters import Bound
from chatly_console.query.place import Place
from chatly_console.query.script import Step
from chatly_console.query.script_plan import Plan
from chatly_console.query.text_files import path_of
from chatly_console.query.transaction_words import changed_rows, control_of
from chatly_console.query.variables import Variables
from chatly_console.server.transaction import Transaction

_UNKNOWN_SETTING = "42704"
_SETS = ("SET", "SET SESSION", "SET LOCAL")
Hear = Callable[[Notice], None]


@dataclass(slots=True)
class ScriptSession:
    """One run of a script. After a Failure, `at` is where it happened; whoever owns the transaction ends it."""

    plan: Plan
    transaction: Transaction
    variables: Variables
    at: Place = field(default_factory=lambda: Place("", 0, ""))
    changed: int = 0
    """Rows, by the server's tags."""
    tag: str = ""
    """The server's word on the statement that succeeded last."""
    number: int = 0
    """Of the statement that it is at, in the order of the script."""
    sent: int = 0
    """Statements that have succeeded."""
    kept: int = 0
    """How many of these are committed."""
    in_block: bool = False
    """Whether the script has said BEGIN, and no COMMIT yet."""
    passed_over: list[str] = field(default_factory=list)
    """Settings that this server does not know, such as those of a newer pg_dump: psql goes on behind them too."""
    copied: Copied | None = None
    """The file or the data that is on its way."""
    _conditions: Conditions = field(default_factory=Conditions)

    def begins(self, step: Step) -> bool:
        r"""Come to the next step; returns whether it counts: not in a part of an \if that does not, nor behind a \quit.

        Raises Failure where a condition is neither true nor false.
        """
        self.at = step.place
        self.number += step.sends
        return not self._conditions.skips(step, self.variables)

    def left_words(self) -> str:
        """After a failure: what is left of what was done before it."""
        count = f"statement {max(self.number, 1):,} of {self.plan.script.statements:,} failed"
        if self.plan.mode is Mode.READ_ONLY:
            left = self.plan.script.statements - self.number
            return f"{count}; {left:,} more were not sent" if left > 0 else count
        if not self.plan.own_transactions:
            return f"{count}; all of it was rolled back"
        return f"{count}; {f'the {self.kept:,} before it are kept' if self.kept else 'nothing of it is kept'}"

    def bound(self, sql: str) -> Bound:
        """A statement with the values of the script's variables."""
        return self.variables.put_into(sql)

    async def carry(self, index: int, hear: Hear) -> None:
        """Do the step of that index, which is the next, if it counts; its rows are not looked at. Raises Failure."""
        step, found = self.plan.script.steps[index], self.plan.found[index]
        if not self.begins(step):
            return
        if step.verb == "echo":
            words = self.variables.words(step.argument)
            hear(Notice("", " ".join(words[1:] if words[:1] == ["-n"] else words)))
        elif step.verb in ("set", "unset"):
            words = self.variables.words(step.argument)
            if words and step.verb == "set":
                self.variables.values[words[0]] = "".join(words[1:])
            for name in words if step.verb == "unset" else ():
                self.variables.values.pop(name, None)
        elif step.verb == "copy":
            await self._copy(step, found, hear)
        elif step.sends:
            await self._send(step, found, hear)

    async def _send(self, step: Step, found: Classification, hear: Hear) -> None:
        bound = self.bound(step.place.sql)
        if bound.shifts:
            self.at, found = replace(step.place, original=bound.original), classify(bound.sql)
        if found.transaction_control:
            await self._control(bound.sql, found)
            return
        if step.data is not None:
            self.copied = sent_data(step.data)
        try:
            rows = await self._run(bound.sql, found, hear, keep=step.verb in ("gset", "gexec"))
        except Failure as failure:
            if failure.sqlstate != _UNKNOWN_SETTING or found.verb not in _SETS:
                raise
            self.passed_over.append(f"SET {Words(bound.sql).text(1)}")
            self.sent += 1
            return
        if step.verb == "gset":
            self._set_from(rows, step.argument)
        elif step.verb == "gexec":
            for cell in (cell for row in rows[1:] for cell in row if cell is not None):
                self.at = replace(step.place, sql=cell, text="", file=step.place.file)
                await self._run(cell, classify(cell), hear)

    async def _run(self, sql: str, found: Classification, hear: Hear, *, keep: bool = False) -> list[Row]:
        """Send a statement; with `keep`, returns the names of its columns and its rows."""
        mode = self.plan.mode
        if self.plan.own_transactions and not self.in_block and found.needs_no_transaction:
            mode = Mode.OUTSIDE
        plain = not keep and self.copied is None and found.verb not in _SETS
        if plain and mode is Mode.COMMITTED and self.transaction.takes_plainly:
            self._done(await self.transaction.run(sql, hear))
            await self.settle()
            return []
        rows: list[Row] = []
        copying = self.copied.copying if self.copied is not None else None
        try:
            async with self.transaction.open(Request(sql, mode=mode), on_notice=hear, copying=copying) as result:
                while page := await result.fetch():
                    rows += page if keep else ()
                names: Row = tuple([column.name for column in result.columns])
                await result.finish()
        finally:
            self.copied = None
        self._done(result.tag)
        await self.settle(changes=mode is not Mode.OUTSIDE)
        return [names, *rows]

    def _done(self, tag: str) -> None:
        self.tag = tag
        self.changed += changed_rows(tag) or 0

    async def settle(self, *, changes: bool = True) -> None:
        """A statement has succeeded: where the script has no transaction of its own open, it is kept now."""
        self.sent += 1
        if self.plan.own_transactions and not self.in_block:
            if changes:
                await self._keep()
            self.kept = self.sent

    async def _keep(self) -> None:
        try:
            await self.transaction.go_on(keep=True)
        except asyncio.CancelledError:
            self.kept = self.sent if self.transaction.was_kept else self.kept
            raise

    async def _control(self, sql: str, found: Classification) -> None:
        """Do what a statement says of the transaction."""
        control = control_of(sql)
        if control is None:
            await self.transaction.control(sql)
        elif control.verb == "begin":
            if not self.in_block:
                await self.transaction.go_on(keep=True, isolation=control.isolation)
            self.in_block = True
        elif self.in_block:
            self.in_block = False
            await self.transaction.go_on(keep=control.verb == "commit")
        self.sent, self.tag = self.sent + 1, found.verb
        self.kept = self.kept if self.in_block or control is None else self.sent

    async def _copy(self, step: Step, found: Classification, hear: Hear) -> None:
        copy = step.copy
        assert copy is not None
        if copy.loads:
            self.copied = sent_data(step.data) if step.data is not None else loaded_file(path_of(copy.path))
            await self._run(copy.sql, found, hear)
            return
        with NewFile(path_of(copy.path)) as file:
            self.copied = WrittenFile(file, copy.options)
            await self._run(copy.sql, found, hear)
            file.keep()

    def _set_from(self, rows: list[Row], prefix: str) -> None:
        names, *found = rows
        if len(found) != 1:
            count = "no row" if not found else f"{len(found):,} rows"
            raise Failure(f"\\gset needs one row, and there is {count}.", FailureKind.USAGE)
        for name, value in zip(names, found[0], strict=True):
            if value is None:
                self.variables.values.pop(f"{prefix}{name}", None)
            else:
                self.variables.values[f"{prefix}{name}"] = value
