"""`chatly-console vectors search | recall | advise | health`: the Vectors pane for scripts and CI."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from chatly_console.connections.identity_option import identity_of
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.row_source import ListedRows
from chatly_console.core.text import safe_text
from chatly_console.server.database import Database
from chatly_console.vectors.advice import Advice, migration
from chatly_console.vectors.advice_listing import advice_rows, advice_words
from chatly_console.vectors.advising import advise
from chatly_console.vectors.asking import ask, provider_of
from chatly_console.vectors.column import VectorColumn, find_column
from chatly_console.vectors.curve_listing import curve_rows
from chatly_console.vectors.documents import (
    advice_document,
    conclusion_document,
    curve_document,
    finding_document,
    hybrid_document,
    search_document,
)
from chatly_console.vectors.embedding_service import Service, Template
from chatly_console.vectors.health_service import examine
from chatly_console.vectors.hybrid import hybrid_search, hybrid_sql
from chatly_console.vectors.lab import Curve, conclude, parse_sweep, sweep_of
from chatly_console.vectors.listing import finding_rows, hybrid_rows, hybrid_words, search_rows, search_words
from chatly_console.vectors.measuring import Sampled, measure
from chatly_console.vectors.on_table import try_on_table
from chatly_console.vectors.operators import parse_settings
from chatly_console.vectors.options import configure
from chatly_console.vectors.providers import Provider
from chatly_console.vectors.question import Question
from chatly_console.vectors.service import Catalogue, find_columns, search
from chatly_console.vectors.statements import copyable_sql

__all__ = ["configure", "run"]

_LIMIT = 30.0


async def run(arguments: argparse.Namespace) -> int:
    """Do one part. Exit status 0, 1 (findings, or an SQL error), 2, 3, 130."""
    from chatly_console.connections.choose import ask_in_terminal, choose_target, open_asking

    profile = await choose_target(arguments)
    if arguments.part == "advise" and (profile.is_production or profile.read_only) and not arguments.yes:
        raise Failure(
            f"{profile.name} is {'a production' if profile.is_production else 'a read-only'} profile.",
            FailureKind.REFUSED,
            hint="--yes tries indexes there all the same: on a copy, in a transaction that is rolled back.",
        )
    if arguments.part == "advise" and arguments.on_table and not arguments.yes:
        raise Failure("--on-table builds an index on the table itself: it wants --yes.", FailureKind.USAGE)
    database = await open_asking(profile, ask=ask_in_terminal)
    try:
        identity = await identity_of(arguments, database)
        catalogue = await find_columns(database)
        if not catalogue.version:
            raise Failure("pgvector is not installed in this database.", FailureKind.USAGE,
                          hint="create extension vector; installs it.")  # fmt: skip
        column = _column(arguments, catalogue)
        if arguments.part == "search":
            return await _search(arguments, database, column, identity)
        if arguments.part == "health":
            return await _health(arguments, database, catalogue, column)
        if arguments.part == "advise":
            return await _advise(arguments, database, column)
        return await _measure(arguments, database, catalogue, column, identity)
    finally:
        await database.close()


def _column(arguments: argparse.Namespace, catalogue: Catalogue) -> VectorColumn:
    columns = [c for c in catalogue.columns if arguments.form in (None, c.form)]
    try:
        column = find_column(columns, arguments.table, arguments.column, arguments.metric)
    except ValueError as error:
        raise Failure(str(error), FailureKind.USAGE) from error
    return column.filtered(arguments.where).labelled(getattr(arguments, "label", ()))


async def _search(arguments: argparse.Namespace, database: Database, column: VectorColumn, identity: Identity) -> int:
    asked = await ask(database, column, _question(arguments), identity, await _provider(arguments))
    method = column.index.method if column.index else "ivfflat"
    try:
        settings = parse_settings(" ".join(arguments.set), method)
    except ValueError as error:
        raise Failure(str(error), FailureKind.USAGE) from error
    if asked.doubt:
        _tell(f"▲ {asked.doubt}")
    if arguments.hybrid and not arguments.text:
        raise Failure("A hybrid search needs a text.", FailureKind.USAGE)
    if arguments.sql:
        sql = copyable_sql(column, arguments.k, asked.vector, settings, like_row=asked.without)
        print(hybrid_sql(column, arguments.k, asked.vector, arguments.text, settings) if arguments.hybrid else sql)
        return 0
    limit = arguments.timeout or _LIMIT
    if arguments.hybrid:
        both = await hybrid_search(database, column, asked.vector, arguments.text, arguments.k, identity,
                                   settings=settings, limit=limit)  # fmt: skip
        document, (rows, _) = hybrid_document(both, asked, column), hybrid_rows(both, column)
        words = hybrid_words(both, column, asked.provider)
    else:
        found = await search(database, column, asked.vector, arguments.k, identity, settings=settings,
                             without=asked.without, exact=arguments.exact, limit=limit)  # fmt: skip
        document, (rows, _) = search_document(found, asked, column), search_rows(found, None, column)
        words = search_words(found, None, asked.provider)
    if arguments.json:
        _print_json(document)
    else:
        _print_table(rows)
        _tell(words)
    return 0


async def _provider(arguments: argparse.Namespace) -> Provider:
    service = None
    if arguments.url:
        template = Template(arguments.body, arguments.path) if arguments.body else None
        service = Service(arguments.url, arguments.model or "text-embedding-3-small", arguments.dimensions,
                          template=template)  # fmt: skip
    return await provider_of(service, arguments.key_name, consented=arguments.consent)


def _question(arguments: argparse.Namespace) -> Question:
    given = [bool(arguments.text), bool(arguments.row), arguments.vector is not None]
    if sum(given) != 1 or (arguments.minus and not arguments.row):
        raise Failure("Search by one of: a text, --row KEY (with --minus KEY), --vector VECTOR.", FailureKind.USAGE)
    if arguments.vector is not None:
        return Question("vector", arguments.vector)
    if not arguments.row:
        return Question("text", arguments.text)
    if len(arguments.row) == 1 and not arguments.minus:
        return Question("row", arguments.row[0])
    return Question(
        "rows", " + ".join(f"={key}" for key in arguments.row) + "".join(f" - ={k}" for k in arguments.minus)
    )


async def _measure(
    arguments: argparse.Namespace,
    database: Database,
    catalogue: Catalogue,
    column: VectorColumn,
    identity: Identity,
) -> int:
    sweep = sweep_of(column, arguments.k, scans_on=catalogue.scans_on)
    if arguments.tried and column.index is not None:
        try:
            sweep = parse_sweep(arguments.tried, column.index.method)
        except ValueError as error:
            raise Failure(str(error), FailureKind.USAGE) from error
    own = await _own_questions(arguments, database, column, identity) if arguments.questions else ()
    curve = Curve(arguments.k, 0)
    async for grown in measure(database, column, sweep, k=arguments.k, questions=arguments.queries,
                               identity=identity, own=own, limit=arguments.timeout or 2 * _LIMIT):  # fmt: skip
        curve = grown
    conclusion = conclude(curve, column, arguments.target)
    if arguments.json:
        _print_json(curve_document(curve, column, identity) | conclusion_document(conclusion))
        return 0
    _print_table(curve_rows(curve))
    print(safe_text(conclusion.sentence))
    return 0


async def _own_questions(
    arguments: argparse.Namespace, database: Database, column: VectorColumn, identity: Identity
) -> list[Sampled]:
    try:
        text = await asyncio.to_thread(Path(arguments.questions).read_text, "utf-8")
    except (OSError, ValueError) as error:
        raise Failure(f"The questions cannot be read: {error}.", FailureKind.USAGE) from error
    provider = await _provider(arguments)
    questions = [Question.parse(line, column.type) for line in text.splitlines() if line.strip()]
    found = [await ask(database, column, question, identity, provider) for question in questions]
    return [Sampled(q.words, asked.vector, asked.without) for q, asked in zip(questions, found, strict=True)]


async def _advise(arguments: argparse.Namespace, database: Database, column: VectorColumn) -> int:
    advice: Advice | None = None
    async for grown in advise(database, column, k=arguments.k, questions=arguments.queries, most_rows=arguments.rows,
                              tell=_tell if sys.stderr.isatty() else _say_nothing):  # fmt: skip
        advice = replace(grown, within=arguments.within)
    if advice is None or not advice.rows:
        raise Failure("No row with a vector can be seen.", FailureKind.USAGE)
    if arguments.on_table:
        advice = await _on_table(arguments, database, column, advice)
    if arguments.json:
        _print_json(advice_document(advice, column, arguments.target))
        return 0
    _print_table(advice_rows(advice, arguments.target))
    _tell(advice_words(advice))
    print(safe_text(advice.sentence(arguments.target)))
    winner = advice.winner(arguments.target)
    if winner is not None and not winner.candidate.current:
        print(safe_text(migration(advice, winner, column)[1], one_line=False))
    return 0


async def _on_table(arguments: argparse.Namespace, database: Database, column: VectorColumn, advice: Advice) -> Advice:
    """The advice with a trial of the best index on the table itself."""
    best = advice.winner(arguments.target)
    if best is None:
        return advice
    candidate = replace(best.candidate, current=False)
    grown = try_on_table(database, column, candidate, k=arguments.k,
                         tell=_tell if sys.stderr.isatty() else _say_nothing)  # fmt: skip
    async with aclosing(grown) as trials:
        async for trial in trials:
            advice = replace(advice, on_table=(trial,))
    return advice


async def _health(arguments: argparse.Namespace, database: Database, catalogue: Catalogue, column: VectorColumn) -> int:
    findings = await examine(database, catalogue, column)
    if arguments.json:
        _print_json([finding_document(finding) for finding in findings])
    else:
        _print_table(finding_rows(findings))
    return int(any(finding.level in ("ERROR", "WARN") for finding in findings))


def _print_json(document: object) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))


def _print_table(rows: ListedRows, widest: int = 100) -> None:
    names: Sequence[str | None] = [column.name for column in rows.columns]
    cells = [[safe_text(cell or "")[:widest] for cell in row] for row in [names, *rows.rows()]]
    widths = [max(len(row[place]) for row in cells) for place in range(len(names))]
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _tell(text: str) -> None:
    print(safe_text(text, one_line=False), file=sys.stderr)


def _say_nothing(text: str) -> None:
    """Phases are for people: a log of a script needs none."""
