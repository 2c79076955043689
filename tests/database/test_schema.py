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


async def test_updated_at_follows_each_change(chatly: "Connection[asyncpg.Record]") -> None:
    before, after = (await chatly.fetch(
        """with changed as (update plans set name = name where code = 'team' returning id, updated_at)
           select p.updated_at, changed.updated_at from plans p join changed using (id)"""
    ))[0]  # fmt: skip
    assert after > before
