"""`rls ...` on Chatly's data, as a script would call it."""

import json

import pytest

from chatly_console.cli import main

ADA, BEN = "ada@nordlicht.example", "ben@miro.example"


def rls(capsys: pytest.CaptureFixture[str], dsn: str, *words: str) -> tuple[int, object]:
    status = main(["rls", *words, "--dsn", dsn, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_why_and_diff_have_their_documented_keys(capsys: pytest.CaptureFixture[str], chatly_dsn: str) -> None:
    status, why = rls(capsys, chatly_dsn, "why", "plans", "--as", "anon")
    assert status == 0 and isinstance(why, dict)
    assert {"table", "command", "identity", "rows", "truncated"} <= why.keys()
    assert {row["visible"] for row in why["rows"]} == {True, False}
    status, diff = rls(capsys, chatly_dsn, "diff", "channels", "--as", ADA, "--as", BEN)
    assert status == 0 and isinstance(diff, dict)
    assert diff["both"] == 0 and diff["only"][ADA] and diff["only"][BEN] and diff["differing"] == []


def test_isolation_and_try_have_their_documented_keys(capsys: pytest.CaptureFixture[str], chatly_dsn: str) -> None:
    status, proof = rls(capsys, chatly_dsn, "isolation")
    assert status == 0 and isinstance(proof, dict)
    assert proof["leaks"] == [] and proof["errors"] == []
    assert proof["pairs"] == proof["tenants"] * (proof["tenants"] - 1) and proof["writes"] > 1000
    assert {"kind", "object"} <= proof["bypasses"][0].keys()
    status, attempt = rls(capsys, chatly_dsn, "try", "delete from plans", "--as", ADA)
    assert status == 1 and isinstance(attempt, dict)
    assert attempt["missing_grant"] == "DELETE on plans" and not attempt["ok"] and attempt["refused_by"] == []
    status, attempt = rls(
        capsys, chatly_dsn, "try",
        "insert into channels (platform_client_id, kind, external_account_id, display_name) "
        "select id, 'whatsapp', 'x', 'x' from (values (gen_random_uuid())) v (id)", "--as", ADA,
    )  # fmt: skip
    assert status == 1 and isinstance(attempt, dict) and attempt["sqlstate"] == "42501"
    assert [(r["policy"], r["value"]) for r in attempt["refused_by"]] == [("channels_insert", False)]


@pytest.mark.parametrize(
    "words",
    [
        ("try", "delete from plans", "--as", ADA, "--json"),
        ("try", "--as", ADA, "--json", "delete from plans"),
        ("--json", "--as", ADA, "try", "delete from plans"),
    ],
)
def test_options_may_stand_before_what_they_are_about(
    capsys: pytest.CaptureFixture[str], chatly_dsn: str, words: tuple[str, ...]
) -> None:
    assert main(["rls", *words, "--dsn", chatly_dsn]) == 1
    assert json.loads(capsys.readouterr().out)["missing_grant"] == "DELETE on plans"


def test_a_word_too_many_is_still_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["rls", "matrix", "--json", "plans", "channels"])
    assert ended.value.code == 2 and "channels" in capsys.readouterr().err
