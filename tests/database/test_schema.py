import json
import re

import asyncpg
import pytest

Connection = asyncpg.Connection

OURS = "n.nspname = 'public' and c.relkind in ('r', 'p')"


async def names(connection: "Connection[asyncpg.Record]", sql: str) -> list[str]:
    return [row[0] for row in await connection.fetch(sql)]


async def test_the_seven_tables_of_the_product_are_there(chatly: "Connection[asyncpg.Record]") -> None:
    there = await names(
        chatly, f"select relname from pg_class c join pg_namespace n on n.oid = relnamespace where {OURS}"
    )
    assert {
        "platform_clients", "plans", "social_contacts", "conversations", "messages", "documents", "appointments",
    } <= set(there)  # fmt: skip


async def test_every_table_column_and_policy_says_what_it_is(chatly: "Connection[asyncpg.Record]") -> None:
    silent = await names(
        chatly,
        f"""select c.relname || coalesce('.' || a.attname, '')
              from pg_class c join pg_namespace n on n.oid = c.relnamespace
              left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
             where {OURS} and (obj_description(c.oid) is null or col_description(c.oid, a.attnum) is null)
            union all
            select p.polname from pg_policy p where obj_description(p.oid) is null
               and p.polrelid::regclass::text not like 'storage.%'""",
    )
    assert silent == []


async def test_every_foreign_key_has_a_chosen_action_and_an_index_that_covers_it(
    chatly: "Connection[asyncpg.Record]",
) -> None:
    keys = await chatly.fetch(
        """select k.conrelid::regclass || '.' || k.conname as name, k.confdeltype::text as action,
                  exists (select from pg_index x where x.indrelid = k.conrelid and x.indpred is null
                           and (select array_agg(c order by c)
                                  from unnest((x.indkey::int2[])[0:cardinality(k.conkey) - 1]) c)
                             = (select array_agg(c order by c) from unnest(k.conkey) c)) as covered
             from pg_constraint k join pg_namespace n on n.oid = k.connamespace
            where k.contype = 'f' and n.nspname = 'public'"""
    )
    assert len(keys) >= 16
    assert [key["name"] for key in keys if not key["covered"]] == []
    assert [key["name"] for key in keys if key["action"] == "a"] == []


async def test_row_level_security_is_on_and_no_default_grant_goes_around_it(
    chatly: "Connection[asyncpg.Record]",
) -> None:
    open_tables = await names(
        chatly,
        "select relname from pg_class c join pg_namespace n on n.oid = relnamespace "
        f"where {OURS} and not relrowsecurity",
    )
    assert open_tables == []
    bypasses = await names(
        chatly,
        f"""select c.relname || ' ' || role || ' ' || privilege
              from pg_class c join pg_namespace n on n.oid = c.relnamespace,
                   unnest(array['anon', 'authenticated']) role,
                   unnest(array['TRUNCATE', 'REFERENCES', 'TRIGGER']) privilege
             where {OURS} and has_table_privilege(role, c.oid, privilege)
            union all
            select c.relname || ' anon ' || privilege
              from pg_class c join pg_namespace n on n.oid = c.relnamespace,
                   unnest(array['INSERT', 'UPDATE', 'DELETE']) privilege
             where {OURS} and has_any_column_privilege('anon', c.oid, 'UPDATE') or {OURS} and privilege <> 'UPDATE'
               and has_table_privilege('anon', c.oid, privilege)""",
    )
    assert bypasses == []


async def test_there_is_one_policy_for_a_command_and_a_role(chatly: "Connection[asyncpg.Record]") -> None:
    several = await names(
        chatly,
        """select tablename || ' ' || cmd || ' ' || roles::text from pg_policies where schemaname = 'public'
            group by tablename, cmd, roles having count(*) > 1""",
    )
    assert several == []
    loose = await names(
        chatly,
        """select policyname from pg_policies where schemaname = 'public' and (cmd = 'ALL' or 'public' = any (roles)
              or coalesce(qual, '') || coalesce(with_check, '')
                 ~ '(?<!SELECT )(auth\\.(uid|jwt|role)\\(\\)|private\\.\\w+\\()')""",
    )
    assert loose == []


