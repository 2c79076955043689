"""Completion from the text and the catalogue alone: what is proposed where, in which order, and how it is written."""

import pytest

from chatly_console.core.catalogue import Routine
from chatly_console.core.completion import Names, complete
from tests.core.completion_stage import BUILTINS, NAMES, accepted, at, catalogue, labels

FIRST = [
    # tables
    ("select * from |", ["clients", "plans", "conversations", "contacts", "messages"]),
    ("select * from conv|", ["conversations"]),
    ("select * from a, conv|", ["conversations"]),
    ("insert into mess|", ["messages"]),
    ("update cont|", ["contacts"]),
    ("delete from cont|", ["contacts"]),
    ("truncate cont|", ["contacts"]),
    ("alter table cont|", ["contacts"]),
    ("drop table if exists cont|", ["contacts"]),
    ("create index on cont|", ["contacts"]),
    ("explain (analyze, buffers) select * from cont|", ["contacts"]),
    ("select * from audit.|", ["log", "clients", "hidden_report"]),
    # columns of what is read, though FROM stands behind
    ("select pho| from contacts", ["phone"]),
    ("select c.| from clients c", ["id", "name", "plan_id", "is_active", "mood"]),
    ("select clients.pl| from clients", ["plan_id"]),
    ("select * from messages where sen|", ["sent_at"]),
    ("select * from messages m where lower(bod|", ["body"]),
    ("select * from messages order by sen|", ["sent_at"]),
    ("select * from messages group by dir|", ["direction"]),
    ("update messages set bo|", ["body"]),
    ("update messages set body = 'x' where dir|", ["direction"]),
    ("delete from messages m where m.dir|", ["direction"]),
    ("delete from messages using contacts c where c.pho|", ["phone"]),
    ("insert into messages (id, bo|", ["body"]),
    ("insert into messages (id, body) values (1, 'x') on conflict (i|", ["id"]),
    ("insert into messages (id) values (1) on conflict (id) do update set bo|", ["body"]),
    ("insert into messages (id) values (1) on conflict (id) do update set body = excluded.bo|", ["body"]),
    ("insert into messages (id) values (1) returning dir|", ["direction"]),
    ("insert into messages (id) select pla| from clients", ["plan_id"]),
    ("create index on messages (sen|", ["sent_at"]),
    ("alter table messages drop column bo|", ["body"]),
    ("create policy p on messages for select using (dir|", ["direction"]),
    ("create table x (a uuid references plans (pri|", ["price"]),
    ("merge into messages m using contacts c on c.pho|", ["phone"]),
    # CTEs, subqueries, LATERAL, USING
    ("with t as (select id, price as cost from plans) select co| from t", ["cost"]),
    ("with t (a, b) as (select id, price from plans) select t.| from t", ["a", "b"]),
    ("with totals as (select * from plans) select * from to|", ["totals"]),
    ("with t as (select * from plans), u as (select t.pri| from t) select 1", ["price"]),
    ("with recursive t as (select id from plans union all select t.i| from t) select 1", ["id"]),
    ("with t as (insert into plans (id) values (null) returning price) select pri| from t", ["price"]),
    ("select s.| from (select id as a, name b, max(price) from plans) s", ["a", "b", "max"]),
    ("select x.| from (select * from plans) x", ["id", "name", "price"]),
    ("select v.| from (values (1, 2)) v (one, two)", ["one", "two"]),
    ("select * from clients c where exists (select 1 from plans p where p.id = c.pla|", ["plan_id"]),
    ("select * from clients c, lateral (select c.pla|", ["plan_id"]),
    ("select * from clients join contacts using (|", ["id"]),
    ("select * from report() r where r.|", ["client", "total"]),
    ("select * from search_documents('x', 1) d where d.bo|", ["body"]),
    ("select id from plans union select pho| from contacts", ["phone"]),
    # conditions from foreign keys
    ("select * from conversations c join messages m on |", ["m.conversation_id = c.id"]),
    ("select * from messages m join conversations c on |", ["m.conversation_id = c.id"]),
    ("select * from clients left join plans on |", ["clients.plan_id = plans.id"]),
    ("select * from messages m join |", ["conversations c"]),
    ("select * from plans p join cli|", ["clients c", "clients"]),
    # values
    ("select * from conversations where status = |", ["open", "closed", "it's"]),
    ("select * from conversations c where c.status in (|", ["open", "closed", "it's"]),
    ("select * from conversations where status = 'cl|", ["closed"]),
    ("update conversations set status = |", ["open", "closed", "it's"]),
    ("insert into conversations (id, status) values (null, |", ["open", "closed", "it's"]),
    ("select * from clients where is_active = |", ["true", "false"]),
    # functions, types, roles, keywords
    ("select cou|", ["count"]),
    ("select '1'::uu|", ["uuid"]),
    ("select cast(1 as sta|", ["status"]),
    ("create table x (a mo|", ["mood", "money"]),
    ("grant select on messages to an|", ["anon"]),
    ("sel|", ["select"]),
    ("select * from messages wh|", ["where"]),
    ("select * from messages order b|", ["by"]),
    ("select * from messages order by id de|", ["desc"]),
    ("insert i|", ["into"]),
    ("select * from messages where body is n|", ["null", "not null"]),
    ("update messages s|", ["set"]),
    ("select 1 fr|", ["from"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "first"), FIRST, ids=[text for text, _ in FIRST])
def test_the_first_proposals(text: str, first: list[str]) -> None:
    assert labels(text)[: len(first)] == first


NEVER = [
    ("select * from conversations c join (select x.| from messages m) x on true", "body"),
    ("select m.id from clients c, (select c.| from messages m) x", "plan_id"),
    ("select * from clients where |", "messages"),
    ("with t as (select c.| from plans) select * from clients c", "plan_id"),
    ("insert into messages (id, body, |", "body"),
    ("select * from cl|", "client_id"),
    ("select * from public.|", "mood"),
    ("select public.|", "mood"),
    ("create table x (a public.|", "clients"),
]


@pytest.mark.parametrize(("text", "label"), NEVER)
def test_what_is_not_in_scope_is_not_proposed(text: str, label: str) -> None:
    assert label not in labels(text)


NOTHING = [
    "-- select * from |", "select 1 /* from | */", "select 'plain |", "select 12|", "select $1|", r"\d mess|",
    "select id as na|", "select * from conversations where status = 'open'|", "create table mess|",
]  # fmt: skip


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_where_nothing_can_be_known(text: str) -> None:
    assert labels(text) == []


TAKEN = [
    ("select * from conv|", "conversations", "select * from conversations|"),
    ("select * from we|", "we ird", 'select * from "we ird"|'),
    ('select * from "we|', "we ird", 'select * from "we ird"|'),
    ('select w.| from "we ird" w', "Mixed Case", 'select w."Mixed Case"| from "we ird" w'),
    ('select w.| from "we ird" w', "select", 'select w."select"| from "we ird" w'),
    ("select * from lo|", "log", "select * from audit.log|"),
    ("select cou|", "count", "select count()|"),
    ("select low| from plans", "lower", "select lower(|) from plans"),
    ("select low|(name) from plans", "lower", "select lower|(name) from plans"),
    ("select * from conversations where status = |", "it's", "select * from conversations where status = 'it''s'|"),
    ("select * from conversations where status = 'op|'", "open", "select * from conversations where status = 'open'|"),
    ("SEL|", "SELECT", "SELECT|"),
    ("select * from clients c join contacts t on t.client_id = c.id where |", "c.id",
     "select * from clients c join contacts t on t.client_id = c.id where c.id|"),
    ("select * from plans p join |", "clients c",
     "select * from plans p join clients c on c.plan_id = p.id|"),
    ("grant select on messages to serv|", "Service Role", 'grant select on messages to "Service Role"|'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "label", "written"), TAKEN)
def test_what_is_taken_is_quoted_and_qualified_only_where_needed(text: str, label: str, written: str) -> None:
    assert accepted(text, label) == written


BROKEN_ABOVE = [
    "select count( from messages;\n\nselect pho| from contacts",
    "select 'never closed from messages;\n\nselect pho| from contacts",
    'select "never closed from messages\n\nselect pho| from contacts',
    "selec * frm messages wher\n\nselect pho| from contacts",
    "select * from messages where (\n\nselect pho| from contacts",
    "select 'it's' from x;\n\nselect pho| from contacts;\n\nselect (((",
    "do $$ begin perform 1; select pho| from contacts; end $$",
    "create function f() returns void language plpgsql as $$\nbegin\n  if true then select pho| from contacts;",
]


@pytest.mark.parametrize("text", BROKEN_ABOVE)
def test_mistakes_around_the_statement_do_not_stop_it(text: str) -> None:
    assert labels(text)[0] == "phone"


def test_a_blank_line_inside_of_one_statement_does_not_cut_it() -> None:
    assert labels("with t as (\n\nselect price as cost from plans\n)\n\nselect co| from t")[0] == "cost"
    assert labels("insert into messages (id)\n\nselect pla| from clients")[0] == "plan_id"


def test_the_search_path_decides_what_a_bare_name_means() -> None:
    assert labels("select sec| from clients")[:1] != ["secret"]
    audit = Names(catalogue(), ("audit", "public"), builtins=BUILTINS)
    assert labels("select sec| from clients", audit)[0] == "secret"
    assert accepted("select * from lo|", "log", audit) == "select * from log|"
    written = {p.text for p in at("select * from clients|", audit).proposals}  # type: ignore[union-attr]
    assert {"clients", "public.clients"} <= written


def test_what_the_identity_may_not_read_is_pale_and_last() -> None:
    every = catalogue()
    plans = every.relation("public", "plans")
    assert plans is not None
    names = Names(every, unreadable=frozenset(every.relations) - {plans.oid})
    found = at("select * from |", names)
    assert found is not None
    assert found.proposals[0].label == "plans" and not found.proposals[0].quiet
    assert all(proposal.quiet for proposal in found.proposals if proposal.label == "messages")


def test_what_stands_there_already_is_not_proposed() -> None:
    assert at("select * from plans|") is None
    assert at("select phone| from contacts") is None


@pytest.mark.parametrize("cut", range(0, 260, 3))
def test_no_place_of_a_hard_text_fails(cut: int) -> None:
    text = (
        'with recursive a(x) as (values (1), (2) union all select ((x+1)) from a where x < any(array[1,2])), "b""c" as'
        " (select distinct on (id) * from audit.log l left join lateral (select l.id) z on true) insert into messages"
        ' (id) select \'é\'::text from "b""c" on conflict do update set body = $$x$$ returning (m).*, case when 1 then'
    )
    for end in (cut, min(cut + 1, len(text))):
        complete(text[:end], end, NAMES)
        complete(text, end, NAMES)


def test_a_column_says_its_type_and_where_its_key_leads() -> None:
    found = at("select | from conversations c, plans p")
    assert found is not None
    details = {proposal.label: proposal.detail for proposal in found.proposals}
    assert details["client_id"] == "uuid → clients · c" and details["price"] == "numeric · p"


def test_functions_for_administration_come_only_to_who_types_their_beginning() -> None:
    size = Routine(60, "pg_catalog", "pg_column_size", "function", '"any"', "integer")
    names = Names(catalogue(), builtins=(*BUILTINS, size))
    assert "pg_column_size" not in labels("select col| from messages", names)
    assert labels("select pg_col| from messages", names) == ["pg_column_size"]
