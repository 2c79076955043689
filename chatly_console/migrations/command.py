"""`chatly-console migrate`: what is applied, pending, changed or missing, and what the pending ones would lock."""

import argparse
import json
import sys
from pathlib import Path

from chatly_console.connections.choose import ask_in_terminal, choose_target, open_asking
from chatly_console.core.text import safe_text
from chatly_console.migrations.files import new_pair
from chatly_console.migrations.service import read_status
from chatly_console.migrations.status import Migration, State, outlook, summary
from chatly_console.resources import data_folder


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what to do and where the files are."""
    parser.add_argument("action", choices=("status", "plan", "new"), help="what to do")
    parser.add_argument("name", nargs="?", help="for new: what the migration does")
    parser.add_argument("--folder", metavar="DIR", help="the migrations (by default ./database, else Chatly's own)")
    parser.add_argument("--json", action="store_true", help="one JSON array of {version, name, state, ...}")


def migrations_folder(given: str | None) -> Path:
    """The folder that was named, else `database` here, else the one that travels with the program."""
    if given:
        return Path(given)
    here = Path("database")
    return here if here.is_dir() else data_folder("database")


async def run(arguments: argparse.Namespace) -> int:
    """Do it; 1 where anything is pending, changed, missing or out of order."""
    folder = migrations_folder(arguments.folder)
    if arguments.action == "new":
        for path in new_pair(folder, arguments.name or ""):
            print(path)
        return 0
    profile = await choose_target(arguments, lambda words: print(words, file=sys.stderr))
    database = await open_asking(profile, ask=ask_in_terminal)
    try:
        migrations = await read_status(database, folder)
    finally:
        await database.close()
    shown = [m for m in migrations if m.is_pending] if arguments.action == "plan" else migrations
    if arguments.json:
        print(json.dumps([_document(m) for m in shown], ensure_ascii=False))
    else:
        for migration in shown:
            print(_line(migration))
            if arguments.action == "plan":
                _print_statements(migration)
        print(f"{summary(migrations)}. {outlook(migrations)}", file=sys.stderr)
    return 0 if all(m.state is State.APPLIED for m in migrations) else 1


def _line(migration: Migration) -> str:
    return f"{migration.version}  {migration.state.value:12}  {safe_text(migration.name)}"


def _print_statements(migration: Migration) -> None:
    for statement in migration.file.statements if migration.file else ():
        lock = f"{statement.kind.lock}: blocks {statement.kind.blocks}" if statement.kind.lock else "no lock of note"
        print(f"  line {statement.line:<5} {safe_text(statement.kind.sentence or statement.kind.verb)}  ({lock})")


def _document(migration: Migration) -> dict[str, object]:
    return {
        "version": migration.version,
        "name": migration.name,
        "state": migration.state.value,
        "applied_at": None,
        "down": migration.file is not None and migration.file.down is not None,
        "statements": [
            {"line": s.line, "verb": s.kind.verb, "lock": s.kind.lock, "sentence": s.kind.sentence}
            for s in (migration.file.statements if migration.file else ())
        ],
    }
