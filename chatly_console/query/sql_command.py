"""`chatly-console sql split|format|classify FILE...`: SQL files looked at without a server."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from chatly_console.core.classify import Classification, classify
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.sql import Script
from chatly_console.query.sql_format import format_script


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `sql`."""
    actions = parser.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    for name, summary in (
        ("split", "where each statement begins and ends, by psql's rules"),
        ("format", "the statements with lower-case keywords and one clause a line, on standard output"),
        ("classify", "what each statement reads, writes and locks, and its risk"),
    ):
        action = actions.add_parser(name, help=summary, description=summary)
        action.add_argument("files", nargs="+", metavar="FILE", help="a file of SQL; - is standard input")
        if name != "format":
            action.add_argument("--json", action="store_true", help="one JSON document a line for each file")


async def run(arguments: argparse.Namespace) -> int:
    """Read every file, then print; nothing is printed where one cannot be read."""
    texts = [(name, _read(name)) for name in arguments.files]
    for name, text in texts:
        for line in _lines(arguments, name, text):
            sys.stdout.write(line)
    sys.stdout.flush()
    return 0


def _lines(arguments: argparse.Namespace, name: str, text: str) -> Iterator[str]:
    match arguments.action:
        case "format":
            yield format_script(text)
        case "split" if arguments.json:
            found = [{"start": s.start, "end": s.end, "line": s.line} for s in Script(text)]
            yield json.dumps({"file": name, "statements": found}, ensure_ascii=False) + "\n"
        case "split":
            for statement in Script(text):
                yield f"{name}:{statement.line}: {_first_line(text[statement.code : statement.end])}\n"
        case "classify" if arguments.json:
            classified = [
                {"line": s.line, "start": s.start, "end": s.end} | _as_json(classify(text[s.start : s.end]))
                for s in Script(text)
            ]
            yield json.dumps({"file": name, "statements": classified}, ensure_ascii=False) + "\n"
        case _:
            yield from _table(name, text)


def _table(name: str, text: str) -> Iterator[str]:
    rows = [("line", "risk", "transaction", "verb", "lock", "what it does")]
    for statement in Script(text):
        found = classify(text[statement.start : statement.end])
        transaction = "none" if found.needs_no_transaction else "read only" if found.reads_only else "read write"
        what = _first_line(found.sentence)
        rows.append((str(statement.line), found.risk.name.lower(), transaction, found.verb, found.lock, what))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    yield f"{name}\n"
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:5], widths, strict=True)]
        yield "  ".join([*cells, row[5]]).rstrip() + "\n"


def _as_json(found: Classification) -> dict[str, object]:
    return {
        "verb": found.verb,
        "risk": found.risk.name.lower(),
        "reads_only": found.reads_only,
        "writes": found.writes,
        "transaction_control": found.transaction_control,
        "needs_no_transaction": found.needs_no_transaction,
        "returns_rows": found.returns_rows,
        "relations": [{"name": r.name, "written": r.written} for r in found.relations],
        "lock": found.lock,
        "blocks": found.blocks,
        "sentence": found.sentence,
    }


def _first_line(text: str, width: int = 100) -> str:
    """The text on one line, without control characters, cut where it is long."""
    flat = " ".join(text[: width * 8].split())
    clean = "".join(character if character.isprintable() else "�" for character in flat)
    return clean if len(clean) <= width else clean[: width - 1] + "…"


def _read(name: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise Failure(f"{name} cannot be read: {error.strerror or error}.", FailureKind.USAGE) from error
    except UnicodeDecodeError as error:
        raise Failure(f"{name} is not UTF-8 (byte {error.start}).", FailureKind.USAGE) from error
