"""Every rule fires on its fault, is silent on the cure, and is silenced in the file with a reason."""

from pathlib import Path

import pytest

from chatly_console.migrations.layouts import read_folder
from chatly_console.migrations.lint import RULES, Finding, check_file, check_files
from chatly_console.migrations.lint.supabase_split import supabase_split
from chatly_console.resources import data_folder
from tests.migrations.stage import write

V1, V2 = "20260101000000", "20260102000000"


def findings(folder: Path, sql: str, down: str | None = "select 1;") -> list[Finding]:
    write(folder, V1, "m", sql, down)
    return check_file(read_folder(folder).files[0])


def rules(folder: Path, sql: str) -> set[str]:
    return {one.rule for one in findings(folder, sql)}


FAULTS = [
    (
        "add-check",
        "alter table t add constraint c check (a > 0);",
        "alter table t add constraint c check (a > 0) not valid;",
    ),
    (
        "add-foreign-key",
        "alter table t add foreign key (a) references p;",
        "alter table t add foreign key (a) references p not valid;",
    ),
    (
        "add-not-null-column",
        "alter table t add column a int not null;",
        "alter table t add column a int not null default 0;",
    ),
    (
        "add-unique",
        "alter table t add constraint u unique (a);",
        "alter table t add constraint u unique using index u;",
    ),
    (
        "allow-without-reason",
        "-- chatly: allow=create-index\nselect 1;",
        '-- chatly: allow=create-index reason="small"\nselect 1;',
    ),
    ("alter-domain-check", "alter domain d add check (value > 0);", "alter domain d add check (value > 0) not valid;"),
    ("char-column", "alter table t add column a char(3);", "alter table t add column a text;"),
    ("comment-missing", "create table t (a text);", "create table t (a text); comment on table public.t is 'x';"),
    ("concurrently-alone", "select 1; create index concurrently i on t (a);", "create index concurrently i on t (a);"),
    ("create-index", "create index on t (a);", "create table t (a int); create index on t (a);"),
    ("create-table-name", "create table t (a text);", "create table public.t (a text);"),
    ("detach-partition", "alter table t detach partition p;", "alter table t detach partition p concurrently;"),
    ("do-update-all", "update t set a = 1;", "update t set a = 1 where a = 2;"),
    ("drop-column", "alter table t drop column a;", "alter table t alter a drop default;"),
    (
        "domain-check",
        "create domain public.d as text check (value <> '');",
        "create domain public.d as text; create table u (d public.d check (d <> ''));",
    ),
    (
        "drop-cascade",
        "drop view v cascade;",
        "drop view v; alter table t add foreign key (a) references p on delete cascade;",
    ),
    ("drop-database", "drop database d;", "drop schema d;"),
    ("drop-index", "drop index i;", "drop index concurrently i;"),
    ("drop-not-null", "alter table t alter a drop not null;", "alter table t alter a drop default;"),
    ("drop-table", "drop table t;", "create table t (a text); drop table t;"),
    ("duplicate-column-set", "update t set a = 1, b = 2, a = 3 where c;", "update t set a = 1, b = a where c;"),
    ("empty", "-- nothing", "select 1;"),
    ("enum-created", "create type e as enum ('a');", "create type e as (a text);"),
    ("wide-index", "create index on t (a, b, c, d);", "create index on t (a, f(b, 'x'), c) include (d, e);"),
    ("enum-order", "alter type e add value 'x';", "alter type e add value 'x' after 'y';"),
    (
        "enum-value-used",
        "alter type e add value 'x' after 'y'; insert into t values ('x');",
        "alter type e add value 'x' after 'y';",
    ),
    (
        "foreign-key-index",
        "create table t (a int references p);",
        "create table t (a int references p); create index on t (a);",
    ),
    ("identifier-too-long", f"create index {'x' * 64} on t (a);", f"create index {'x' * 63} on t (a);"),
    ("json-column", "alter table t add column a json;", "alter table t add column a jsonb;"),
    (
        "lock-held",
        "alter table t add column a int; create index on u (a);",
        "create index on u (a); alter table t add column a int;",
    ),
    (
        "lock-timeout",
        "alter table t add column a int;",
        "-- chatly: lock_timeout=1s\nalter table t add column a int;",
    ),
    (
        "many-alters",
        "alter table t alter a type bigint using 1; alter table t add column z float default random();",
        "alter table t add column y int; alter table t add column z int;",
    ),
    ("materialized-view-refresh", "refresh materialized view m;", "refresh materialized view concurrently m;"),
    (
        "not-valid-and-validate",
        "alter table t add constraint c check (a) not valid; alter table t validate constraint c;",
        "alter table t validate constraint c;",
    ),
    ("not-robust", "create index concurrently i on t (a);", "create index concurrently if not exists i on t (a);"),
    (
        "policy-initplan",
        "create policy p on t using (a = auth.uid());",
        "create policy p on t using (a = (select auth.uid()));",
    ),
    ("prefer-bigint", "create table t (a int primary key);", "create table t (a bigint primary key);"),
    (
        "prefer-identity",
        "alter table t add column a serial;",
        "alter table t add column a int generated always as identity;",
    ),
    ("prefer-integer", "create table t (a smallint);", "create table t (a int);"),
    ("prefer-repack", "vacuum full t;", "vacuum (analyze) t;"),
    ("prefer-text", "alter table t add column a varchar(9);", "alter table t add column a text;"),
    ("prefer-timestamptz", "alter table t add column a timestamp;", "alter table t add column a timestamptz;"),
    (
        "primary-key-nullable",
        "create unique index concurrently i on t (a, b); alter table t alter a set not null;"
        " alter table t add constraint k primary key using index i;",
        "create unique index concurrently i on t (a); alter table t alter column a set not null;"
        " alter table t add constraint k primary key using index i;",
    ),
    ("reindex", "reindex table t;", "reindex table concurrently t;"),
    ("rename", "alter table t rename column a to b;", "alter table t add column b int;"),
    ("rls-missing", "create table t (a text);", "create table t (a text); alter table t enable row level security;"),
    (
        "security-definer-path",
        "create function f() returns int language sql security definer as 'select 1';",
        "create function f() returns int language sql security definer set search_path = '' as 'select 1';",
    ),
    ("set-not-null", "alter table t alter a set not null;", "alter table t alter a set default 1;"),
    ("statement-refused", "create table t (a text); commit;", "create table t (a text);"),
    (
        "statement-timeout",
        "alter table t validate constraint c; create index on t (a);",
        "set local statement_timeout = '5min'; create index on t (a);",
    ),
    (
        "stored-column",
        "alter table t add column b int generated always as (a * 2) stored;",
        "alter table t add column b int generated always as (a * 2) virtual;",
    ),
    ("supabase-split", r"select E'it\'s; ok';", "select 'it''s; ok';"),
    ("table-rewrite", "alter table t set unlogged;", "alter table t set (fillfactor = 70);"),
    ("truncate-cascade", "truncate t cascade;", "truncate t, u;"),
    ("type-change", "alter table t alter a type bigint;", "alter table t alter a set statistics 5;"),
    ("unseen-code", "do $$ begin perform 1; end $$;", "create function f() returns int language sql return 1;"),
    ("unknown-directive", "-- chatly: transacton=false\nselect 1;", "-- chatly: transaction=false\nselect 1;"),
    (
        "volatile-default",
        "alter table t add column a uuid default gen_random_uuid();",
        "alter table t add column a timestamptz default now();",
    ),
]


