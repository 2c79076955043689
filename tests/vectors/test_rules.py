"""The pure rules of the room: questions, settings, plans, plots, health, and what a provider may do."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from chatly_console.core.failure import Failure
from chatly_console.core.secret import Secret
from chatly_console.vectors.column import VectorColumn, columns_of
from chatly_console.vectors.embedding_service import Service
from chatly_console.vectors.health import Counts, extension_findings, index_findings, known_faults, value_findings
from chatly_console.vectors.http_provider import HttpProvider
from chatly_console.vectors.operators import parse_settings
from chatly_console.vectors.plan import served_by
from chatly_console.vectors.plot import CHOSEN, EXACT, INDEX, Mark, draw
from chatly_console.vectors.providers import Lexical, fitting
from chatly_console.vectors.question import Question, checked_vector
from chatly_console.vectors.statements import search_sql

INDEX_OF = {
    "name": "i", "method": "ivfflat", "class": "vector_cosine_ops", "options": ["lists=4"],
    "valid": True, "plain": True,
    "predicate": None, "bytes": 8192, "rows": 10, "definition": "create index",
}  # fmt: skip


def column(**changes: Any) -> VectorColumn:
    record = {
        "schema": "public", "table": 'odd "name"', "column": "v", "type": "vector", "dimensions": 3, "rows": 100,
        "row_security": False, "key": ["id"], "others": [{"name": "content", "type": "text", "references": False}],
        "indexes": [INDEX_OF],
    } | changes  # fmt: skip
    return columns_of([record], "extensions")[0]


def test_names_are_quoted_and_operators_carry_their_schema() -> None:
    sql = search_sql(column(), 10)
    assert '"odd ""name"""' in sql
    assert "operator(extensions.<=>) $1::extensions.vector" in sql
    assert "operator(pg_catalog.+) 0" in search_sql(column(), 10, exact=True)


def test_the_metric_is_that_of_the_index() -> None:
    assert column().metric.name == "cosine"
    l2 = column(indexes=[INDEX_OF | {"class": "vector_l2_ops"}])
    assert (l2.metric.name, l2.metric.operator, l2.setting) == ("L2", "<->", "ivfflat.probes")
    invalid = column(indexes=[INDEX_OF | {"valid": False}])
    assert invalid.index is None
    assert column(type="bit", indexes=[]).metric.name == "hamming"


@pytest.mark.parametrize(
    ("text", "kind"),
    [("[1,2,3]", "vector"), ("=42", "row"), ("how much?", "text"), ("{1:2}/3", "vector"), ("=", "text")],
)
def test_a_question_says_what_it_is(text: str, kind: str) -> None:
    assert Question.parse(text).kind == kind


@pytest.mark.parametrize("text", ["[1,2]", "[1,nan,2]", "[1,inf,2]", "[a,b,c]", "[]", "[0,0,0]", "{1:1}/3"])
def test_a_vector_that_cannot_be_meant_is_refused_before_it_is_sent(text: str) -> None:
    with pytest.raises(Failure):
        checked_vector(text, column())


def test_vectors_of_every_type() -> None:
    assert checked_vector(" [1, 2.5 -3] ", column()) == "[1.0,2.5,-3.0]"
    assert checked_vector("[0,2,0]", column(type="sparsevec", indexes=[])) == "{2:2.0}/3"
    assert checked_vector("{1:2}/3", column(type="sparsevec", indexes=[])) == "{1:2}/3"
    assert checked_vector("101", column(type="bit", indexes=[])) == "101"
    with pytest.raises(Failure):
        checked_vector("10", column(type="bit", indexes=[]))


def test_settings_that_the_server_would_drop_silently_are_refused() -> None:
    assert parse_settings("probes=10, iterative_scan=relaxed_order", "ivfflat") == (
        ("ivfflat.probes", "10"),
        ("ivfflat.iterative_scan", "relaxed_order"),
    )
    for wrong in ("probes=0", "probes=x", "iterative_scan=strict_order", "work_mem=1", "role=postgres", "probes"):
        with pytest.raises(ValueError, match=r"\w"):
            parse_settings(wrong, "ivfflat")
    with pytest.raises(ValueError, match="1,000"):
        parse_settings("ef_search=5000", "hnsw")


