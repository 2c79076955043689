"""`chatly-console query -c SQL | -f FILE`: runs statements one by one and prints their rows as they come."""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, aclosing
from dataclasses import dataclass
from pathlib import Path

from chatly_console.connections.identity_option import identity_of
from chatly_console.core.classify import classify
from chatly_console.core.durations import duration_words
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.formats import FORMATS, Encoder, encoder
from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode, Request
from chatly_console.core.sql import can_be_enclosed, split
from chatly_console.core.text import safe_text
from chatly_console.core.values import Notice
from chatly_console.query.export import NewFile, csv_of_copy, write_pages
from chatly_console.query.paging import FIRST_ROWS, pages_of
from chatly_console.query.place import Place, line_and_column
from chatly_console.server.database import Database

_QUERIES = ("SELECT", "VALUES", "TABLE")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `query`."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("-c", "--command", metavar="SQL", dest="sql", help="the statements to run")
    what.add_argument("-f", "--file", metavar="FILE", help="a file of statements; - is standard input")
    parser.add_argument("--format", choices=FORMATS, default=None, help="of the rows (default: table)")
    parser.add_argument("--json", action="store_true", help="the same as --format jsonl: an object a row")
    parser.add_argument("--out", metavar="FILE", type=Path, help="where the rows go; written whole or not at all")
    parser.add_argument("--commit", action="store_true", help="keep the changes; without it they are rolled back")
    parser.add_argument("--yes", action="store_true", help="with --commit, also on a production database")


async def run(arguments: argparse.Namespace) -> int:
    """Run the statements; stops at the first that fails. Exit status 0, 1 (SQL error), 2, 3, 130."""
    from chatly_console.connections.choose import ask_in_terminal, choose_target, open_asking

    script = Script.read(arguments)
    profile = await choose_target(arguments)
    if arguments.commit and (profile.read_only or (profile.is_production and not arguments.yes)):
        hint = "" if profile.read_only else "Say --yes beside --commit if you mean it."
        raise Failure(f"{profile.name} is {'read-only' if profile.read_only else 'production'}: nothing was sent.",
                      FailureKind.USAGE, hint=hint)  # fmt: skip
    database = await open_asking(profile, ask=ask_in_terminal)
    try:
        identity = await identity_of(arguments, database)
        return await _run_all(script, database, identity, arguments)
    finally:
        await database.close()


@dataclass(frozen=True, slots=True)
class Script:
    """The statements to run, each with the mode in which it does."""

    name: str
    text: str
    places: tuple[tuple[Place, Mode], ...]

    @classmethod
    def read(cls, arguments: argparse.Namespace) -> "Script":
        """Read and look at all statements before the first is sent; raises Failure (USAGE) where one cannot run."""
        name = arguments.file or ""
        text = arguments.sql if arguments.sql is not None else _read(name)
        places = [Place(name, s.start, text[s.start : s.end]) for s in split(text)]
        return cls(name, text, tuple((place, _mode(place.sql, commit=arguments.commit)) for place in places))


def _read(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise Failure(f"{name} cannot be read: {(error.strerror or '').lower()}.", FailureKind.USAGE) from error
    except UnicodeDecodeError as error:
        raise Failure(f"{name} is not UTF-8 text (byte {error.start:,}).", FailureKind.USAGE) from error


def _mode(sql: str, *, commit: bool) -> Mode:
    found = classify(sql)
    if found.transaction_control:
        raise Failure(
            f"{found.verb} cannot be run here: each statement has a transaction of its own.",
            FailureKind.USAGE,
            hint="Take it out; --commit keeps each statement's changes.",
        )
    if found.reads_only or not found.is_known:
        return Mode.READ_ONLY
    if found.needs_no_transaction:
        if not commit:
            raise Failure(f"{found.verb} cannot be rolled back: say --commit to run it.", FailureKind.USAGE)
        return Mode.OUTSIDE
    return Mode.COMMITTED if commit else Mode.ROLLED_BACK


async def _run_all(script: Script, database: Database, identity: Identity, arguments: argparse.Namespace) -> int:
    name = arguments.format or ("jsonl" if arguments.json else "table")
    with ExitStack() as held:
        file = held.enter_context(NewFile(arguments.out)) if arguments.out else None
        for place, mode in script.places:
            request = Request(place.sql, (), identity, mode, statement_timeout=arguments.timeout)
            try:
                if file is not None and name == "csv" and await asyncio.to_thread(_can_be_copied, request):
                    await _copy(request, database, file)
                else:
                    await _run(request, database, encoder(name), file.write if file is not None else _print)
            except Failure as failure:
                if failure.kind is not FailureKind.SQL:
                    raise
                _explain(failure, place, script)
                return 1
        if file is not None:
            await asyncio.to_thread(file.keep)
    return 0


def _can_be_copied(request: Request) -> bool:
    """Whether the server may make the CSV: of one plain query. A file is kept only once the identity was checked."""
    plain = request.mode is Mode.READ_ONLY and classify(request.sql).verb in _QUERIES
    return plain and can_be_enclosed(request.sql)


async def _copy(request: Request, database: Database, file: NewFile) -> None:
    begun = time.monotonic()

    async def write(lines: bytes) -> None:
        file.write_bytes(csv_of_copy(lines))

    result = await database.copy_csv(request, write, on_notice=_tell_notice)
    _tell_end(request, _rows(int(result.tag.rpartition(" ")[2])), time.monotonic() - begun)


async def _run(request: Request, database: Database, chosen: Encoder, write: Callable[[str], None]) -> None:
    begun = time.monotonic()
    async with database.open(request, first_page=FIRST_ROWS, on_notice=_tell_notice) as result:
        rows = 0
        if result.columns:
            rows = await write_pages(pages_of(result), result.columns, chosen, write)
        else:
            async with aclosing(pages_of(result)) as pages:
                async for _ in pages:
                    pass
        await result.finish()
        _tell_end(request, _rows(rows) if result.columns else result.tag or "done", time.monotonic() - begun)


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _tell_end(request: Request, what: str, seconds: float) -> None:
    fate = "" if request.mode is Mode.READ_ONLY else f", {request.mode.value}"
    as_whom = f", as {request.identity.describe()}" if not request.identity.is_login else ""
    _tell(f"{what} in {duration_words(seconds)}{fate}{as_whom}")


def _print(text: str) -> None:
    """Write to standard output now, so that whoever reads it does not wait."""
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise


def _tell(text: str) -> None:
    print(safe_text(text, one_line=False), file=sys.stderr)


def _tell_notice(notice: Notice) -> None:
    _tell(f"{notice.severity}: {notice.message}" + (f"\n  {notice.hint}" if notice.hint else ""))


def _explain(failure: Failure, place: Place, script: Script) -> None:
    found = place.error_in(script.text, failure)
    where = f"{script.name}: " if script.name else ""
    if found is not None:
        where += f"{line_and_column(script.text, found[0])}: "
    code = f" [{failure.sqlstate}]" if failure.sqlstate else ""
    _tell(f"chatly-console: {where}{failure.sentence}{code}")
    for label, text in (("detail", failure.detail), ("hint", failure.hint), ("context", failure.context)):
        if text:
            _tell(f"  {label}: {text}")
