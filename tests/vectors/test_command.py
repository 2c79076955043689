"""`chatly-console vectors`, as typed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding

from chatly_console.cli import main
from chatly_console.vectors.advice import Advice, Trial
from chatly_console.vectors.candidates import Candidate
from chatly_console.vectors.documents import advice_document
from chatly_console.vectors.ui.keys import VECTORS_BINDINGS
from tests.vectors.conftest import HOSTILE
from tests.vectors.service_stand_in import running
from tests.vectors.test_advice import point
from tests.vectors.test_rules import column

ADA = "ada@nordlicht.example"
Captured = pytest.CaptureFixture[str]


def vectors(dsn: str, *words: str) -> int:
    part, *rest = words
    return main(["vectors", part, "--dsn", dsn, *rest])


def document(capsys: Captured) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_search_as_json_has_the_documented_keys(chatly_dsn: str, capsys: Captured) -> None:
    assert vectors(chatly_dsn, "search", "return glasses", "-k", "3", "--json", "--label", "language") == 0
    found = document(capsys)
    assert {"rows", "k", "rows_returned", "node", "ms", "provider"} <= found.keys()
    assert found["k"] == 3 and found["rows_returned"] == len(found["rows"]) and "lexical" in found["provider"]
    assert {"key", "distance", "similarity", "columns"} <= found["rows"][0].keys()
    assert {"content", "platform_client_id", "language"} == found["rows"][0]["columns"].keys()
    key = found["rows"][0]["key"]
    assert vectors(chatly_dsn, "search", "--row", key, "-k", "3", "--json", "--exact") == 0
    like = document(capsys)
    assert key not in {row["key"] for row in like["rows"]} and not like["approximate"]
    other = found["rows"][1]["key"]
    assert vectors(chatly_dsn, "search", "--row", key, "--row", other, "--minus", like["rows"][2]["key"], "--json") == 0
    assert document(capsys)["provider"] == "mean of 2 rows less 1"


def test_a_tenant_and_a_filter_narrow_what_is_found(chatly_dsn: str, capsys: Captured) -> None:
    words = ("search", "Gleitsichtbrille", "-k", "20", "--json", "--exact", "--label", "language")
    assert vectors(chatly_dsn, *words, "--as", ADA) == 0
    hers = document(capsys)
    assert len({row["columns"]["platform_client_id"] for row in hers["rows"]}) == 1 and ADA in hers["identity"]
    assert vectors(chatly_dsn, *words, "--where", "language = 'ja'") == 0
    assert {row["columns"]["language"] for row in document(capsys)["rows"]} == {"ja"}
    assert vectors(chatly_dsn, *words, "--where", "language = 'ja') or (true") == 2
    assert "condition" in capsys.readouterr().err


def test_hybrid_search_and_sql(chatly_dsn: str, capsys: Captured) -> None:
    assert vectors(chatly_dsn, "search", "return glasses", "-k", "4", "--hybrid", "--json") == 0
    found = document(capsys)
    assert found["text_node"] and all({"score", "vector_place", "text_place"} <= row.keys() for row in found["rows"])
    assert vectors(chatly_dsn, "search", "it's 'glasses'", "-k", "4", "--hybrid", "--sql") == 0
    assert "by_vector as materialized" in capsys.readouterr().out
    assert vectors(chatly_dsn, "search", "--vector", "[1]", "--hybrid") == 2


def test_a_curve_as_json_has_the_documented_keys(chatly_dsn: str, capsys: Captured, tmp_path: Path) -> None:
    assert vectors(chatly_dsn, "recall", "--queries", "4", "--try", "probes=1,100", "--json", "--as", ADA) == 0
    curve = document(capsys)
    assert {"index", "metric", "k", "queries", "identity", "points"} <= curve.keys() and curve["queries"] == 4
    keys = {"settings", "recall", "recall_min", "rows", "p50_ms", "p95_ms", "node"}
    assert all(keys <= point.keys() for point in curve["points"]) and len(curve["points"]) == 2
    assert curve["points"][1]["recall"] == 1.0
    questions = tmp_path / "questions"
    questions.write_text("return glasses\n\nopening hours\n")
    assert vectors(chatly_dsn, "recall", "--questions", str(questions), "--try", "probes=100", "--json") == 0
    assert document(capsys)["queries"] == 2
    assert vectors(chatly_dsn, "recall", "--questions", str(tmp_path / "none")) == 2
    assert vectors(chatly_dsn, "recall", "--try", "probes=0") == 2


def test_advice_as_json_and_health(chatly_dsn: str, capsys: Captured) -> None:
    assert vectors(chatly_dsn, "advise", "--queries", "3", "--rows", "400", "--json") == 0
    advice = document(capsys)
    assert advice["rows"] == 400 and not advice["whole"] and len(advice["trials"]) >= 5
    assert {"index", "build_seconds", "bytes", "best", "points", "failure"} <= advice["trials"][0].keys()
    status = vectors(chatly_dsn, "health", "--json")
    findings = document(capsys)
    assert status == int(any(f["level"] in ("ERROR", "WARN") for f in findings))
    assert all({"name", "level", "object", "detail", "fix"} == f.keys() for f in findings)


@pytest.mark.parametrize(
    "words",
    [("search",), ("search", "a", "--row", "b"), ("search", "--minus", "b"), ("search", "a", "--table", "none"),
     ("search", "a", "--metric", "nearness"), ("search", "a", "--set", "probes=0"), ("search", "--vector", "[1,2]"),
     ("search", "a", "--url", "http://api.example.com/v1"), ("search", "a", "--form", "binary")],
)  # fmt: skip
def test_wrong_use_is_a_sentence_and_status_2(chatly_dsn: str, capsys: Captured, words: tuple[str, ...]) -> None:
    assert vectors(chatly_dsn, *words) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("chatly-console: ") and "Traceback" not in err


def test_texts_go_nowhere_without_consent(chatly_dsn: str, capsys: Captured) -> None:
    assert vectors(chatly_dsn, "search", "secret words", "--url", "https://api.example.com/v1") != 0
    assert "nobody has agreed" in capsys.readouterr().err


def test_a_text_is_searched_through_a_service(chatly_dsn: str, capsys: Captured) -> None:
    with running() as url:
        asked = ("search", "return glasses", "--model", "m", "-k", "3", "--url")
        assert vectors(chatly_dsn, *asked, f"{url}/once/v1", "--dimensions", "384", "--json") == 0
        found = document(capsys)
        assert found["rows_returned"] == 3 and found["provider"] == "m at 127.0.0.1"
        for path, words in (("v1", "m makes 2 dimensions, and the column has 384"), ("busy", "HTTP 429 4 times"),
                            ("denied", "HTTP 401"), ("wrong/page", "did not answer with an embedding")):  # fmt: skip
            assert vectors(chatly_dsn, *asked, f"{url}/{path}") != 0
            out, err = capsys.readouterr()
            assert out == "" and words in err and "Traceback" not in err


def test_without_pgvector_it_says_what_to_do(database_dsn: str, capsys: Captured) -> None:
    assert vectors(database_dsn, "health") == 2
    assert "create extension vector" in capsys.readouterr().err


def test_hostile_text_is_only_text(every_type_dsn: str, capsys: Captured) -> None:
    assert vectors(every_type_dsn, "search", "--row", "(7,1)", "--column", "v", "--metric", "L2") == 0
    out, err = capsys.readouterr()
    assert "owned" in out and "\x1b" not in out + err and "\u202e" not in out
    assert vectors(every_type_dsn, "search", "--row", "(7,1)", "--column", "v", "--metric", "L2", "--json") == 0
    assert HOSTILE in document(capsys)["rows"][0]["columns"].values()


def test_the_guide_names_every_key_of_the_documents() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "vectors.md").read_text(encoding="utf-8")
    trial = Trial(Candidate("hnsw", (("m", 16),)), points=(point(0.99, 1.0),))
    documents = advice_document(
        Advice(10, True, 5, "64MB", 1.0, (trial,), on_table=(trial,)), column(dimensions=3), 0.95
    )
    keys = set(documents) | set(documents["trials"][0]) | set(documents["trials"][0]["points"][0])  # type: ignore[index]
    assert not [key for key in keys if not re.search(rf"\b{key}\b", guide)]
    assert not [binding.key for binding in VECTORS_BINDINGS if isinstance(binding, Binding) and binding.show
                and f"`{binding.key}`" not in guide and binding.key not in ("f5", "f6", "i")]  # fmt: skip
