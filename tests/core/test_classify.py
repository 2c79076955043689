"""What the console says about a statement before it runs it."""

import pytest

from chatly_console.core.classify import Risk, classify, redact


@pytest.mark.parametrize(
    "sql",
    [
        "select * from a",
        "(select 1) union (select 2)",
        "with a as (select 1) select * from a",
        "explain delete from a",
        "explain (analyze false) delete from a",
        "explain analyze select 1",
        "values (1)",
        "table a",
        "show all",
        "copy (select 1) to stdout",
        "select 'delete from a' /* update b */ -- insert",
        "select deleted, update_count from delete_log",
        "set search_path to x",
    ],
)
def test_reading_is_not_asked_for(sql: str) -> None:
    found = classify(sql)
    assert (found.reads_only, found.writes, found.risk) == (True, False, Risk.SAFE)


@pytest.mark.parametrize(
    ("sql", "verb", "risk"),
    [
        ("with a as (delete from m returning *) select * from a", "WITH DELETE", Risk.DANGEROUS),
        ("with a as not materialized (update m set x=1 where y) select 1", "WITH UPDATE", Risk.WRITES),
        ("/* select */ delete from only m", "DELETE", Risk.DANGEROUS),
        ("delete from m where id in (select 1)", "DELETE", Risk.WRITES),
        ("delete from m using (select 1 where true) x", "DELETE", Risk.DANGEROUS),
        ("update m set a = (select 1 where true)", "UPDATE", Risk.DANGEROUS),
        ("delete from m where true", "DELETE", Risk.DANGEROUS),
        ("explain (analyze, buffers) update m set a = 1", "EXPLAIN ANALYZE UPDATE", Risk.DANGEROUS),
        ("explain analyze verbose insert into m select 1", "EXPLAIN ANALYZE INSERT", Risk.WRITES),
        ("select 1 as a into m", "SELECT INTO", Risk.WRITES),
        ("select nextval('s')", "SELECT", Risk.WRITES),
        ("select pg_terminate_backend(pid) from pg_stat_activity", "SELECT", Risk.WRITES),
        ("copy t from stdin", "COPY FROM", Risk.WRITES),
        ("copy t to program 'x'", "COPY TO PROGRAM", Risk.DANGEROUS),
        ("copy (delete from t returning *) to stdout", "COPY TO (DELETE)", Risk.DANGEROUS),
        ("truncate a, b", "TRUNCATE", Risk.DESTRUCTIVE),
        ("drop table if exists a cascade", "DROP TABLE", Risk.DESTRUCTIVE),
        ("alter table a drop b", "ALTER TABLE", Risk.DESTRUCTIVE),
        ("alter table a alter b drop not null", "ALTER TABLE", Risk.WRITES),
        ("alter table a disable row level security", "ALTER TABLE", Risk.DANGEROUS),
        ("do $$ begin end $$", "DO", Risk.WRITES),
        ("call p()", "CALL", Risk.WRITES),
        ("select 1; drop table a", "DROP TABLE", Risk.DESTRUCTIVE),
        ("explode everything", "EXPLODE", Risk.WRITES),
    ],
)
def test_writing_is_seen_through_every_disguise(sql: str, verb: str, risk: Risk) -> None:
    found = classify(sql)
    assert (found.verb, found.risk, found.reads_only, found.writes) == (verb, risk, False, True)
    assert found.sentence


def test_the_sentence_names_the_table() -> None:
    assert classify("delete from messages").sentence == "DELETE without WHERE removes every row of messages"


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("grant select, insert (a, b) on s.t to anon", "GRANT gives select, insert (a, b) on s.t to anon"),
        ("revoke all on schema s from public", "REVOKE takes away all on schema s from public"),
        ("comment on column s.t.c is 'x'", "COMMENT describes column s.t.c"),
        (
            "alter default privileges in schema public revoke execute on functions from anon",
            "ALTER DEFAULT PRIVILEGES changes what new objects allow: revoke execute on functions from anon",
        ),
    ],
)
def test_what_is_said_about_objects_is_told(sql: str, sentence: str) -> None:
    assert classify(sql).sentence == sentence


