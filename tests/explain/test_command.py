"""`chatly-console explain`, as typed."""

import io
import json
from pathlib import Path

import pytest

from chatly_console.cli import main

PLANS = Path(__file__).parent / "plans" / "18"
Captured = pytest.CaptureFixture[str]


def explain(*words: str) -> int:
    return main(["explain", *words])


def judged(*words: str) -> None:
    """Run it for a plan of a real server: how much there is to advise depends on the times of the run."""
    assert explain(*words) in (0, 1)


def test_a_plan_from_a_server_as_json(chatly_dsn: str, capsys: Captured) -> None:
    sql = "select count(*) from messages m join conversations c on c.id = m.conversation_id"
    status = explain("--dsn", chatly_dsn, "-c", sql, "--analyze", "--runs", "1", "--json")
    assert status in (0, 1), "how much advice there is depends on how busy the machine is"
    found = json.loads(capsys.readouterr().out)
    assert found["planning_ms"] > 0 and found["execution_ms"] > 0
    keys = {"id", "parent", "type", "relation", "loops", "workers", "total_ms", "self_ms", "rows_planned", "rows",
            "estimate_factor", "never_executed", "buffers"}  # fmt: skip
    assert all(keys <= set(node) for node in found["nodes"])
    assert {"messages", "conversations"} <= {node["relation"] for node in found["nodes"]}
    assert sum(node["self_ms"] for node in found["nodes"]) == pytest.approx(found["nodes"][0]["total_ms"], rel=0.1)
    for finding in found["findings"]:
        assert {"rule", "severity", "node", "at_stake_ms", "evidence", "fix"} <= set(finding)


def test_a_plan_alone_is_drawn_and_runs_nothing(chatly_dsn: str, capsys: Captured) -> None:
    judged("--dsn", chatly_dsn, "-c", "select pg_sleep(1000)")
    assert "Result" in capsys.readouterr().out


def test_as_another_user_row_level_security_is_in_the_plan(chatly_dsn: str, capsys: Captured) -> None:
    sql = "select count(*) from messages"
    judged("--dsn", chatly_dsn, "-c", sql, "--json")
    own = json.loads(capsys.readouterr().out)
    judged("--dsn", chatly_dsn, "--as", "ada@nordlicht.example", "-c", sql, "--json")
    hers = json.loads(capsys.readouterr().out)
    assert len(hers["nodes"]) > len(own["nodes"])


def test_what_writes_needs_a_yes_and_is_rolled_back(chatly_dsn: str, capsys: Captured) -> None:
    sql = "update messages set body = 'changed' where id in (select id from messages limit 5)"
    assert explain("--dsn", chatly_dsn, "-c", sql, "--analyze") == 2
    said = capsys.readouterr().err
    assert "--yes" in said and "messages: it was not run." in said
    judged("--dsn", chatly_dsn, "-c", sql, "--analyze", "--yes", "--json")
    assert json.loads(capsys.readouterr().out)["nodes"][0]["type"] == "ModifyTable"
    main(
        ["query", "--dsn", chatly_dsn, "-c", "select count(*) from messages where body = 'changed'", "--format", "csv"]
    )
    assert capsys.readouterr().out.split() == ["count", "0"]


def test_parameters_get_values_or_a_generic_plan(chatly_dsn: str, capsys: Captured) -> None:
    sql = "select * from messages where id = $1 and sent_at > $2"
    assert explain("--dsn", chatly_dsn, "-c", sql, "--format", "text") == 0
    assert "$1" in capsys.readouterr().out
    assert explain("--dsn", chatly_dsn, "-c", sql, "--value", "x") == 2
    value = "00000000-0000-0000-0000-000000000000"
    words = ["-c", sql, "--value", value, "--value", "2026-01-01", "--analyze", "--format", "text"]
    assert explain("--dsn", chatly_dsn, *words) == 0
    assert value in capsys.readouterr().out.rpartition("actual time")[2]
    named = "select * from messages where id = :id and sent_at > :since"
    assert explain("--dsn", chatly_dsn, "-c", named, "--generic", "--format", "text") == 0
    assert explain("--dsn", chatly_dsn, "-c", named, *words[2:]) == 0
    assert value in capsys.readouterr().out.rpartition("actual time")[2]


def test_an_error_of_the_server_is_a_sentence(chatly_dsn: str, capsys: Captured) -> None:
    assert explain("--dsn", chatly_dsn, "-c", "select * from nowhere") == 1
    assert "nowhere" in capsys.readouterr().err
    assert explain("--dsn", chatly_dsn, "-c", "commit") == 2


def test_a_pasted_plan_needs_no_server(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    assert explain(str(PLANS / "hash-join.yaml")) == 0
    drawn = capsys.readouterr().out
    assert "▎" in drawn and "Hash Join" in drawn and "execution" in drawn
    text = (PLANS / "hash-join.text").read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert explain("-", "--json") == 0
    assert json.loads(capsys.readouterr().out)["nodes"][2]["type"] == "Hash Join"


def test_what_is_no_plan_says_where(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("nothing\nof the kind\n")
    assert explain(str(path)) == 2
    assert "notes.txt: Line 1" in capsys.readouterr().err
    assert explain(str(tmp_path / "missing")) == 2


def test_two_plans_are_compared(capsys: Captured) -> None:
    names = (str(PLANS / "sort-disk.text"), str(PLANS / "sort-parallel-disk.text"))
    assert explain("--diff", *names) == 0
    assert "≠" in capsys.readouterr().out or "new" in capsys.readouterr().out
    assert explain("--diff", *names, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert {entry["name"] for entry in found["summary"]} >= {"execution ms", "blocks"}
    assert any(change["kind"] != "same" for change in found["changes"])


@pytest.mark.parametrize("name", ["text", "json", "markdown", "svg"])
def test_every_format_also_without_names(name: str, capsys: Captured) -> None:
    path = str(PLANS / "sort-disk.text")
    assert explain(path, "--format", name) == 0
    assert "orders" in capsys.readouterr().out
    assert explain(path, "--format", name, "--anonymise") == 0
    assert "orders" not in capsys.readouterr().out


def test_what_was_found_is_in_the_exit_status_as_of_every_command(tmp_path: Path, capsys: Captured) -> None:
    assert explain(str(PLANS / "sort-disk.text")) == 1
    assert explain(str(PLANS / "sort-disk.text"), "--json") == 1
    assert json.loads(capsys.readouterr().out.strip().split("\n")[-1])["findings"]
    assert explain(str(PLANS / "semi-join.text"), "--strict") == 0
    remark = tmp_path / "remark.txt"
    remark.write_text("Seq Scan on t  (cost=0.00..9.00 rows=1 width=4)\n  Disabled: true\n")
    assert explain(str(remark)) == 0
    assert "[info]" in capsys.readouterr().out
    assert explain(str(remark), "--strict") == 1


def test_several_plans_are_one_document(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "two.txt"
    path.write_text((PLANS / "hash-join.text").read_text() * 2)
    assert explain(str(path), "--json") == 0
    assert len(json.loads(capsys.readouterr().out)) == 2