@pytest.mark.parametrize(("rule", "fault", "cure"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_rule_fires_on_the_fault_and_not_on_the_cure(tmp_path: Path, rule: str, fault: str, cure: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert rule in rules(tmp_path / "a", fault)
    assert rule not in rules(tmp_path / "b", cure)


OTHERS = [
    ("add-check", "alter table t add column a int default 1 check (a > 0);",
     "alter table t add column a int check (a > 0);"),
    (
        "add-foreign-key",
        "alter table t add column a int default 1 references p;",
        "alter table t add column a int references p;",
    ),
    ("add-unique", "alter table t add exclude using gist (a with &&);", "alter table t add constraint u check (a);"),
    ("add-unique", "alter table t add column a int unique;", "alter table t add column a int;"),
    ("add-unique", "alter table t add constraint k primary key (a);",
     "alter table t add constraint k primary key using index k;"),
    ("allow-without-reason", '-- chatly: allow=add-check reason="x"\n-- chatly: allow=reindex\nselect 1;',
     '-- chatly: allow=add-check reason="x"\n-- chatly: allow=reindex reason="y"\nselect 1;'),
    ("drop-cascade", "alter table t drop column a cascade;", "alter table t drop column a;"),
    ("lock-timeout", "drop table t;", "set local lock_timeout = '1s'; drop table t;"),
    ("lock-timeout", "create index on t (a);", "create table t (a int); create index on t (a);"),
    ("not-robust", "-- chatly: transaction=false\ncreate table t (a int);",
     "-- chatly: transaction=false\ncreate table if not exists t (a int);"),
    ("not-robust", "-- chatly: transaction=false\nalter table t add column a int;",
     "-- chatly: transaction=false idempotent\nalter table t add column a int;"),
    ("prefer-bigint", "create table t (a int, primary key (a));", "create table t (a int, b bigint, primary key (b));"),
    ("prefer-bigint", "create table t (a int references p);", "create table t (a bigint references p, b int);"),
    ("prefer-bigint", "create table t (a int generated always as identity);",
     "create table t (a int generated always as (1) stored);"),
    ("prefer-repack", "cluster t using i;", "alter table t cluster on i;"),
    ("rename", "alter type e rename value 'a' to 'b';", "alter type e add value 'b' after 'a';"),
    ("rename", "alter schema s rename to r;", "alter index i rename to j;"),
    ("rename", "alter table t set schema s;", "alter table t rename constraint a to b;"),
    ("rename", "alter function f() rename to g;", "alter policy p on t rename to q;"),
    ("table-rewrite", "alter table t alter a set expression as (b * 2);", "alter table t alter a set default 2;"),
    ("volatile-default", "alter table t add column a bigserial;", "alter table t add column a bigint;"),
]  # fmt: skip
"""Other forms of a fault, each beside what comes near it and is none."""


@pytest.mark.parametrize(("rule", "fault", "cure"), OTHERS)
def test_a_rule_knows_other_forms_of_its_fault(tmp_path: Path, rule: str, fault: str, cure: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert rule in rules(tmp_path / "a", fault)
    assert rule not in rules(tmp_path / "b", cure)


@pytest.mark.parametrize(("rule", "fault"), [fault[:2] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_rule_is_silenced_in_the_file_with_a_reason(tmp_path: Path, rule: str, fault: str) -> None:
    text = f'-- chatly: allow={rule} reason="it is known"\n{fault}'
    assert not [one for one in findings(tmp_path, text) if one.rule == rule and not one.silenced]


def test_every_rule_has_its_test() -> None:
    assert {fault[0] for fault in FAULTS} | {"down-missing", "policy-index"} == set(RULES)


THEIRS = {
    "squawk": {
        "adding-field-with-default": "volatile-default",
        "adding-foreign-key-constraint": "add-foreign-key",
        "adding-not-nullable-field": "set-not-null",
        "adding-primary-key": "add-unique",
        "adding-required-field": "add-not-null-column",
        "ban-alter-domain-with-add-constraint": "alter-domain-check",
        "ban-char-field": "char-column",
        "ban-concurrent-index-creation-in-transaction": "concurrently-alone",
        "ban-create-domain-with-constraint": "domain-check",
        "ban-drop-column": "drop-column",
        "ban-drop-database": "drop-database",
        "ban-drop-not-null": "drop-not-null",
        "ban-drop-table": "drop-table",
        "ban-duplicate-column-assignments": "duplicate-column-set",
        "ban-truncate-cascade": "truncate-cascade",
        "ban-uncommitted-transaction": "statement-refused",
        "changing-column-type": "type-change",
        "constraint-missing-not-valid": "add-check",
        "disallow-unique-constraint": "add-unique",
        "identifier-too-long": "identifier-too-long",
        "prefer-bigint-over-int": "prefer-bigint",
        "prefer-bigint-over-smallint": "prefer-integer",
        "prefer-identity": "prefer-identity",
        "prefer-repack": "prefer-repack",
        "prefer-robust-stmts": "not-robust",
        "prefer-text-field": "prefer-text",
        "prefer-timestamptz": "prefer-timestamptz",
        "renaming-column": "rename",
        "renaming-table": "rename",
        "require-concurrent-index-creation": "create-index",
        "require-concurrent-index-deletion": "drop-index",
        "require-concurrent-partition-detach": "detach-partition",
        "require-concurrent-reindex": "reindex",
        "require-enum-value-ordering": "enum-order",
        "require-table-schema": "create-table-name",
        "require-lock-timeout": "lock-timeout",
        "require-statement-timeout": "statement-timeout",
        "transaction-nesting": "statement-refused",
    },
    "eugene": {
        "E1": "add-check",
        "E2": "set-not-null",
        "E3": "json-column",
        "E4": "lock-held",
        "E5": "type-change",
        "E6": "create-index",
        "E7": "add-unique",
        "E8": "add-unique",
        "E9": "lock-timeout",
        "E10": "table-rewrite",
        "E11": "stored-column",
        "W12": "many-alters",
        "W13": "enum-created",
        "W14": "primary-key-nullable",
        "E15": "foreign-key-index",
    },
    "strong_migrations": {
        "removing a column": "drop-column",
        "changing the type": "type-change",
        "renaming a column": "rename",
        "renaming a table": "rename",
        "renaming a schema": "rename",
        "creating a table with force": "drop-table",
        "adding an auto-incrementing column": "volatile-default",
        "adding a stored generated column": "stored-column",
        "adding a foreign key": "add-foreign-key",
        "adding a check constraint": "add-check",
        "executing SQL directly": "unseen-code",
        "backfilling data": "lock-held",
        "adding an index non-concurrently": "create-index",
        "adding a reference": "create-index",
        "adding a unique constraint": "add-unique",
        "adding an exclusion constraint": "add-unique",
        "adding a json column": "json-column",
        "adding a column with a volatile default": "volatile-default",
        "setting NOT NULL on an existing column": "set-not-null",
        "renaming an enum value": "rename",
        "keeping non-unique indexes to three columns or less": "wide-index",
    },
}
"""Each rule of other linters, and ours that does its work."""


@pytest.mark.parametrize("tool", THEIRS)
def test_what_other_linters_find_is_found_here(tool: str) -> None:
    assert set(THEIRS[tool].values()) <= set(RULES)


def test_the_guide_lists_every_rule_as_it_is() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "migrations.md").read_text(encoding="utf-8")
    missing = [name for name, (level, why) in RULES.items() if f"| `{name}` | {level} | {why} |" not in guide]
    assert not missing


def test_a_finding_names_its_line_and_is_silenced_with_a_reason(tmp_path: Path) -> None:
    (found,) = [one for one in findings(tmp_path, "\n\ncreate index on t (a);") if one.rule == "create-index"]
    assert (found.line, found.level, found.silenced) == (3, "warning", False)
    silenced = findings(tmp_path, '-- chatly: allow=create-index,lock-held reason="40 rows"\ncreate index on t (a);')
    assert [one.silenced for one in silenced if one.rule == "create-index"] == [True]


def test_a_missing_way_back_wants_a_reason(tmp_path: Path) -> None:
    assert any(one.rule == "down-missing" for one in findings(tmp_path, "select 1;", None))
    text = '-- chatly: irreversible reason="rows are gone"\nselect 1;'
    assert not any(one.rule == "down-missing" for one in findings(tmp_path, text, None))


def test_what_an_earlier_file_made_is_known(tmp_path: Path) -> None:
    write(
        tmp_path,
        V1,
        "table",
        "create table t (id bigint primary key, client_id bigint, a text); create index on t (client_id);",
    )
    write(
        tmp_path,
        V2,
        "policy",
        "create policy p on t using (client_id = (select 1)); create policy q on t using (a = 'x');",
    )
    found = check_files(read_folder(tmp_path).files, [V2])
    assert [one.message.partition(": ")[2][:3] for one in found if one.rule == "policy-index"] == ["t.a"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("create function f() returns int begin atomic select calendar; select 2; end; select 3;", 4),
        ("create table a$b$ (i int); create table c (d text default '$b$');", 1),
        ("create function f() returns int as $x$ begin; end; $x$ language sql; select 1", 2),
        ("-- a; b\n/* c; /* d; */ e; */ select ';';", 1),
        ("", 0),
    ],
)
def test_the_supabase_cli_splits_like_this(text: str, count: int) -> None:
    assert len(supabase_split(text)) == count


def test_chatlys_own_files_leave_nothing_to_say() -> None:
    found = check_files(read_folder(data_folder("database")).files)
    assert [str(one) for one in found if not one.silenced] == []