async def test_views_have_the_rights_of_their_reader(chatly: "Connection[asyncpg.Record]") -> None:
    views = await chatly.fetch(
        """select c.relname, coalesce(c.reloptions::text, '') as options,
                  has_table_privilege('anon', c.oid, 'SELECT') as anon
             from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'public' and c.relkind in ('v', 'm')
              and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')"""
    )
    assert [view["relname"] for view in views] == ["inbox"]
    assert [view["relname"] for view in views if "security_invoker=true" not in view["options"] or view["anon"]] == []


async def test_what_a_user_inserts_has_no_forged_times(chatly: "Connection[asyncpg.Record]") -> None:
    forgeable = await names(
        chatly,
        f"""select c.relname || '.' || a.attname from pg_class c join pg_namespace n on n.oid = c.relnamespace
             join pg_attribute a on a.attrelid = c.oid
              and a.attname in ('created_at', 'updated_at', 'sent_at', 'opened_at')
            where {OURS} and (has_column_privilege('authenticated', c.oid, a.attnum, 'INSERT')
                              or has_column_privilege('authenticated', c.oid, a.attnum, 'UPDATE'))""",
    )
    assert forgeable == []


async def test_the_columns_of_policies_are_indexed(chatly: "Connection[asyncpg.Record]") -> None:
    bare = await names(
        chatly,
        """select distinct p.polrelid::regclass || '.' || a.attname
             from pg_policy p
             join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refobjid = p.polrelid
             join pg_attribute a on a.attrelid = p.polrelid and a.attnum = d.refobjsubid and a.attnum > 0
            where a.attname not in ('is_public', 'direction')  -- a handful of rows; and a CHECK on what is written
              and not exists (select from pg_index x where x.indrelid = p.polrelid and a.attnum = any (x.indkey))""",
    )
    assert bare == []


async def test_there_is_an_index_of_each_kind_where_it_fits(chatly: "Connection[asyncpg.Record]") -> None:
    rows = await chatly.fetch(
        """select m.amname as kind, x.indpred is not null as partial, x.indnatts > x.indnkeyatts as covering
             from pg_index x join pg_class i on i.oid = x.indexrelid join pg_am m on m.oid = i.relam
             join pg_namespace n on n.oid = i.relnamespace where n.nspname = 'public'"""
    )
    assert {row["kind"] for row in rows} == {"btree", "gin", "gist", "brin", "ivfflat"}
    assert any(row["partial"] for row in rows) and any(row["covering"] for row in rows)


async def test_row_and_bucket_refuse_the_same_files(chatly: "Connection[asyncpg.Record]") -> None:
    check = await chatly.fetchval(
        "select pg_get_constraintdef(oid) from pg_constraint where conname = 'document_files_mime_type_check'"
    )
    size = await chatly.fetchval(
        "select pg_get_constraintdef(oid) from pg_constraint where conname = 'document_files_byte_size_check'"
    )
    bucket = (await chatly.fetch("select * from storage.buckets where id = 'documents'"))[0]
    assert set(re.findall(r"'([^']+)'::text", check)) == set(bucket["allowed_mime_types"])
    assert str(bucket["file_size_limit"]) in size
    assert bucket["public"] is False


async def test_the_planner_knows_which_columns_go_together(chatly: "Connection[asyncpg.Record]") -> None:
    async def estimate(sql: str) -> int:
        plan = json.loads(await chatly.fetchval(f"explain (format json) {sql}"))
        return int(plan[0]["Plan"]["Plan Rows"])

    member = (
        await chatly.fetch(
            "select platform_client_id as c, assigned_to as m, count(*) from conversations "
            "where assigned_to is not null group by 1, 2 order by 3 desc limit 1"
        )
    )[0]
    expected = await estimate(
        f"select from conversations where platform_client_id = '{member['c']}' and assigned_to = '{member['m']}'"
    )
    assert member["count"] / 2 < expected < member["count"] * 2


async def test_definer_functions_have_a_fixed_search_path_and_are_not_open_to_all(
    chatly: "Connection[asyncpg.Record]",
) -> None:
    rows = await chatly.fetch(
        """select p.oid::regprocedure::text as name, coalesce(p.proconfig::text, '') as settings,
                  has_function_privilege('anon', p.oid, 'EXECUTE') as anon
             from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname in ('public', 'private') and p.prosecdef"""
    )
    assert rows
    assert [row["name"] for row in rows if "search_path=" not in row["settings"] or row["anon"]] == []


TWELVE_O_CLOCK = "timestamptz '2030-01-07 12:00+00'"

