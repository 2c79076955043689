"""One plan as many clients print it: whatever is drawn around it, the plan is the same."""

from pathlib import Path

import pytest

from chatly_console.core.failure import Failure
from chatly_console.explain.parsing import read_plans

HERE = Path(__file__).parent
FRAMES = sorted((HERE / "frames").glob("[!w]*.txt"))
PLANS = HERE / "plans" / "15"


@pytest.mark.parametrize("path", FRAMES, ids=lambda path: path.stem)
def test_the_frame_does_not_change_the_plan(path: Path) -> None:
    form = path.name.split("-")[0]
    original = PLANS / ("nested-loops.text" if form == "text" else f"cte-twice.{form}")
    (framed,) = read_plans(path.read_text(encoding="utf-8"))
    (plain,) = read_plans(original.read_text(encoding="utf-8"))
    assert [node.raw for node in framed.nodes] == [node.raw for node in plain.nodes]
    assert [node.depth for node in framed.nodes] == [node.depth for node in plain.nodes]
    assert (framed.planning_ms, framed.execution_ms) == (plain.planning_ms, plain.execution_ms)


def test_wide_characters_are_measured_in_cells() -> None:
    (plan,) = read_plans((HERE / "frames" / "wide-wrapped60-border1-ascii.txt").read_text(encoding="utf-8"))
    assert plan.root.text("Filter") == f"(note ~~ '注文%{'注文' * 15}'::text)"
    assert (plan.root.relation, plan.root.text("Alias")) == ("注文テーブル", "é à 注文")
    assert plan.execution_ms == 4.15


@pytest.mark.parametrize(
    "text",
    [
        "<TABLE>\n<tr>\n<td>Seq Scan on t  (cost=0.00..1.00 rows=1 width=4)</td></tr><tr><td>&nbsp;&nbsp;Filter:"
        " (a ~~ '&lt;td&gt;{x|\\y_%'::text)</td>",
        "\\begin{tabular}{l}\n\\textit{QUERY PLAN} \\\\\nSeq Scan on t  (cost=0.00..1.00 rows=1 width=4) \\\\\n"
        "  Filter: (a \\~{}\\~{} '\\textless{}td\\textgreater{}\\{x\\textbar{}\\textbackslash{}y\\_\\%'::text) \\\\\n"
        "\\end{tabular}",
        '[options="header",cols="<l",frame="none"]\n|====\n^l|QUERY PLAN\n|Seq Scan on t  (cost=0.00..1.00 rows=1'
        " width=4)\n|  Filter: (a ~~ '<td>{x\\|\\y_%'::text)\n|====",
        ".TS\ncenter;\nl.\n\\fIQUERY PLAN\\fP\n_\nSeq Scan on t  (cost=0.00..1.00 rows=1 width=4)\n"
        "  Filter: (a ~~ '<td>{x|\\(rsy_%'::text)\n.TE",
    ],
    ids=["html", "latex", "asciidoc", "troff-ms"],
)
def test_what_a_document_escapes_is_read_as_it_was(text: str) -> None:
    (plan,) = read_plans(text)
    assert plan.root.raw["Filter"] == "(a ~~ '<td>{x|\\y_%'::text)"


def test_several_plans_in_one_paste() -> None:
    text = (PLANS / "nested-loops.text").read_text(encoding="utf-8")
    session = f"db=# explain analyze select 1;\n{text}\nTime: 3.1 ms\ndb=# explain analyze select 2;\n{text}(9 rows)\n"
    plans = read_plans(session)
    assert len(plans) == 2
    assert len(plans[0].nodes) == len(plans[1].nodes) == len(read_plans(text)[0].nodes)
    documents = (PLANS / "cte-writes.json").read_text(encoding="utf-8") * 3
    assert len(read_plans(documents)) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing in it"),
        ("hello\nworld", "Line 1 "),
        ("<table>\n<tr><td>hello</td></tr></table>", "Line 2 "),
        ("<table></table>", "nothing|Line 1"),
        ('[\n  {\n    "Plan": {\n      "Node Type": "Seq Scan",\n      oops\n', "Line 5 "),
        ('{"a": 1}', "no object with the key Plan"),
        ("- Plan: \n    Node Type: \"Seq Scan\n", "Line 2 "),
        ("<explain>\n<Query>\n<Plan>\n</Query>", "Line 4 "),
        ('<!DOCTYPE x [<!ENTITY a "b">]><explain><Query><Plan>&a;</Plan></Query></explain>', "XML"),
        (" Sort  (cost=0.00..1.00 rows=1 width=4)\n->  Seq Scan  (cost=0.00..1.00 rows=1 width=4)", "Line 2"),
        ("[" * 100_000, "JSON"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_at_which_line_and_why(text: str, words: str) -> None:
    with pytest.raises(Failure, match=words):
        read_plans(text)
