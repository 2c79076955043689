"""What a data-changing statement writes, read from its text."""

import pytest

from chatly_console.policies.written import find_written

COLUMNS = ("id", "v", "My Col")


@pytest.mark.parametrize(
    ("sql", "verb", "name", "has_alias", "conflict", "reads"),
    [
        ("insert into t values (1)", "insert", "t", False, "", False),
        ("insert into public.t as x (id) values (1) returning id", "insert", "public.t", True, "", True),
        ('INSERT INTO "My T" DEFAULT VALUES', "insert", '"My T"', False, "", False),
        ("insert into t values (1) on conflict do nothing", "insert", "t", False, "nothing", False),
        ("insert into t values (1) on conflict (id) do nothing", "insert", "t", False, "nothing", True),
        ("insert into t select 1 on conflict (id) do update set v = 1", "insert", "t", False, "update", True),
        ("update t set v = 1", "update", "t", False, "", False),
        ("update t set v = v + 1", "update", "t", False, "", True),
        ('update only "a b"."t" x set v = 1 where id = 1', "update", '"a b"."t"', True, "", True),
        ("delete from t", "delete", "t", False, "", False),
        ("delete from t using o where o.id = t.id", "delete", "t", False, "", True),
        ("merge into t as x using s on x.id = s.id when matched then delete", "merge", "t", True, "", False),
        ("merge into t using s on t.id = s.id when matched then do nothing", "merge", "t", False, "", False),
        ("with s as (select 'update x' from (delete) y) update t set v = 1", "update", "t", False, "", False),
        ("/* insert into o */ insert -- into p\n into t (id) values (1)", "insert", "t", False, "", False),
    ],
)
def test_the_table_and_the_form_are_found(
    sql: str, verb: str, name: str, has_alias: bool, conflict: str, reads: bool
) -> None:
    written = find_written(sql, COLUMNS)
    assert written is not None
    assert (written.verb, written.name, written.has_alias) == (verb, name, has_alias)
    assert (written.conflict, written.reads) == (conflict, reads)


def test_a_query_writes_nothing_and_the_aim_is_changed_with_an_alias_only_where_none_is() -> None:
    assert find_written("select 1") is None
    assert find_written("explain update t set v = 1") is None
    plain = find_written("update t set v = 1")
    assert plain is not None and plain.aimed_at("update t set v = 1", "copy", "t") == "update copy as t set v = 1"
    own = find_written("update t x set v = 1")
    assert own is not None and own.aimed_at("update t x set v = 1", "copy", "t") == "update copy x set v = 1"