def test_a_row_lock_is_refused_in_a_read_only_transaction() -> None:
    found = classify("select * from a for no key update")
    assert (found.reads_only, found.writes, found.lock) == (False, False, "ROW SHARE")


@pytest.mark.parametrize(
    "sql",
    [
        "vacuum a",
        "create database x",
        "drop database x",
        "create unique index concurrently i on t (a)",
        "drop index concurrently i",
        "reindex table concurrently t",
        "reindex (concurrently) table t",
        "alter system set x = 1",
        "create tablespace x location '/'",
        "alter table t detach partition p concurrently",
        "cluster",
        "reindex database x",
        "discard all",
    ],
)
def test_what_no_transaction_takes(sql: str) -> None:
    assert classify(sql).needs_no_transaction


@pytest.mark.parametrize(
    "sql",
    [
        "create index i on t (a)",
        "cluster t using i",
        "alter type e add value 'x'",
        "analyze",
        "reindex table t",
    ],
)
def test_what_a_transaction_takes(sql: str) -> None:
    assert not classify(sql).needs_no_transaction


@pytest.mark.parametrize(
    "sql",
    [
        "begin",
        "start transaction",
        "commit",
        "end",
        "rollback to a",
        "savepoint a",
        "prepare transaction 'x'",
    ],
)
def test_transaction_control(sql: str) -> None:
    assert classify(sql).transaction_control


@pytest.mark.parametrize(
    ("sql", "lock"),
    [
        ("create index i on t (a)", "SHARE"),
        ("create index concurrently i on t (a)", "SHARE UPDATE EXCLUSIVE"),
        ("alter table t add foreign key (a) references p (b) not valid", "SHARE ROW EXCLUSIVE"),
        ("alter table t validate constraint c", "SHARE UPDATE EXCLUSIVE"),
        ("alter table t validate constraint c, add column d int", "ACCESS EXCLUSIVE"),
        ("create policy p on t using (true)", "ACCESS EXCLUSIVE"),
        ("refresh materialized view concurrently v", "EXCLUSIVE"),
        ("insert into t select 1", "ROW EXCLUSIVE"),
        ("create table c (a int references p)", "SHARE ROW EXCLUSIVE"),
        ("lock table t in share mode", "SHARE"),
    ],
)
def test_the_strongest_lock(sql: str, lock: str) -> None:
    found = classify(sql)
    assert found.lock == lock
    assert found.blocks


def test_relations_are_those_of_the_query_and_no_others() -> None:
    found = classify(
        "with x as (select * from a.b) insert into c select extract(year from d), f.e from x, lateral g(1), "
        'only "H i" join (select 1 from j) k on k.q is distinct from l for update'
    )
    assert [(r.name, r.written) for r in found.relations] == [
        ("a.b", False), ("c", True), ('"H i"', False), ("j", False)
    ]  # fmt: skip


def test_a_long_select_reads_and_a_long_disguise_does_not() -> None:
    many = ", ".join(["'x'"] * 200_000)
    assert classify(f"select 1 where 'y' in ({many})").reads_only
    assert not classify(f"with a as (values ({many})), b as (delete from t) select 1").reads_only


@pytest.mark.parametrize(
    "sql",
    [
        "alter role x with encrypted password 'hunter2' valid until 'x'",
        "create user x password $p$hunter2$p$",
        "create user x password E'hunter2\\''",
        "select dblink('host=a password=hunter2 user=x')",
        "create user mapping for u server s options (user 'x', password 'it''s hunter2')",
        "select dblink('postgresql://u:hunter2@h/db', 'select 1')",
        "create subscription s connection 'host=h password=hunter2 dbname=q' publication p",
        "select crypt('hunter2', gen_salt('bf'))",
        "create role x /* why */ password -- here\n 'hunter2'",
        "alter user x password 'hunter2",
    ],
)
def test_no_password_is_kept(sql: str) -> None:
    assert "hunter2" not in redact(sql)


def test_what_is_no_secret_is_kept() -> None:
    sql = "select 'password', a || '://' from t where b = 'x' -- don't; password policy"
    assert redact(sql) == sql
