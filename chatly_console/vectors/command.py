"""`chatly-console vectors search | recall | advise | health`: the Vectors pane for scripts and CI."""

import argparse
import json
import math
import sys
from collections.abc import Sequence

from chatly_console.connections.identity_option import identity_of
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.text import safe_text
from chatly_console.core.values import Row
from chatly_console.server.database import Database
from chatly_console.vectors.asking import Asked, ask, provider_of
from chatly_console.vectors.column import VectorColumn, find_column
from chatly_console.vectors.curve_listing import curve_rows
from chatly_console.vectors.embedding_service import Service
from chatly_console.vectors.health_service import examine
from chatly_console.vectors.lab import Conclusion, Curve, Point, conclude, sweep_of
from chatly_console.vectors.listing import finding_rows, search_rows, search_words
from chatly_console.vectors.measuring import measure
from chatly_console.vectors.operators import parse_settings
from chatly_console.vectors.question import Question
from chatly_console.vectors.service import Catalogue, Found, Hit, find_columns, search

_LIMIT = 30.0


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `vectors`."""
    parts = parser.add_subparsers(dest="part", metavar="PART", required=True)
    part = parts.add_parser("search", help="the nearest rows to a text, a row or a vector")
    asked = part.add_mutually_exclusive_group(required=True)
    asked.add_argument("text", nargs="?", help="a text to search by")
    asked.add_argument("--row", metavar="KEY", help="more like the row with this primary key")
    asked.add_argument("--vector", metavar="VECTOR", help="a vector: [0.1, …], {1:0.5}/384 or 0101")
    part.add_argument("--set", metavar="NAME=VALUE", nargs="+", default=[], help="settings, such as probes=10")
    part.add_argument("--exact", action="store_true", help="search exactly, past every index")
    _add_provider(part)
    _add_column(part)
    for name, summary in (("recall", "recall against time over a sweep of settings"), ("advise", "what to set")):
        part = parts.add_parser(name, help=summary)
        part.add_argument("--queries", metavar="N", type=_count, default=100, help="rows that serve as questions (100)")
        part.add_argument("--target", metavar="RECALL", type=float, default=0.95, help="recall that is enough (0.95)")
        _add_column(part)
    _add_column(parts.add_parser("health", help="NULL and zero vectors, indexes, faults of the extension"))


def _add_column(part: argparse.ArgumentParser) -> None:
    from chatly_console.connections.options import add_connection_options

    add_connection_options(part, default=argparse.SUPPRESS)
    part.add_argument("--table", metavar="TABLE", help="the table, with its schema if need be (the largest)")
    part.add_argument("--column", metavar="COLUMN", help="the column of vectors")
    part.add_argument("--metric", metavar="METRIC", help="cosine, L2, inner product, L1, hamming, jaccard")
    part.add_argument("-k", metavar="K", type=_count, default=10, help="how many rows (10)")
    part.add_argument("--json", action="store_true", help="one JSON document")


def _add_provider(part: argparse.ArgumentParser) -> None:
    group = part.add_argument_group("what makes a vector of the text (else lexical, which knows no meaning)")
    group.add_argument(
        "--url", metavar="URL", help="a service that speaks OpenAI's way: the address before /embeddings"
    )
    group.add_argument("--model", metavar="MODEL", help="its model")
    group.add_argument("--dimensions", metavar="N", type=_count, help="ask it for vectors of this length")
    group.add_argument("--key-name", metavar="NAME", default="embeddings", help="the key's name in the keyring")
    group.add_argument("--consent", action="store_true", help="yes, send the text there")


async def run(arguments: argparse.Namespace) -> int:
    """Do one part. Exit status 0, 1 (findings, or an SQL error), 2, 3, 130."""
    from chatly_console.connections.choose import ask_in_terminal, choose_target, open_asking

    database = await open_asking(await choose_target(arguments), ask=ask_in_terminal)
    try:
        identity = await identity_of(arguments, database)
        catalogue = await find_columns(database)
        if not catalogue.version:
            raise Failure("pgvector is not installed in this database.", FailureKind.USAGE,
                          hint="create extension vector; installs it.")  # fmt: skip
        try:
            column = find_column(catalogue.columns, arguments.table, arguments.column, arguments.metric)
        except ValueError as error:
            raise Failure(str(error), FailureKind.USAGE) from error
        if arguments.part == "search":
            return await _search(arguments, database, column, identity)
        if arguments.part == "health":
            return await _health(arguments, database, catalogue, column)
        return await _measure(arguments, database, catalogue, column, identity)
    finally:
        await database.close()


async def _search(arguments: argparse.Namespace, database: Database, column: VectorColumn, identity: Identity) -> int:
    provider = await provider_of(_service(arguments), arguments.key_name, consented=arguments.consent)
    asked = await ask(database, column, _question(arguments), identity, provider)
    method = column.index.method if column.index else "ivfflat"
    try:
        settings = parse_settings(" ".join(arguments.set), method)
    except ValueError as error:
        raise Failure(str(error), FailureKind.USAGE) from error
    found = await search(database, column, asked.vector, arguments.k, identity, settings=settings,
                         without=asked.without, exact=arguments.exact, limit=arguments.timeout or _LIMIT)  # fmt: skip
    if asked.doubt:
        _tell(f"▲ {asked.doubt}")
    if arguments.json:
        _print_json(search_document(found, asked, column))
    else:
        rows, _ = search_rows(found, None, column)
        _print_table([c.name for c in rows.columns], list(rows.rows()))
        _tell(search_words(found, None, asked.provider))
    return 0


def _service(arguments: argparse.Namespace) -> Service | None:
    if not arguments.url:
        return None
    return Service(arguments.url, arguments.model or "text-embedding-3-small", arguments.dimensions)


def _question(arguments: argparse.Namespace) -> Question:
    if arguments.row is not None:
        return Question("row", arguments.row)
    if arguments.vector is not None:
        return Question("vector", arguments.vector)
    return Question("text", arguments.text)


async def _measure(
    arguments: argparse.Namespace,
    database: Database,
    catalogue: Catalogue,
    column: VectorColumn,
    identity: Identity,
) -> int:
    curve: Curve | None = None
    sweep = sweep_of(column, arguments.k, scans_on=catalogue.scans_on)
    async for grown in measure(database, column, sweep, k=arguments.k, questions=arguments.queries,
                               identity=identity, limit=arguments.timeout or 2 * _LIMIT):  # fmt: skip
        curve = grown
    curve = curve or Curve(arguments.k, 0)
    conclusion = conclude(curve, column, arguments.target)
    if arguments.json:
        document = curve_document(curve, column, identity)
        _print_json(document | advice_document(conclusion) if arguments.part == "advise" else document)
        return 0
    if arguments.part == "recall":
        rows = curve_rows(curve)
        _print_table([c.name for c in rows.columns], list(rows.rows()))
    print(safe_text(conclusion.sentence))
    if arguments.part == "advise" and conclusion.sql:
        print(safe_text(conclusion.sql, one_line=False))
    return 0


async def _health(arguments: argparse.Namespace, database: Database, catalogue: Catalogue, column: VectorColumn) -> int:
    findings = await examine(database, catalogue, column)
    if arguments.json:
        _print_json(
            [{"name": f.name, "level": f.level, "object": f.object, "detail": f.detail, "fix": f.fix} for f in findings]
        )
    else:
        rows = finding_rows(findings)
        _print_table([c.name for c in rows.columns], list(rows.rows()))
    return int(any(finding.level in ("ERROR", "WARN") for finding in findings))


def search_document(found: Found, asked: Asked, column: VectorColumn) -> dict[str, object]:
    """The keys of `vectors search --json`."""
    return {
        "rows": [_row(hit, column) for hit in found.hits],
        "k": found.k, "rows_returned": len(found.hits), "node": found.node.words,
        "approximate": found.node.approximate, "ms": round(found.milliseconds, 3), "provider": asked.provider,
        "doubt": asked.doubt, "table": f"{column.schema}.{column.table}", "column": column.name,
        "metric": column.metric.name, "identity": _who(found.identity),
    }  # fmt: skip


def _row(hit: Hit, column: VectorColumn) -> dict[str, object]:
    named = ((column.snippet, hit.snippet), (column.tenant, hit.tenant))
    return {
        "key": hit.key,
        "distance": hit.distance if math.isfinite(hit.distance) else None,
        "similarity": hit.similarity if hit.similarity is None or math.isfinite(hit.similarity) else None,
        "columns": {name: value for name, value in named if name is not None},
    }


def curve_document(curve: Curve, column: VectorColumn, identity: Identity) -> dict[str, object]:
    """The keys of `vectors recall --json`."""
    index = column.index
    return {
        "index": None if index is None else index.name, "index_definition": None if index is None else index.definition,
        "table": f"{column.schema}.{column.table}", "column": column.name, "metric": column.metric.name,
        "k": curve.k, "queries": curve.wanted, "identity": _who(identity), "exact_ms": curve.exact_ms,
        "points": [_point(point) for point in curve.points],
    }  # fmt: skip


def _point(point: Point) -> dict[str, object]:
    f = point.figures
    return {
        "settings": dict(point.settings), "recall": f.recall, "recall_min": f.recall_min, "rows": f.rows,
        "rows_min": f.rows_min, "short": f.short, "zeros": f.zeros, "below_half": f.below_half,
        "standard_error": f.standard_error, "queries": f.questions, "p50_ms": round(f.p50_ms, 3),
        "p95_ms": round(f.p95_ms, 3), "node": point.node.words, "approximate": point.node.approximate,
    }  # fmt: skip


def advice_document(conclusion: Conclusion) -> dict[str, object]:
    """What `vectors advise --json` adds to the curve."""
    return {
        "advice": conclusion.sentence,
        "sql": conclusion.sql,
        "best": None if conclusion.point is None else _point(conclusion.point),
    }


def _who(identity: Identity) -> str:
    return "" if identity == LOGIN else identity.describe()


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 10_000:
        raise argparse.ArgumentTypeError("a whole number from 1 to 10,000")
    return number


def _print_json(document: object) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))


def _print_table(names: Sequence[str], rows: Sequence[Row]) -> None:
    cells = [[safe_text(cell or "")[:80] for cell in row] for row in [tuple(names), *rows]]
    widths = [max(len(row[place]) for row in cells) for place in range(len(names))]
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _tell(text: str) -> None:
    print(safe_text(text, one_line=False), file=sys.stderr)
