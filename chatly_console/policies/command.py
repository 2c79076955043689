"""`chatly-console rls policies|matrix|why|diff|isolation|try|setup`: row level security on the command line."""

import argparse
import json
import sys
from collections.abc import Awaitable, Callable, Sequence

from chatly_console.connections.identity_option import identity_of, resolve
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.formats import encode
from chatly_console.core.identity import Identity
from chatly_console.core.text import safe_text
from chatly_console.core.values import Column, Row
from chatly_console.policies import attempt_report, report
from chatly_console.policies.attempt import try_write
from chatly_console.policies.compare import compare_query, compare_table
from chatly_console.policies.isolation.proving import prove_isolation
from chatly_console.policies.isolation.report import isolation_json, isolation_markdown
from chatly_console.policies.people import read_personas
from chatly_console.policies.policy import Command, Table
from chatly_console.policies.rows_why import explain_rows
from chatly_console.policies.service import count_matrix, find_table, read_tables
from chatly_console.policies.setup import boundary_script, set_up
from chatly_console.server.database import Database

_ACTIONS = {
    "policies": "the policies of all tables (or of TABLE), in words",
    "matrix": "who reaches how many rows of which table by which command",
    "why": "each row of TABLE with the policies that admitted, hid or vetoed it",
    "diff": "what only one of several --as sees of TABLE, or of a query",
    "isolation": "try every tenant against every other; exit status 1 on a leak",
    "try": "run a write SQL as --as, undo it, and name every policy that refuses it",
    "setup": "show (with --yes: create) the login that makes impersonation a boundary",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the actions of `rls`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = "\n".join(f"  {name:<10} {words}" for name, words in _ACTIONS.items())
    parser.add_argument("action", metavar="ACTION", choices=_ACTIONS, help=", ".join(_ACTIONS))
    parser.add_argument(
        "subject", metavar="TABLE|SQL", nargs="?", help="the table (diff also takes a query), or the SQL"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument("--format", choices=("table", "markdown", "csv"), default="table", help="of a table of text")
    parser.add_argument("--command", dest="verb", choices=("select", "update", "delete"), default="select",
                        help="why: for which command (default: select)")  # fmt: skip
    parser.add_argument("--show", choices=("all", "visible", "hidden"), default="all", help="why: which rows")
    parser.add_argument("--key", metavar="JSON", help="why: one row, by its key as a JSON array; diff: key columns")
    parser.add_argument("--limit", type=int, default=500, metavar="N", help="rows at most (default 500)")
    parser.add_argument(
        "--tenant-column", default="", metavar="NAME", help="isolation: the column that is the tenant's"
    )
    parser.add_argument(
        "--thorough",
        action="store_true",
        help="isolation: each user tries every other tenant, where else the users of a tenant share them",
    )
    parser.add_argument("--reads-only", action="store_true",
                        help="isolation: write nothing and call nothing, not even to undo it")  # fmt: skip
    parser.add_argument("--yes", action="store_true", help="setup: do it")
    parser.add_argument("--as", dest="run_as", metavar="WHO", action="append", default=argparse.SUPPRESS,
                        help="anon, service_role, a user's UUID or e-mail; diff and matrix take several")  # fmt: skip


async def run(arguments: argparse.Namespace) -> int:
    """Do one action. Exit status 0, 1 (a leak, a refused write, an SQL error), 2, 3, 130."""
    from chatly_console.connections.choose import open_database

    needs = {"why": "a table", "diff": "a table or a query", "try": "a statement"}.get(arguments.action)
    if needs and not arguments.subject:
        raise Failure(f"rls {arguments.action} needs {needs}.", FailureKind.USAGE)
    profile, database = await open_database(arguments)
    try:
        if arguments.action == "setup":
            return await _setup(arguments, database, profile.keyring_user)
        return await _DO[arguments.action](arguments, database)
    finally:
        await database.close()


async def _identities(arguments: argparse.Namespace, database: Database) -> list[Identity]:
    """Everybody whom --as (and --claims) names."""
    given = getattr(arguments, "run_as", None)
    names = [given] if isinstance(given, str) else list(given or ())
    if arguments.claims is not None:
        single = argparse.Namespace(run_as=names[0] if names else None, claims=arguments.claims)
        return [await identity_of(single, database)]
    return [await resolve(name, database) for name in names]


async def _one(arguments: argparse.Namespace, database: Database) -> Identity:
    found = await _identities(arguments, database)
    if len(found) != 1:
        raise Failure(f"rls {arguments.action} needs one --as WHO.", FailureKind.USAGE)
    return found[0]


async def _tables(arguments: argparse.Namespace, database: Database) -> list[Table]:
    tables = await read_tables(database)
    if arguments.subject:
        return [find_table(tables, arguments.subject)]
    return [t for t in tables if t.enabled or t.grants.get("authenticated") or t.grants.get("anon")]


async def _policies(arguments: argparse.Namespace, database: Database) -> int:
    tables = await _tables(arguments, database)
    if arguments.json:
        _json([report.policies_json(table) for table in tables])
    else:
        _tell("\n\n".join(report.policies_words(table) for table in tables))
    return 0


async def _matrix(arguments: argparse.Namespace, database: Database) -> int:
    identities = await _identities(arguments, database)
    identities = identities or [p.identity for p in await read_personas(database)]
    cells = await count_matrix(database, identities, await _tables(arguments, database))
    if arguments.json:
        _json(report.matrix_json(cells))
    else:
        _rows(arguments, *report.matrix_rows(cells))
    return 0


async def _why(arguments: argparse.Namespace, database: Database) -> int:
    table = find_table(await read_tables(database), arguments.subject)
    key = None if arguments.key is None else [None if v is None else str(v) for v in json.loads(arguments.key)]
    explained = await explain_rows(
        database, table, await _one(arguments, database), Command(arguments.verb.upper()),
        show=arguments.show, key=key, limit=arguments.limit,
    )  # fmt: skip
    if arguments.json:
        _json(report.why_json(explained))
    else:
        _tell(report.why_summary(explained))
        _rows(arguments, *report.why_rows(explained))
    return 0


async def _diff(arguments: argparse.Namespace, database: Database) -> int:
    identities = await _identities(arguments, database)
    if len(identities) < 2:
        raise Failure("rls diff needs at least two --as WHO.", FailureKind.USAGE)
    if " " in arguments.subject.strip():
        key = [name.strip() for name in (arguments.key or "").split(",") if name.strip()]
        compared = await compare_query(database, arguments.subject, key, identities, limit=arguments.limit)
    else:
        table = find_table(await read_tables(database), arguments.subject)
        compared = await compare_table(database, table, identities, limit=arguments.limit)
    if arguments.json:
        _json(report.diff_json(arguments.subject, compared))
    else:
        _tell(report.diff_summary(compared))
        _rows(arguments, *report.diff_rows(compared))
    return 1 if any(side.failure for side in compared.sides) else 0


async def _isolation(arguments: argparse.Namespace, database: Database) -> int:
    def progress(done: int, of: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done} of {of} users", end="" if done < of else "\n", file=sys.stderr)

    proof = await prove_isolation(
        database,
        column=arguments.tenant_column,
        writes=not arguments.reads_only,
        thorough=arguments.thorough,
        progress=progress,
    )
    if arguments.json:
        _json(isolation_json(proof))
    else:
        _tell(isolation_markdown(proof, database.facts))
    return 1 if proof.leaks or proof.errors else 0


async def _try(arguments: argparse.Namespace, database: Database) -> int:
    attempt = await try_write(database, arguments.subject, await _one(arguments, database))
    if arguments.json:
        _json(attempt_report.try_json(attempt))
    else:
        _tell(attempt_report.try_words(attempt))
    return 0 if attempt.ok else 1


async def _setup(arguments: argparse.Namespace, database: Database, keyring_user: str | None) -> int:
    if not arguments.yes:
        _tell(boundary_script(database))
        print("Nothing was changed: --yes runs it.", file=sys.stderr)
        return 0
    _tell(await set_up(database, keyring_user))
    return 0


_DO: dict[str, Callable[[argparse.Namespace, Database], Awaitable[int]]] = {
    "policies": _policies,
    "matrix": _matrix,
    "why": _why,
    "diff": _diff,
    "isolation": _isolation,
    "try": _try,
}


def _json(document: object) -> None:
    print(json.dumps(document, ensure_ascii=False))


def _rows(arguments: argparse.Namespace, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    sys.stdout.write(encode(arguments.format, columns, rows))


def _tell(text: str) -> None:
    print(safe_text(text, one_line=False))
