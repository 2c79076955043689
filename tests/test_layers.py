"""The rules of the house that a machine can hold: who imports whom, who may talk to the server and to the screen."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "chatly_console"
SHARED = {"core", "server", "shell"}
ENTRANCES = {"cli", "console", "panes", "__main__"}
FILES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports_of(path: Path) -> tuple[str, ...]:
    """Every module that the file imports, also inside functions."""
    return tuple(_imports_of(path))


def _imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if parts[0] == "chatly_console" and len(parts) > 1 else ""


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_run_one_way(path: Path) -> None:
    here, room = name_of(path), room_of(name_of(path))
    allowed = {"core": {"core"}, "server": {"core", "server"}, "shell": {"core", "server", "shell"}}.get(room)
    for module in imports_of(path):
        there = room_of(module)
        if there and there != "resources" and allowed is not None:
            assert there in allowed or module == "chatly_console.__version__", f"{here} imports {module}"
        if there and there not in SHARED | {"resources", room} and room not in ENTRANCES:
            assert ".ui" not in module, f"{here} imports the screen of another room: {module}"
        if room not in ENTRANCES:
            assert there not in ENTRANCES, f"{here} imports the entrance {module}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_server_and_services_know_the_driver_and_only_shell_and_ui_the_screen(path: Path) -> None:
    here = name_of(path)
    parts = path.relative_to(PACKAGE).parts
    for module in {name.split(".")[0] for name in imports_of(path)}:
        if module == "asyncpg":
            assert parts[0] == "server" or path.name == "service.py", f"{here} imports asyncpg"
        if module in ("textual", "rich"):
            assert parts[0] == "shell" or "ui" in parts, f"{here} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_text_is_typed_only_into_fields_that_show_it_safely(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    made = re.findall(r"(?<![\w.])(?:Input|TextArea)\(\S|class \w+\((?:Input|TextArea)\)", source)
    allowed = {"chatly_console.shell.text_fields": 2, "chatly_console.query.ui.editor_canvas": 1}
    assert len(made) <= allowed.get(name_of(path), 0), f"use shell/text_fields.py: {made}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_are_short_enough_to_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, "which two rooms is it?"


def test_statements_of_our_own_are_in_sql_files() -> None:
    """Each file of SQL is used, and by its own package."""
    code = {path: path.read_text(encoding="utf-8") for path in FILES}
    for statement in PACKAGE.rglob("sql/*.sql"):
        stem = re.sub(r"_\d{4,6}$", "", statement.stem)
        room = statement.parents[1]
        used = any(f'"{stem}"' in text for path, text in code.items() if path.is_relative_to(room))
        assert used or any(f'"{name_of(room)}", "{stem}"' in text for text in code.values()), f"nobody uses {statement}"


def loaded_after(module: str) -> set[str]:
    script = f"import sys, {module}; print(' '.join(sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    return {name.split(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("chatly_console.cli", {"asyncpg", "textual", "rich", "numpy", "keyring", "sqlparse"}),
        ("chatly_console.core.sql", {"asyncpg", "textual", "numpy"}),
        ("chatly_console.core.classify", {"asyncpg", "textual", "numpy"}),
        ("chatly_console.core.formats", {"asyncpg", "textual", "numpy"}),
        ("chatly_console.server.database", {"textual", "rich", "numpy", "keyring"}),
        ("chatly_console.query.command", {"textual", "rich"}),
        ("chatly_console.demo.opening", {"numpy", "textual", "rich", "keyring"}),
        ("chatly_console.shell.app", {"asyncpg", "numpy", "keyring", "sqlparse", "tree_sitter"}),
    ],
)
def test_a_fresh_process_loads_no_more_than_it_needs(module: str, forbidden: set[str]) -> None:
    assert not loaded_after(module) & forbidden