REFUSED = [
    ("a currency in words", "update plans set currency = 'Euro'", "23514"),
    ("a slug with capitals", "update platform_clients set slug = 'Nordlicht'", "23514"),
    ("a slug twice", "update platform_clients set slug = 'miro' where slug = 'nordlicht'", "23505"),
    ("a country in words", "update platform_clients set country = 'Germany'", "23514"),
    ("a name of blanks", "update platform_clients set name = '   '", "23514"),
    ("a client without a plan", "update platform_clients set plan_id = null", "23502"),
    ("a client on a plan that is too small", "update platform_clients set plan_id = (select id from plans where "
     "code = 'starter') where slug = 'nordlicht'", "54000"),
    ("a role that there is not", "update client_members set role = 'admin'", "23514"),
    ("an account of two clients", "insert into channels (platform_client_id, kind, external_account_id, display_name) "
     "select c.id, h.kind, h.external_account_id, 'taken' from channels h, platform_clients c "
     "where c.id <> h.platform_client_id limit 1", "23505"),
    ("attributes that are no object", "update social_contacts set attributes = '[1]'", "23514"),
    ("an e-mail address of 300 characters", "update social_contacts set email = repeat('a', 300) || '@mail.example'",
     "23514"),
    ("a priority of nine", "update conversations set priority = 9", "23514"),
    ("a subject of 300 characters", "update conversations set subject = repeat('x', 300)", "23514"),
    ("the same message twice", "insert into messages (platform_client_id, conversation_id, external_id, "
     "direction, body) select platform_client_id, conversation_id, "
     "external_id, 'in', 'again' from messages limit 1", "23505"),
    ("an inbound message by a member", "update messages set direction = 'in' where id = "
     "(select min(id::text)::uuid from messages where sent_by is not null)", "23514"),
    ("a message in another client's conversation", "insert into messages (platform_client_id, conversation_id, "
     "direction, body) select c.id, v.id, 'in', 'stolen' from platform_clients c, conversations v "
     "where c.slug = 'miro' and v.platform_client_id <> c.id limit 1", "23503"),
    ("a chunk of another client's file", "insert into documents (platform_client_id, document_file_id, chunk_index, "
     "content) select c.id, f.id, 999, 'stolen' from platform_clients c, document_files f "
     "where c.slug = 'miro' and f.platform_client_id <> c.id limit 1", "23503"),
    ("a chunk twice", "insert into documents (platform_client_id, document_file_id, chunk_index, content) select "
     "platform_client_id, document_file_id, chunk_index, 'again' from documents limit 1", "23505"),
    ("a chunk of 9,000 characters", "update documents set content = repeat('x', 9000) where chunk_index = 0", "23514"),
    ("a file of nothing", "update document_files set byte_size = 0", "23514"),
    ("a file of 100 MB", "update document_files set byte_size = 104857600", "23514"),
    ("a program as a file", "update document_files set mime_type = 'application/x-msdownload'", "23514"),
    ("a file name twice", "insert into document_files (platform_client_id, file_name, mime_type, byte_size) "
     "select platform_client_id, file_name, mime_type, byte_size from document_files limit 1", "23505"),
    ("an appointment of two days", "update appointments set ends_at = starts_at + interval '2 days'", "23514"),
    ("a plan below nothing", "update plans set price_cents = -1", "23514"),
    ("a contact twice", "insert into social_contacts (platform_client_id, channel_id, external_id, display_name) "
     "select platform_client_id, channel_id, external_id, 'again' from social_contacts limit 1", "23505"),
    ("a telephone number in words", "update social_contacts set phone = 'call me' where id = "
     "(select min(id::text)::uuid from social_contacts)", "23514"),
    ("an e-mail address without a host", "update social_contacts set email = 'ada@localhost' where id = "
     "(select min(id::text)::uuid from social_contacts)", "23514"),
    ("a second open conversation", "insert into conversations (platform_client_id, social_contact_id, subject) "
     "select platform_client_id, social_contact_id, 'again' from conversations where status = 'open' limit 1", "23505"),
    ("a conversation with another client's contact", "insert into conversations "
     "(platform_client_id, social_contact_id, subject, status, closed_at) "
     "select c.id, s.id, 'stolen', 'closed', now() from platform_clients c, social_contacts s "
     "where c.slug = 'miro' and s.platform_client_id <> c.id limit 1", "23503"),
    ("a conversation given to a stranger", "update conversations set assigned_to = "
     "(select id from auth.users where email = 'walter@nowhere.example') where id = (select min(id::text)::uuid from "
     "conversations)", "23503"),
    ("closed without a time", "update conversations set status = 'closed', closed_at = null where id = "
     "(select min(id::text)::uuid from conversations where status = 'open')", "23514"),
    ("a message of 5,000 characters", "update messages set body = repeat('x', 5000) where id = "
     "(select min(id::text)::uuid from messages)", "23514"),
    ("an empty message", "update messages set body = '' where id = "
     "(select min(id::text)::uuid from messages)", "23514"),
    ("a reply into another conversation", "update messages set reply_to_id = "
     "(select min(id::text)::uuid from messages) where id = (select max(id::text)::uuid from messages)", "23503"),
    ("a vector of three numbers", "update documents set embedding = '[1,2,3]' where chunk_index = 0", "22000"),
    ("the zero vector", "update documents set embedding = array_fill(0, array[384])::real[]::extensions.vector "
     "where chunk_index = 0", "23514"),
    ("an embedding of no model", "update documents set embedding_model = null where chunk_index = 0", "23514"),
    ("a path in a file name", "update document_files set file_name = '../x' where id = "
     "(select min(id::text)::uuid from document_files)", "23514"),
    ("a plan in use", "delete from plans where code = 'team'", "23001,23503"),
    ("an appointment that ends before it starts", "update appointments set ends_at = starts_at - interval '1 hour' "
     "where id = (select min(id::text)::uuid from appointments)", "23514"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "statement", "sqlstates"), REFUSED, ids=[case[0] for case in REFUSED])
