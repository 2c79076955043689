"""The parts of a plan's condition that an index could serve."""

import pytest

from chatly_console.advisor.indexes.conditions import Atom, atoms_of, conjuncts, sort_keys


def test_conditions_are_taken_apart_at_the_top_only() -> None:
    assert conjuncts("((o.a = 1) AND ((o.b = 2) OR (o.c = 3)) AND (o.d = 'x AND (y'::text))") == [
        "o.a = 1", "(o.b = 2) OR (o.c = 3)", "o.d = 'x AND (y'::text",
    ]  # fmt: skip
    assert conjuncts("") == [""]


@pytest.mark.parametrize(
    ("condition", "atoms"),
    [
        ("(o.status = 'open'::text)", [("equal", "status", "=")]),
        ("((o.status)::text = 'open'::text)", [("equal", "status", "=")]),
        ("($0 = o.tenant)", [("equal", "tenant", "=")]),
        ("(o.tenant = ANY ((InitPlan 1).col1))", [("equal", "tenant", "=")]),
        ("(o.made >= '2026-01-01 00:00:00+00'::timestamp with time zone)", [("range", "made", ">=")]),
        ("((o.gone IS NULL) AND (NOT o.hidden) AND (o.a = o.b))", [("null", "gone", "is"), ("flag", "hidden", "not")]),
        ("(o.tags @> '{\"k\": 1}'::jsonb)", [("gin", "tags", "@>")]),
        ("(o.note ~~* '%x%'::text)", [("pattern", "note", "~~*")]),
        ("(to_tsvector('simple'::regconfig, o.body) @@ '''a'''::tsquery)",
         [("gin", "(to_tsvector('simple'::regconfig, body))", "@@")]),
        ('(o."Odd name" = 5)', [("equal", '"Odd name"', "=")]),
        ("(lower(o.mail) = 'a@b.c'::text)", [("equal", "(lower(mail))", "=")]),
        ("((o.tags ->> 'k'::text) = '7'::text)", [("equal", "(tags ->> 'k'::text)", "=")]),
        ("(o.during && '[2026-01-01,2026-01-02)'::daterange)", [("gin", "during", "&&")]),
        ("(lower(o.mail) = o.name)", []),
        ("((o.a = 1) OR (o.b = 2))", []),
        ("(other.a = 1)", []),
        ("(NOT (hashed SubPlan 1))", []),
    ],
)  # fmt: skip
def test_what_an_index_could_serve(condition: str, atoms: list[tuple[str, str, str]]) -> None:
    assert [(atom.kind, atom.expression, atom.operator) for atom in atoms_of(condition, "o")] == atoms


def test_constants_and_sort_keys() -> None:
    assert Atom("equal", "a", "=", "'it''s'::text").constant == "'it''s'"
    assert Atom("equal", "a", "=", "$1").constant == ""
    assert sort_keys("o.made DESC NULLS LAST, o.id", "o") == ("made desc nulls last", "id")
    assert sort_keys("lower(o.name), p.id", "o") == ()
    assert sort_keys("lower(o.name) DESC, o.id", "o") == ("(lower(name)) desc", "id")
