import asyncpg
import pytest

from tests.database.personas import CHANGED_COLUMN, PERSONAS, RULES, Persona, acting, persona

Connection = asyncpg.Connection
TABLES = list(RULES)


async def expected(connection: "Connection[asyncpg.Record]", who: Persona, table: str, command: str, among: str) -> int:
    """How many of the rows `among` a persona may read or write, by the rules as said in personas.py."""
    rule = RULES[table][command]
    if who.role == "service_role":
        rule = "true"
    elif who.role == "anon":
        rule = "t.is_public" if (table, command) == ("plans", "select") else "false"
    count = await connection.fetchval(
        f"select count(*) from {table} t where {among} and ({rule}) and ($1::uuid is null or true)", who.user_id
    )
    assert isinstance(count, int)
    return count


@pytest.mark.parametrize("name", PERSONAS)
async def test_each_persona_sees_exactly_its_rows(chatly: "Connection[asyncpg.Record]", name: str) -> None:
    who = await persona(chatly, name)
    wanted = {table: await expected(chatly, who, table, "select", "true") for table in TABLES}
    async with acting(chatly, who):
        seen = {table: await chatly.fetchval(f"select count(*) from public.{table}") for table in TABLES}
    assert seen == wanted
    if name in ("owner A", "agent A", "agent of A and member of B", "owner B", "service_role"):
        assert min(wanted.values()) > 0  # the persona has something to see everywhere, so nothing passes by being empty


# A few rows of each of three tenants stand for the table, so that deleting them stays quick.
SAMPLE = (
    "t.ctid = any (array(select s.ctid from (select ctid, row_number() over (partition by {tenant} order by ctid) n "
    "from {table} x where {tenant} in (select id from platform_clients where slug in "
    "('nordlicht', 'miro', 'surya-ayurveda')){more}) s where n <= 12))"
)


def sample(table: str) -> str:
    if table == "plans":
        return "true"
    # The last owner of a client stays: that is a rule of its own, tested elsewhere.
    return SAMPLE.format(
        table=table,
        tenant="id" if table == "platform_clients" else "platform_client_id",
        more=" and role <> 'owner'" if table == "client_members" else "",
    )


@pytest.mark.parametrize("name", PERSONAS)
@pytest.mark.parametrize("command", ["update", "delete"])
async def test_each_persona_changes_exactly_its_rows(
    chatly: "Connection[asyncpg.Record]", name: str, command: str
) -> None:
    who = await persona(chatly, name)
    for table in TABLES:
        if who.role == "service_role" and command == "delete" and table in ("plans", "platform_clients"):
            continue  # refused by the keys of what hangs on them, not by a policy
        key = "(platform_client_id, user_id)" if table == "client_members" else "id"
        rows = await chatly.fetch(f"select t.ctid from {table} t where {sample(table)}")
        places = [row["ctid"] for row in rows]
        among = "t.ctid = any ($2::tid[])"
        rule = "true" if who.role == "service_role" else RULES[table][command]
        if who.role == "anon":
            rule = "false"
        wanted = await chatly.fetchval(
            f"select count(*) from {table} t where {among} and ({rule}) and ($1::uuid is null or true)",
            who.user_id,
            places,
        )
        column = CHANGED_COLUMN[table]
        statement = {
            "update": f"with w as (update public.{table} t set {column} = {column} where t.ctid = any ($1::tid[]) "
            f"returning {key}) select count(*) from w",
            "delete": f"with w as (delete from public.{table} t where t.ctid = any ($1::tid[]) returning {key}) "
            "select count(*) from w",
        }[command]
        try:
            async with acting(chatly, who):
                done = await chatly.fetchval(statement, places)
        except asyncpg.InsufficientPrivilegeError:
            done = 0
        assert done == wanted, f"{name} {command} {table}"


INSERTS = {
    "plans": "insert into plans (code, name, price_cents, max_members, max_contacts, max_files) "
    "select 'new', 'New', 1, 1, 1, 1 where $1::uuid is not null",
    "platform_clients": "insert into platform_clients (plan_id, name, slug, country) "
    "select plan_id, 'New', 'new-client', 'DE' from platform_clients where id = $1",
    "client_members": "insert into client_members (platform_client_id, user_id, role, display_name) "
    "values ($1, '{newcomer}', 'owner', 'New')",
    "channels": "insert into channels (platform_client_id, kind, external_account_id, display_name) "
    "values ($1, 'whatsapp', 'new-account', 'New')",
    "social_contacts": "insert into social_contacts (platform_client_id, channel_id, external_id, display_name) "
    "values ($1, '{channel}', 'new-contact', 'New')",
    "conversations": "insert into conversations (platform_client_id, social_contact_id, subject) "
    "values ($1, '{free_contact}', 'New')",
    "messages": "insert into messages (platform_client_id, conversation_id, direction, body, sent_by) "
    "values ($1, '{conversation}', 'out', 'New', '{me}')",
    "document_files": "insert into document_files (platform_client_id, uploaded_by, file_name, mime_type, byte_size) "
    "values ($1, '{me}', 'new.pdf', 'application/pdf', 10)",
    "documents": "insert into documents (platform_client_id, document_file_id, chunk_index, content) "
    "values ($1, '{file}', 9999, 'New')",
    "appointments": "insert into appointments (platform_client_id, social_contact_id, title, starts_at, ends_at) "
    "values ($1, '{free_contact}', 'New', now() + interval '1 day', now() + interval '25 hours')",
}
LEAST = {"plans": 9, "platform_clients": 9, "client_members": 3, "channels": 3}
"""The rank that may insert (1 member, 2 agent, 3 owner, 9 nobody but service_role); 2 where not named."""