async def test_what_makes_no_sense_is_refused(
    chatly: "Connection[asyncpg.Record]", what: str, statement: str, sqlstates: str
) -> None:
    with pytest.raises(asyncpg.PostgresError) as refused:
        await chatly.execute(statement)
    assert str(getattr(refused.value, "sqlstate", "")) in sqlstates.split(",")
    # The message names what was wrong: a rule, a column, or the numbers.
    assert refused.value.constraint_name or re.search(r"reply|column|dimensions|plan", str(refused.value))


BOOK = """insert into appointments (platform_client_id, social_contact_id, host_id, title, starts_at, ends_at, status)
select m.platform_client_id, s.id, m.user_id, 'test', {start}, {start} + interval '30 minutes', '{status}'
  from client_members m join social_contacts s on s.platform_client_id = m.platform_client_id
 where m.user_id = (select id from auth.users where email = 'ada@nordlicht.example') limit 1"""


async def test_a_host_cannot_be_booked_twice_but_back_to_back(chatly: "Connection[asyncpg.Record]") -> None:
    await chatly.execute(BOOK.format(start=TWELVE_O_CLOCK, status="booked"))
    await chatly.execute(BOOK.format(start=f"{TWELVE_O_CLOCK} + interval '30 minutes'", status="confirmed"))
    await chatly.execute(BOOK.format(start=f"{TWELVE_O_CLOCK} + interval '10 minutes'", status="cancelled"))
    with pytest.raises(asyncpg.ExclusionViolationError):
        await chatly.execute(BOOK.format(start=f"{TWELVE_O_CLOCK} + interval '29 minutes'", status="booked"))


async def test_every_updated_at_is_kept_by_the_trigger(chatly: "Connection[asyncpg.Record]") -> None:
    without = await names(
        chatly,
        f"""select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
             join pg_attribute a on a.attrelid = c.oid and a.attname = 'updated_at'
            where {OURS} and not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgenabled <> 'D'
                  and t.tgfoid = 'private.set_updated_at'::regproc)""",
    )
    assert without == []
    untimed = await names(
        chatly,
        f"""select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where {OURS} and (select count(*) from pg_attribute a where a.attrelid = c.oid and a.attnotnull
                  and a.attname in ('created_at', 'updated_at')) < 2""",
    )
    assert untimed == []


async def test_updated_at_follows_each_change(chatly: "Connection[asyncpg.Record]") -> None:
    before, after = (await chatly.fetch(
        """with changed as (update plans set name = name where code = 'team' returning id, updated_at)
           select p.updated_at, changed.updated_at from plans p join changed using (id)"""
    ))[0]  # fmt: skip
    assert after > before
