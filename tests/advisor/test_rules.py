"""What a fix means, what is silenced, and how findings are ordered: rules without a server."""

from pathlib import Path

import pytest

from chatly_console.advisor.checks import BY_NAME, CHECKS, Finding, Level
from chatly_console.advisor.fix import cost_words, is_sql, is_upkeep, migration_name, undo_of
from chatly_console.advisor.listing import Order, groups, ordered, summary, told, told_of_group
from chatly_console.advisor.silence import FILE, Silence, add_silence, parted, read_silences
from chatly_console.core.failure import Failure
from chatly_console.migrations.writing import migrations_folder


def finding(name: str, of: str = "t", fix: str = "", undo: str = "") -> Finding:
    return Finding(BY_NAME[name], f"public.{of}", "evidence", fix, undo, "public", of)


@pytest.mark.parametrize(
    ("fix", "undo"),
    [
        ('create index concurrently "A b_idx" on public."A b" (x);', ""),
        ("create index concurrently t_x_idx on public.t (x);", "drop index concurrently public.t_x_idx;"),
        ("create index concurrently t_x_idx on \"a.b\".t (x);", 'drop index concurrently "a.b".t_x_idx;'),
        ("alter table public.t enable row level security;", "alter table public.t disable row level security;"),
        ("alter view public.v set (security_invoker = true);", "alter view public.v reset (security_invoker);"),
        ("alter function public.f(a text) set search_path = '';", "alter function public.f(a text) reset search_path;"),
        ("revoke truncate on public.t from anon, authenticated;", "grant truncate on public.t to anon, authenticated;"),
        ("vacuum (analyze) public.t;", ""),
    ],
)  # fmt: skip
def test_what_takes_a_fix_back(fix: str, undo: str) -> None:
    expected = undo or ('drop index concurrently public."A b_idx";' if '"A b' in fix else "")
    assert undo_of(finding("unindexed_foreign_keys", fix=fix)) == expected


def test_an_undo_from_the_catalogue_comes_first() -> None:
    given = finding("unused_index", fix="drop index concurrently public.i;", undo="CREATE INDEX i ON public.t (a);")
    assert undo_of(given) == "CREATE INDEX i ON public.t (a);"
    assert migration_name(given) == "advisor unused_index t"


def test_a_fix_says_whom_it_blocks() -> None:
    index = finding("unindexed_foreign_keys", fix="create index concurrently i on public.t (x);")
    assert cost_words(index).startswith(
        "takes SHARE UPDATE EXCLUSIVE, outside a transaction: blocks other schema changes"
    )
    assert "readers and writers" in cost_words(
        finding("rls_disabled_in_public", fix="alter table t enable row level security;")
    )
    lines = dict(told(index))
    assert lines["fix"] == index.fix and lines["undo"] == "drop index concurrently public.i;" and "costs" in lines
    advice = dict(told(finding("multiple_permissive_policies", fix="join them with OR in one policy")))
    assert "advice" in advice and "costs" not in advice
    assert is_upkeep(finding("dead_rows", fix="vacuum t;")) and not is_sql(finding("no_primary_key"))


def test_findings_are_ordered_by_level_object_and_kind_and_narrowed_to_a_relation() -> None:
    findings = [finding("unused_index", "b"), finding("dead_rows", "a"), finding("rls_disabled_in_public", "c")]
    assert [f.relation for f in ordered(findings, Order.LEVEL)] == ["c", "a", "b"]
    assert [f.relation for f in ordered(findings, Order.OBJECT)] == ["a", "b", "c"]
    assert [f.relation for f in ordered(findings, Order.KIND)] == ["a", "c", "b"]
    assert [f.relation for f in ordered(findings, Order.LEVEL, "public", "b")] == ["b"]
    assert summary(findings, 2, 1) == "✗ error 1   ▲ warn 1   · info 1   2 silenced   1 not looked at"


def test_findings_are_grouped_the_gravest_and_largest_groups_first() -> None:
    index = "create index concurrently {0}_x_idx on public.{0} (x);"
    findings = [
        finding("unindexed_foreign_keys", "a", index.format("a")),
        finding("unindexed_foreign_keys", "b", index.format("b")),
        finding("dead_rows", "a", "vacuum (analyze) public.a;"),
        finding("rls_disabled_in_public", "c"),
    ]
    kinds = groups(findings, Order.KIND)
    assert [group.row[1:3] for group in kinds] == [
        ("rls_disabled_in_public", "✗ 1"), ("dead_rows", "▲ 1"), ("unindexed_foreign_keys", "· 2"),
    ]  # fmt: skip
    assert kinds[2].row[3] == "public.a, public.b"
    objects = groups(findings, Order.OBJECT)
    assert [(group.name, group.row[2]) for group in objects] == [
        ("public.c", "✗ 1"), ("public.a", "▲ 1 · 1"), ("public.b", "· 1"),
    ]  # fmt: skip
    assert [one.fix for one in objects[1].fixes] == [index.format("a")], "upkeep is nothing for a migration"
    assert [name for name, _ in told_of_group(kinds[2])] == ["why", "· info", "· info"]


def test_a_silence_is_kept_with_its_reason_and_covers_one_object_or_all(tmp_path: Path) -> None:
    hostile = Silence("unused_index", 'public."a\n"\x1b"', 'said "no"\\ \x07')
    for silence in (hostile, Silence("dead_rows", "*", "a queue")):
        add_silence(tmp_path, silence)
    silences = read_silences(tmp_path)
    assert silences == (hostile, Silence("dead_rows", "*", "a queue"))
    speaking, silenced = parted([finding("dead_rows", "a"), finding("unused_index", "b")], silences)
    assert [f.relation for f in speaking] == ["b"]
    assert [(f.relation, silence.reason) for f, silence in silenced] == [("a", "a queue")]


@pytest.mark.parametrize(
    "text", ["[[silenced", '[[silenced]]\ncheck = "dead_rows"', "silenced = 3",
             '[[silenced]]\ncheck = "no_such"\nobject = "*"\nreason = "r"',
             '[[silenced]]\ncheck = "dead_rows"\nobject = "*"\nreason = " "'],
)  # fmt: skip
def test_a_file_that_cannot_be_understood_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(Failure, match=FILE.replace(".", r"\.")):
        read_silences(tmp_path)


def test_chatlys_own_silences_are_read() -> None:
    assert {silence.check for silence in read_silences(migrations_folder())} <= BY_NAME.keys()


def test_all_of_supabases_linter_is_there_with_its_levels() -> None:
    levels = {check.name: check.level for check in CHECKS}
    assert len(CHECKS) == len(levels) == 49
    assert levels["unindexed_foreign_keys"] is Level.INFO and levels["auth_users_exposed"] is Level.ERROR
