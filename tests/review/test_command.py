import json

import asyncpg
import pytest

from chatly_console.cli import main
from chatly_console.connections.review_command import told
from chatly_console.review.items import ITEMS, Reviewed, Standing
from tests.conftest import run_apart

NAMES = [
    "foreign_keys_defined", "foreign_keys_indexed", "filtered_columns_indexed", "row_level_security", "no_way_around",
    "policies_fast", "isolation", "critical_queries", "migrations", "written_down",
]  # fmt: skip


def test_the_chatly_database_passes_every_point_with_evidence(
    chatly_dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["--dsn", chatly_dsn, "doctor", "--review", "--json"])
    points = {point["name"]: point for point in json.loads(capsys.readouterr().out)}
    assert {name: point["findings"] for name, point in points.items() if point["standing"] != "ok"} == {}
    assert status == 0
    assert list(points) == NAMES
    assert all(
        set(point) == {"number", "name", "question", "standing", "words", "findings", "mend"}
        for point in points.values()
    )
    assert "40 tenants" in points["isolation"]["words"]
    assert "31 applied" in points["migrations"]["words"]
    assert points["critical_queries"]["words"].count(" ms") >= 5
    assert all(any(sign.isdigit() for sign in point["words"]) for point in points.values())


def test_a_point_is_told_in_a_few_lines_with_what_is_wrong_and_how_to_mend_it() -> None:
    found = Reviewed(
        ITEMS[1], Standing.FAIL, "looked at: foreign keys 12", tuple(f"t{n}: bare" for n in range(12)), "do"
    )
    lines = told(found).splitlines()
    assert lines[0] == "fail     2  Is every foreign key covered by an index?"
    assert lines[1].strip() == "looked at: foreign keys 12"
    assert [line.strip() for line in lines[2:4]] == ["✗ t0: bare", "✗ t1: bare"]
    assert lines[-2].strip() == "… and 2 more (--json lists all)"
    assert lines[-1].strip() == "→ do"


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