def test_the_node_that_served() -> None:
    index = {"Node Type": "Limit", "Plans": [{"Node Type": "Index Scan", "Relation Name": "t", "Index Name": "i"}]}
    assert served_by(index, {"i"}).approximate
    assert not served_by(index, set()).approximate
    heap = {"Node Type": "Bitmap Heap Scan", "Relation Name": "t",
            "Plans": [{"Node Type": "Bitmap Index Scan", "Index Name": "tenant_idx"}]}  # fmt: skip
    found = served_by({"Node Type": "Limit", "Plans": [{"Node Type": "Sort", "Plans": [heap]}]}, {"i"})
    assert found.words == "Bitmap Heap Scan using tenant_idx + Sort" and not found.approximate


def test_the_plot_fits_and_keeps_better_points_higher() -> None:
    lines = draw([Mark(0.5, 0.4), Mark(5, 1.0, chosen=True), Mark(50, 1.0, approximate=False)], 60, 12, k=10)
    assert len(lines) == 12 and max(map(len, lines)) <= 60
    place = {glyph: next(n for n, line in enumerate(lines) if glyph in line) for glyph in (INDEX, CHOSEN, EXACT)}
    assert place[CHOSEN] == place[EXACT] < place[INDEX]
    line = lines[place[CHOSEN]]
    assert line.index(CHOSEN) < line.index(EXACT)
    assert draw([], 60, 12, k=10) == [] and draw([Mark(1, 1)], 5, 2, k=10) == []


def test_health_names_faults_zeros_and_broken_indexes() -> None:
    old = extension_findings("0.8.0", "0.8.6", known_faults())
    assert {f.level for f in old} >= {"WARN"} and any("mended in 0.8.3" in f.detail for f in old)
    assert [f.level for f in extension_findings("0.8.6", "0.8.6", known_faults())] == ["OK"]
    assert [f.name for f in value_findings(column(), Counts(10, 2, 1, 0.0, 1.0))][:2] == [
        "null_vectors",
        "zero_vectors",
    ]
    broken = index_findings(column(indexes=[INDEX_OF | {"valid": False}]), {})
    assert broken[0].level == "ERROR" and broken[0].fix == "drop index concurrently public.i;"


async def test_the_lexical_provider_is_refused_where_the_length_differs() -> None:
    vector = (await Lexical().embed(["some words"]))[0]
    with pytest.raises(Failure, match="1,536"):
        fitting(vector, 1536, Lexical())
    assert fitting(vector, 384, Lexical()).startswith("[")


class Answers(BaseHTTPRequestHandler):
    """A service that is busy once, and remembers what it was sent."""

    asked: list[tuple[str | None, Any]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.headers["Authorization"], body))
        self.send_response(429 if len(self.asked) == 1 else 200)
        self.send_header("Retry-After", "0.01")
        self.end_headers()
        rows = [{"index": i, "embedding": [float(i), 1.0]} for i in reversed(range(len(body["input"])))]
        self.wfile.write(json.dumps({"data": rows, "usage": {"total_tokens": 7}}).encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def service_url() -> Iterator[str]:
    Answers.asked = []
    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
    thread.join()


async def test_a_service_is_asked_again_when_busy_and_rows_come_in_order(service_url: str) -> None:
    provider = HttpProvider(Service(service_url, "m"), Secret("the-key"), consented=False)
    assert await provider.embed(["a", "b"]) == [[0.0, 1.0], [1.0, 1.0]]
    assert [who for who, _ in Answers.asked] == ["Bearer the-key"] * 2
    assert provider.tokens == 7


async def test_nothing_is_sent_without_consent_nor_in_clear_text() -> None:
    provider = HttpProvider(Service("https://api.example.com/v1", "m"), Secret("the-key"), consented=False)
    with pytest.raises(Failure, match="nobody has agreed"):
        await provider.embed(["tenant text"])
    with pytest.raises(Failure, match="https"):
        HttpProvider(Service("http://api.example.com/v1", "m"), None, consented=True)