PARENTS = """
select (select id from channels where platform_client_id = $1 order by id limit 1)::text as channel,
       (select c.id from social_contacts c where c.platform_client_id = $1 and not exists
         (select from conversations o where o.social_contact_id = c.id and o.status <> 'closed')
         order by c.id limit 1)::text as free_contact,
       (select id from conversations where platform_client_id = $1 and assigned_to is null
         order by id limit 1)::text as conversation,
       (select id from auth.users where email = 'walter@nowhere.example')::text as newcomer,
       (select id from document_files where platform_client_id = $1 order by id limit 1)::text as file
"""


@pytest.mark.parametrize("name", PERSONAS)
@pytest.mark.parametrize("slug", ["nordlicht", "miro"])
async def test_rows_are_added_to_ones_own_client_only(
    chatly: "Connection[asyncpg.Record]", name: str, slug: str
) -> None:
    who = await persona(chatly, name)
    client = await chatly.fetchval("select id from platform_clients where slug = $1", slug)
    parents = dict((await chatly.fetch(PARENTS, client))[0])
    rank = await chatly.fetchval(
        "select coalesce((select array_position(array['member','agent','owner'], role) from client_members "
        "where platform_client_id = $1 and user_id = $2::uuid and status = 'active'), 0)",
        client,
        who.user_id,
    )
    rank = 9 if who.role == "service_role" else rank
    writer = await chatly.fetchval(
        "select min(user_id::text) from client_members where platform_client_id = $1", client
    )
    assert set(INSERTS) == set(TABLES)
    for table, statement in INSERTS.items():
        filled = statement.format(**parents, me=who.user_id or writer)
        allowed = rank >= LEAST.get(table, 2)
        try:
            async with acting(chatly, who):
                await chatly.execute(filled, client)
            done = True
        except asyncpg.InsufficientPrivilegeError:
            done = False
        assert done is allowed, f"{name} inserts into {table} of {slug}"


FORGED = {
    "messages": "insert into messages (platform_client_id, conversation_id, direction, body, sent_by) "
    "values ($1, '{conversation}', 'out', 'New', '{writer}')",
    "document_files": "insert into document_files (platform_client_id, uploaded_by, file_name, mime_type, byte_size) "
    "values ($1, '{writer}', 'new.pdf', 'application/pdf', 10)",
    "messages that came in": "insert into messages (platform_client_id, conversation_id, direction, body) "
    "values ($1, '{conversation}', 'in', 'New')",
}


@pytest.mark.parametrize("what", FORGED)
async def test_nobody_writes_in_the_name_of_another(chatly: "Connection[asyncpg.Record]", what: str) -> None:
    who = await persona(chatly, "owner A")
    client = await chatly.fetchval("select id from platform_clients where slug = 'nordlicht'")
    parents = dict((await chatly.fetch(PARENTS, client))[0])
    writer = await chatly.fetchval(
        "select min(user_id::text) from client_members where platform_client_id = $1 and user_id <> $2::uuid",
        client,
        who.user_id,
    )
    async with acting(chatly, who):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await chatly.execute(FORGED[what].format(**parents, writer=writer), client)


@pytest.mark.parametrize("name", PERSONAS)
async def test_the_inbox_shows_the_open_conversations_that_the_reader_may_see(
    chatly: "Connection[asyncpg.Record]", name: str
) -> None:
    who = await persona(chatly, name)
    wanted = await expected(chatly, who, "conversations", "select", "t.status <> 'closed'")
    if who.role == "anon":
        async with acting(chatly, who):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await chatly.fetch("select from inbox")
        return
    async with acting(chatly, who):
        rows = await chatly.fetch("select conversation_id, last_message from inbox")
    assert len(rows) == wanted
    assert all(row["last_message"] for row in rows)  # every seeded conversation has one, and its reader may see it


@pytest.mark.parametrize("table", TABLES)
async def test_nobody_moves_a_row_to_another_tenant(chatly: "Connection[asyncpg.Record]", table: str) -> None:
    if table in ("plans", "platform_clients"):
        return
    async with acting(chatly, await persona(chatly, "owner A")):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
            await chatly.execute(f"update {table} set platform_client_id = gen_random_uuid()")


@pytest.mark.parametrize("role", ["anon", "authenticated"])
async def test_no_table_can_be_emptied_around_the_policies(chatly: "Connection[asyncpg.Record]", role: str) -> None:
    for table in TABLES:
        async with acting(chatly, Persona(role, role, None)):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await chatly.execute(f"truncate public.{table} cascade")


async def test_a_closed_client_is_seen_by_nobody_and_a_suspended_one_still_is(
    chatly: "Connection[asyncpg.Record]",
) -> None:
    who = await persona(chatly, "owner A")
    for status, sees in (("suspended", True), ("closed", False)):
        await chatly.execute("update platform_clients set status = $1 where slug = 'nordlicht'", status)
        async with acting(chatly, who):
            counts = [await chatly.fetchval(f"select count(*) from {table}") for table in TABLES if table != "plans"]
        # The own membership is always seen: it says why the rest is gone.
        assert sum(counts) > 1 if sees else counts == [int(table == "client_members") for table in TABLES[1:]]
