"""The pure rules of the room: questions, settings, plans, plots, health, and what a provider may do."""

from typing import Any

import pytest
from textual.binding import Binding, BindingType

from chatly_console.core.failure import Failure
from chatly_console.shell.grid.bindings import GRID_BINDINGS
from chatly_console.vectors.column import VectorColumn, columns_of
from chatly_console.vectors.fusion import fuse
from chatly_console.vectors.health import Counts, extension_findings, index_findings, known_faults, value_findings
from chatly_console.vectors.lab import parse_sweep
from chatly_console.vectors.operators import parse_settings
from chatly_console.vectors.plan import served_by
from chatly_console.vectors.plot import CHOSEN, EXACT, INDEX, JOIN, LATE, Mark, draw
from chatly_console.vectors.providers import Lexical, fitting
from chatly_console.vectors.question import Question, checked_vector, mean_less_mean
from chatly_console.vectors.statements import search_sql
from chatly_console.vectors.ui.filter_line import NameSuggester
from chatly_console.vectors.ui.keys import VECTORS_BINDINGS

INDEX_OF = {
    "name": "i", "method": "ivfflat", "class": "vector_cosine_ops", "options": ["lists=4"],
    "valid": True, "plain": True,
    "predicate": None, "bytes": 8192, "rows": 10, "definition": "create index",
}  # fmt: skip


def columns(**changes: Any) -> list[VectorColumn]:
    record = {
        "schema": "public", "table": 'odd "name"', "column": "v", "type": "vector", "dimensions": 3, "rows": 100,
        "row_security": False, "key": ["id"], "others": [{"name": "content", "type": "text", "references": False}],
        "indexes": [INDEX_OF],
    } | changes  # fmt: skip
    return columns_of([record], "extensions")


def column(**changes: Any) -> VectorColumn:
    return columns(**changes)[0]


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
    late = draw([Mark(1, 0.991, chosen=True, late=8), Mark(0.5, 0.99), Mark(9, 1.0)], 60, 12, k=10)
    assert any(f"{CHOSEN}{LATE}{LATE}" in line for line in late) and "0.980" in late[9]
    assert any(JOIN in line for line in late), "the best points are joined"
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


@pytest.mark.parametrize("condition", ["true) or (true", "1; drop table x", "id = $1", "(", "-- x\n)("])
def test_a_filter_is_one_condition_or_refused(condition: str) -> None:
    with pytest.raises(Failure, match="condition"):
        column().filtered(condition)
    assert "(\nid > 1 -- all\n)" in search_sql(column().filtered(" id > 1 -- all "), 5)
    assert "where" not in search_sql(column().filtered("  "), 5)


def test_the_mean_of_rows_less_that_of_others() -> None:
    question = Question.parse("=a b + =(2,x) -  =c")
    assert question.kind == "rows" and question.rows == (["a b", "(2,x)"], ["c"])
    assert mean_less_mean(["[1,2,3]", "[3,2,1]"], ["[1,1,0]"], column()) == "[1.0,1.0,2.0]"
    sparse = column(type="sparsevec", indexes=[])
    assert mean_less_mean(["{1:2,3:4}/3", "{}/3"], [], sparse) == "{1:1.0,3:2.0}/3"
    with pytest.raises(Failure, match="no direction"):
        mean_less_mean(["[1,2,3]"], ["[1,2,3]"], column())
    with pytest.raises(Failure, match="no mean"):
        mean_less_mean(["101"], [], column(type="bit", indexes=[]))


def test_an_index_over_a_shorter_form_is_known_by_its_definition() -> None:
    half = INDEX_OF | {"plain": False, "class": "halfvec_l2_ops",
                       "definition": "CREATE INDEX i ON t USING hnsw (((v)::extensions.halfvec(3)) x)"}  # fmt: skip
    bits = INDEX_OF | {"plain": False, "class": "bit_hamming_ops", "method": "hnsw", "options": None,
                       "definition": "CREATE INDEX i ON t USING hnsw (((binary_quantize(v))::bit(3)) x)"}  # fmt: skip
    other = INDEX_OF | {"plain": False, "definition": "CREATE INDEX i ON t USING hnsw (((subvector(v, 1, 2))) x)"}
    assert [(c.metric.name, c.form) for c in columns(indexes=[half, bits, other])] == [
        ("L2", "halfvec"), ("cosine", "binary"),
    ]  # fmt: skip
    assert "::extensions.halfvec(3)) operator(extensions.<->) $1" in search_sql(columns(indexes=[half])[0], 5)
    assert "greatest(5, pg_catalog.current_setting('hnsw.ef_search')::int)" in search_sql(columns(indexes=[bits])[0], 5)
    assert other["name"] and columns(indexes=[other])[0].index is None


def test_ranks_are_fused_by_their_places() -> None:
    fused = fuse(["a", "b", "c"], ["c", "d"], 3)
    assert [(one.key, one.vector_place, one.text_place) for one in fused] == [
        ("c", 3, 1),
        ("a", 1, None),
        ("b", 2, None),
    ]
    assert fused[0].score == pytest.approx(1 / 63 + 1 / 61)
    assert fuse([], [], 3) == []


def test_a_sweep_as_people_type_it() -> None:
    assert parse_sweep("probes=1,4 iterative_scan=off,relaxed_order", "ivfflat")[1] == (
        ("ivfflat.probes", "1"), ("ivfflat.iterative_scan", "relaxed_order"),
    )  # fmt: skip
    assert len(parse_sweep("ef_search=20,40; ef_search=40 max_scan_tuples=100,200", "hnsw")) == 4
    for wrong in ("", "probes", "probes=0,1", "probes=" + ",".join(map(str, range(1, 60)))):
        with pytest.raises(ValueError, match=r"\w"):
            parse_sweep(wrong, "ivfflat")


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("lan", "language"),
        ("a = 1 and LA", "a = 1 and LAnguage"),
        ("x is n", "x is not"),
        ("a = 'la", None),
        ("", None),
    ],
)
async def test_a_condition_is_completed_with_names(typed: str, completed: str | None) -> None:
    suggested = await NameSuggester(["language", "created_at", "\x1b[31m"]).get_suggestion(typed)
    assert (suggested or "").startswith(completed) if completed else suggested is None


def test_no_key_of_the_pane_is_one_of_the_grid() -> None:
    """The grid has the focus nearly always: a key that both know would never reach the pane."""

    def keys(bindings: list[BindingType]) -> set[str]:
        return {key for one in bindings if isinstance(one, Binding) for key in one.key.split(",")}

    assert keys(VECTORS_BINDINGS) & keys(GRID_BINDINGS) == {"escape"}
    assert len(keys(VECTORS_BINDINGS)) == len(VECTORS_BINDINGS)
