import json

import asyncpg
import pytest

from chatly_console.cli import main
from tests.conftest import run_apart

NAMES = [
    "foreign_keys_defined", "foreign_keys_indexed", "filtered_columns_indexed", "row_level_security", "no_way_around",
    "policies_fast", "isolation", "critical_queries", "migrations", "written_down",
]  # fmt: skip


def test_a_sound_database_is_told_point_by_point(chatly_dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--dsn", chatly_dsn, "doctor", "--review"]) == 0
    said = capsys.readouterr().out
    assert said.count("ok      ") == 10
    assert "Is every foreign key covered by an index?" in said and "no leak" in said


def test_as_json_it_has_stable_keys(chatly_dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--dsn", chatly_dsn, "doctor", "--review", "--json"]) == 0
    points = json.loads(capsys.readouterr().out)
    assert [point["name"] for point in points] == NAMES
    assert all(
        set(point) == {"number", "name", "question", "standing", "words", "findings", "mend"} for point in points
    )


def test_a_fault_is_shown_safely_and_fails(database_dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    async def plant() -> None:
        connection = await asyncpg.connect(database_dsn, timeout=10)
        await connection.execute('create table "[/] \x1b[31m" (id int primary key, thing_id uuid)')
        await connection.close()

    run_apart(plant())
    assert main(["--dsn", database_dsn, "doctor", "--review"]) == 1
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "[/]" in said and "has no foreign key" in said and "→" in said


def test_without_a_database_it_says_how_to_name_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--review"]) == 2
    assert "--dsn" in capsys.readouterr().err
