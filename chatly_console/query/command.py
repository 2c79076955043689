"""`chatly-console query -c SQL | -f FILE`: runs statements one by one and prints their rows as they come."""

import argparse
import asyncio
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, ExitStack, aclosing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from chatly_console.connections.identity_option import identity_of
from chatly_console.core.classify import classify
from chatly_console.core.durations import duration_words
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.formats import FORMATS, Encoder, encoder
from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode, Request
from chatly_console.core.sql import can_be_enclosed
from chatly_console.query.command_output import explain, print_out, tell, tell_end, tell_notice
from chatly_console.query.decision import Circumstances
from chatly_console.query.export import NewFile, csv_of_copy, write_pages
from chatly_console.query.paging import FIRST_ROWS, pages_of
from chatly_console.query.place import Place
from chatly_console.query.script import Script
from chatly_console.query.script_file import script_of_file, script_of_text
from chatly_console.query.script_plan import Plan, plan_of
from chatly_console.query.script_session import ScriptSession
from chatly_console.query.transaction_words import rows_words, statements_words
from chatly_console.query.variables import Variables
from chatly_console.server.database import Database
from chatly_console.server.result import NoticeListener, Result

_QUERIES = ("SELECT", "VALUES", "TABLE")


class Opens(Protocol):
    """How a statement is opened: in a transaction of its own, or in one that is open."""

    def __call__(
        self, request: Request, *, first_page: int, on_notice: NoticeListener | None
    ) -> AbstractAsyncContextManager[Result]:
        """Open it."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `query`."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("-c", "--command", metavar="SQL", dest="sql", help="the statements to run")
    what.add_argument("-f", "--file", metavar="FILE", help="a file of statements; - is standard input")
    parser.add_argument("--format", choices=FORMATS, default=None, help="of the rows (default: table)")
    parser.add_argument("--json", action="store_true", help="the same as --format jsonl: an object a row")
    parser.add_argument("--out", metavar="FILE", type=Path, help="where the rows go; written whole or not at all")
    parser.add_argument("--commit", action="store_true", help="keep the changes; without it they are rolled back")
    parser.add_argument("-v", "--variable", metavar="NAME=VALUE", type=_variable, action="append", default=[],
                        help="a value for :NAME in the statements; may be given again")  # fmt: skip
    parser.add_argument("--yes", action="store_true", help="with --commit, also on a production database")


def _variable(word: str) -> tuple[str, str]:
    name, is_given, value = word.partition("=")
    if not name or not is_given:
        raise argparse.ArgumentTypeError("NAME=VALUE is how it is written")
    return name, value


async def run(arguments: argparse.Namespace) -> int:
    """Run the statements; stops at the first that fails. Exit status 0, 1 (SQL error), 2, 3, 130."""
    with TemporaryDirectory(prefix="chatly-") as folder:
        plan = _planned(_read(arguments, folder), arguments)
        return await _run_planned(plan, arguments)


async def _run_planned(plan: Plan, arguments: argparse.Namespace) -> int:
    from chatly_console.connections.choose import ask_in_terminal, choose_target, open_asking

    profile = await choose_target(arguments)
    if arguments.commit and (profile.read_only or (profile.is_production and not arguments.yes)):
        hint = "" if profile.read_only else "Say --yes beside --commit if you mean it."
        raise Failure(f"{profile.name} is {'read-only' if profile.read_only else 'production'}: nothing was sent.",
                      FailureKind.USAGE, hint=hint)  # fmt: skip
    database = await open_asking(profile, ask=ask_in_terminal)
    try:
        identity = await identity_of(arguments, database)
        return await _run_all(plan, database, identity, arguments)
    finally:
        await database.close()


def _read(arguments: argparse.Namespace, folder: str) -> Script:
    """Read all of it before the first statement is sent; raises Failure (USAGE) where it cannot run."""
    if arguments.sql is not None:
        return script_of_text(arguments.sql)
    if arguments.file != "-":
        return script_of_file(Path(arguments.file), name=arguments.file)
    kept = Path(folder) / "input"
    with kept.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    return script_of_file(kept, name="-")


def _planned(script: Script, arguments: argparse.Namespace) -> Plan:
    """What it will do; raises Failure (USAGE) where that needs --commit."""
    plan = plan_of(script, Circumstances(), Variables(dict(arguments.variable)))
    if plan.own_transactions and not arguments.commit:
        raise Failure(
            f"{plan.because}: it commits as it goes, and cannot be rolled back.",
            FailureKind.USAGE,
            hint="Say --commit to run it.",
        )
    if not plan.needs_session:
        for step in script.steps:
            _mode(step.place.sql, commit=arguments.commit)
    return plan


def _mode(sql: str, *, commit: bool) -> Mode:
    """In which a statement runs that runs by itself."""
    found = classify(sql)
    if found.transaction_control:
        raise Failure(f"{found.verb} alone does nothing here.", FailureKind.USAGE)
    if found.reads_only or not found.is_known:
        return Mode.READ_ONLY
    if found.needs_no_transaction:
        return Mode.OUTSIDE
    return Mode.COMMITTED if commit else Mode.ROLLED_BACK


async def _run_all(plan: Plan, database: Database, identity: Identity, arguments: argparse.Namespace) -> int:
    with ExitStack() as held:
        file = held.enter_context(NewFile(arguments.out)) if arguments.out else None
        run = _in_session if plan.needs_session else _one_by_one
        try:
            await run(plan, database, identity, arguments, file)
        except _Stopped as stopped:
            explain(stopped.failure, stopped.place, arguments.sql or "")
            if stopped.words:
                tell(stopped.words)
            return 1
        if file is not None:
            await asyncio.to_thread(file.keep)
    return 0


class _Stopped(Exception):
    """The server refused a statement; `words` say what is left of those before it."""

    def __init__(self, failure: Failure, place: Place, words: str = "") -> None:
        super().__init__(failure.sentence)
        self.failure, self.place, self.words = failure, place, words


async def _one_by_one(
    plan: Plan, database: Database, identity: Identity, arguments: argparse.Namespace, file: NewFile | None
) -> None:
    """Each statement in a transaction of its own."""
    name = _format(arguments)
    for step in plan.script.steps:
        mode = _mode(step.place.sql, commit=arguments.commit)
        request = Request(step.place.sql, (), identity, mode, statement_timeout=arguments.timeout)
        try:
            if file is not None and name == "csv" and await asyncio.to_thread(_can_be_copied, request):
                await _copy(request, database, file)
            else:
                await _run(request, database.open, encoder(name), file.write if file is not None else print_out)
        except Failure as failure:
            if failure.kind is not FailureKind.SQL:
                raise
            raise _Stopped(failure, step.place) from failure


async def _in_session(
    plan: Plan, database: Database, identity: Identity, arguments: argparse.Namespace, file: NewFile | None
) -> None:
    """All of it in one session, and, unless it commits as it goes, in one transaction."""
    begun, name = time.monotonic(), _format(arguments)
    mode = plan.mode if arguments.commit or plan.mode is Mode.READ_ONLY else Mode.ROLLED_BACK
    request = Request("", identity=identity, mode=mode, statement_timeout=arguments.timeout)
    transaction = database.transaction(request, of_script=True)
    await transaction.begin()
    session = ScriptSession(plan, transaction, Variables(dict(arguments.variable)))
    try:
        for number, step in enumerate(plan.script.steps):
            if number not in plan.alone:
                await session.carry(number, tell_notice)
            elif session.begins(step):
                bound = session.bound(step.place.sql)
                one = Request(bound.sql, identity=identity, mode=plan.mode)
                write = file.write if file is not None else print_out
                await _run(one, transaction.open, encoder(name), write, goes_on=True)
                await session.settle()
        if mode is Mode.COMMITTED and not session.in_block:
            await transaction.commit()
    except Failure as failure:
        if failure.kind not in (FailureKind.SQL, FailureKind.USAGE):
            raise
        raise _Stopped(failure, session.at, session.left_words()) from failure
    finally:
        await transaction.roll_back()
    fate = "committed" if mode is Mode.COMMITTED and not session.in_block else mode.value
    _tell_script(session, time.monotonic() - begun, fate)


def _tell_script(session: ScriptSession, seconds: float, fate: str) -> None:
    tell(
        f"{statements_words(session.sent)}, {rows_words(session.changed)} changed in {duration_words(seconds)}, {fate}"
    )
    left = [f"\\{name}" for name in dict.fromkeys(session.plan.script.left_out)]
    if left := [*left, *dict.fromkeys(session.passed_over)]:
        tell(f"left out: {', '.join(left)}")


def _format(arguments: argparse.Namespace) -> str:
    return arguments.format or ("jsonl" if arguments.json else "table")


def _can_be_copied(request: Request) -> bool:
    """Whether the server may make the CSV: of one plain query. A file is kept only once the identity was checked."""
    plain = request.mode is Mode.READ_ONLY and classify(request.sql).verb in _QUERIES
    return plain and can_be_enclosed(request.sql)


async def _copy(request: Request, database: Database, file: NewFile) -> None:
    begun = time.monotonic()

    async def write(lines: bytes) -> None:
        file.write_bytes(csv_of_copy(lines))

    result = await database.copy_csv(request, write, on_notice=tell_notice)
    tell_end(request, rows_words(int(result.tag.rpartition(" ")[2])), time.monotonic() - begun)


async def _run(
    request: Request, opening: Opens, chosen: Encoder, write: Callable[[str], None], *, goes_on: bool = False
) -> None:
    begun = time.monotonic()
    async with opening(request, first_page=FIRST_ROWS, on_notice=tell_notice) as result:
        rows = 0
        if result.columns:
            rows = await write_pages(pages_of(result), result.columns, chosen, write)
        else:
            async with aclosing(pages_of(result)) as pages:
                async for _ in pages:
                    pass
        await result.finish()
        what = rows_words(rows) if result.columns else result.tag or "done"
        tell_end(request, what, time.monotonic() - begun, goes_on=goes_on)
