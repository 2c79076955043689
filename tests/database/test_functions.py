import asyncio
import json
from uuid import UUID

import asyncpg
import pytest

from tests.database.conftest import UP, run_file
from tests.database.personas import ADA, BEN, OUTSIDER, TRAVELLER, Persona, acting

Connection = asyncpg.Connection
FREE = """select s.id from social_contacts s join platform_clients c on c.id = s.platform_client_id
where c.slug = $1 and not exists (select from conversations o where o.social_contact_id = s.id and o.status <> 'closed')
order by s.id limit 1"""


async def user(chatly: "Connection[asyncpg.Record]", email: str) -> Persona:
    return Persona(
        email, "authenticated", await chatly.fetchval("select id::text from auth.users where email = $1", email)
    )


async def refused(chatly: "Connection[asyncpg.Record]", statement: str, *values: object) -> str:
    with pytest.raises(asyncpg.PostgresError) as error:
        async with chatly.transaction():
            await chatly.execute(statement, *values)
    assert error.value.args[0]
    return str(getattr(error.value, "sqlstate", ""))


async def test_a_conversation_begins_with_its_message_or_not_at_all(chatly: "Connection[asyncpg.Record]") -> None:
    contact = await chatly.fetchval(FREE, "miro")
    async with acting(chatly, await user(chatly, BEN)):
        # An empty message is refused, and leaves no conversation behind.
        assert await refused(chatly, "select start_conversation($1, 'Hola', '')", contact) == "23514"
        assert await refused(chatly, "select start_conversation($1, 'Hola', repeat('x', 5000))", contact) == "23514"
        assert await refused(chatly, "select start_conversation($1, null, 'Buenos días')", contact) == "23502"
        begun = await chatly.fetchval("select start_conversation($1, 'Hola', 'Buenos días')", contact)
        assert await chatly.fetchval("select count(*) from messages where conversation_id = $1", begun) == 1
        assert await refused(chatly, "select start_conversation($1, 'Hola', 'Otra vez')", contact) == "23505"
    async with acting(chatly, await user(chatly, ADA)):
        assert await refused(chatly, "select start_conversation($1, 'Hallo', 'von nebenan')", contact) == "P0002"


async def test_a_blocked_contact_is_not_written_to(chatly: "Connection[asyncpg.Record]") -> None:
    contact = await chatly.fetchval(FREE, "miro")
    await chatly.execute("update social_contacts set blocked_at = now() where id = $1", contact)
    async with acting(chatly, await user(chatly, BEN)):
        assert await refused(chatly, "select start_conversation($1, 'Hola', 'Buenos días')", contact) == "55000"


async def test_a_conversation_is_handed_to_a_colleague_who_answers(chatly: "Connection[asyncpg.Record]") -> None:
    ben, ada = await user(chatly, BEN), await user(chatly, ADA)
    mine = await chatly.fetchval("select id from conversations where assigned_to = $1::uuid limit 1", ben.user_id)
    owner = await chatly.fetchval(
        "select m.user_id from client_members m join platform_clients c on c.id = m.platform_client_id "
        "where c.slug = 'miro' and m.role = 'owner' limit 1"
    )
    reader = await chatly.fetchval("select id from auth.users where email = $1", TRAVELLER)
    hand = "select assign_conversation($1, $2)"
    async with acting(chatly, ben):
        direct = "update conversations set assigned_to = $2 where id = $1"
        assert await refused(chatly, direct, mine, owner) == "42501"  # it would go out of his sight
        assert await refused(chatly, hand, mine, reader) == "23503"  # only reads there
        assert await refused(chatly, hand, mine, UUID(ada.user_id)) == "23503"  # works elsewhere
        await chatly.execute(hand, mine, owner)
        assert await chatly.fetchval("select count(*) from conversations where id = $1", mine) == 0
    async with acting(chatly, ada):
        assert await refused(chatly, hand, mine, None) == "P0002"


async def test_booking_refuses_the_past_and_the_taken_hour(chatly: "Connection[asyncpg.Record]") -> None:
    ada = await user(chatly, ADA)
    contact = await chatly.fetchval(FREE, "nordlicht")
    book = "select book_appointment($1, $2, 'Anpassung', {})"
    async with acting(chatly, ada):
        later = "now() + interval '400 days'"
        assert await refused(chatly, book.format("now() - interval '1 minute'"), contact, UUID(ada.user_id)) == "22023"
        await chatly.execute(book.format(later), contact, UUID(ada.user_id))
        assert await refused(chatly, book.format(later), contact, UUID(ada.user_id)) == "23P01"
        assert await refused(chatly, book.format("null"), contact, UUID(ada.user_id)) == "22023"
        assert await refused(chatly, book.format(later), None, UUID(ada.user_id)) == "P0002"
        lasting = "select book_appointment($1, null, 'Anpassung', {}, {})".format(later, "{}")
        assert await refused(chatly, lasting.format("null"), contact) == "22004"
        assert await refused(chatly, lasting.format("interval '-1 hour'"), contact) == "23514"
        assert await refused(chatly, lasting.format("interval '2 days'"), contact) == "23514"
    stranger = await user(chatly, BEN)
    foreign = await chatly.fetchval(FREE, "miro")
    async with acting(chatly, ada):
        assert await refused(chatly, book.format(later), foreign, UUID(ada.user_id)) == "P0002"
        assert await refused(chatly, book.format(later), contact, UUID(stranger.user_id)) == "23503"


async def test_a_plan_is_changed_by_an_owner_to_one_that_is_large_enough(chatly: "Connection[asyncpg.Record]") -> None:
    client = await chatly.fetchval("select id from platform_clients where slug = 'nordlicht'")
    change = "select change_plan($1, $2)"
    async with acting(chatly, await user(chatly, ADA)):
        assert await refused(chatly, change, client, "starter") == "54000"
        assert await refused(chatly, change, client, "enterprise") == "P0002"  # by contract, not on the price list
        assert await refused(chatly, change, client, None) == "P0002"
        assert await refused(chatly, change, None, "business") == "42501"
        await chatly.execute(change, client, "business")
        assert await refused(chatly, "update platform_clients set plan_id = plan_id where id = $1", client) == "42501"
    async with acting(chatly, await user(chatly, TRAVELLER)):
        assert await refused(chatly, change, client, "business") == "42501"


async def test_founding_a_client_makes_its_founder_the_owner(chatly: "Connection[asyncpg.Record]") -> None:
    found = "select found_client('Neu & Fein', $1, 'DE', 'de', $2)"
    async with acting(chatly, await user(chatly, OUTSIDER)):
        assert await refused(chatly, found, "neu", "Europe/Atlantis") == "22023"
        assert await refused(chatly, found, "miro", "Europe/Berlin") == "23505"
        assert await refused(chatly, found, "Neu & Fein", "Europe/Berlin") == "23514"
        assert await refused(chatly, found, None, "Europe/Berlin") == "23502"
        assert await refused(chatly, found, "neu", None) == "22023"
        client = await chatly.fetchval(found, "neu", "Europe/Berlin")
        assert await chatly.fetchval("select role from client_members where platform_client_id = $1", client) == "owner"
        assert await refused(chatly, "delete from client_members where platform_client_id = $1", client) == "23001"
        step_down = "update client_members set role = 'member' where platform_client_id = $1"
        assert await refused(chatly, step_down, client) == "23001"
    nobody = Persona("service_role", "service_role", None)
    async with acting(chatly, nobody):
        assert await refused(chatly, found, "neu", "Europe/Berlin") == "28000"
    async with acting(chatly, await user(chatly, OUTSIDER)):
        # An anonymous sign-in is a user of the role authenticated as well.
        await chatly.execute(
            "select set_config('request.jwt.claims', (auth.jwt() || '{\"is_anonymous\": true}')::text, true)"
        )
        assert await refused(chatly, found, "neu", "Europe/Berlin") == "28000"


async def test_a_plan_limit_holds_for_many_rows_at_once(chatly: "Connection[asyncpg.Record]") -> None:
    await chatly.execute("update plans set max_contacts = 200 where code = 'starter'")
    statement = """insert into social_contacts (platform_client_id, channel_id, external_id, display_name)
        select h.platform_client_id, h.id, 'new-' || n, 'New' from generate_series(1, 300) n, channels h
         where h.id = (select min(h.id::text)::uuid from channels h
                         join platform_clients c on c.id = h.platform_client_id
                         join plans p on p.id = c.plan_id where p.code = 'starter')"""
    assert await refused(chatly, statement) == "54000"


async def test_the_chunks_of_a_file_are_replaced_together(chatly: "Connection[asyncpg.Record]") -> None:
    file = await chatly.fetchval(
        "select f.id from document_files f join platform_clients c on c.id = f.platform_client_id "
        "where c.slug = 'nordlicht' order by f.id limit 1"
    )
    replace = "select replace_document($1, $2::jsonb)"
    vector = json.dumps([1.0] * 384)
    good = {"content": "Neu", "embedding": vector, "embedding_model": "lexical"}
    count = "select count(*) from documents where document_file_id = $1"
    async with acting(chatly, await user(chatly, ADA)):
        before = await chatly.fetchval(count, file)
        bad = good | {"embedding": "[1,2]"}
        assert await refused(chatly, replace, file, json.dumps([good, bad])) == "22000"
        assert await chatly.fetchval(count, file) == before
        zero = json.dumps([0.0] * 384)
        for wrong, sqlstate in (
            ({"embedding": zero}, "23514"),
            ({"embedding": None}, "23514"),  # a model without an embedding
            ({"embedding": "near"}, "22P02"),
            ({"content": None}, "23502"),
            ({"content": " "}, "23514"),
            ({"content": "x" * 8_001}, "23514"),
        ):
            assert await refused(chatly, replace, file, json.dumps([good | wrong])) == sqlstate, wrong
        for nothing in (None, "{}", '"text"'):
            assert await refused(chatly, replace, file, nothing) == "22023"
        assert await chatly.fetchval(replace, file, json.dumps([good, good])) == 2
        assert await chatly.fetchval(count, file) == 2
    async with acting(chatly, await user(chatly, BEN)):
        assert await refused(chatly, replace, file, json.dumps([good])) == "P0002"


async def test_contacts_are_found_by_part_of_the_name_in_ones_own_clients(chatly: "Connection[asyncpg.Record]") -> None:
    find = "select * from search_contacts($1, 200)"
    ada = await user(chatly, ADA)
    name = await chatly.fetchval(
        "select s.display_name from social_contacts s join platform_clients c on c.id = s.platform_client_id "
        "where c.slug = 'nordlicht' order by s.id limit 1"
    )
    part = name[1:4].upper()
    like = "select id from social_contacts where display_name ilike '%' || $1 || '%'"
    async with acting(chatly, ada):
        # The same rows that the policies show, and none of another tenant.
        seen = {row["id"] for row in await chatly.fetch(like, part)}
        found = await chatly.fetch(find, part)
        assert len(found) == min(200, len(seen)) > 0
        assert {row["id"] for row in found} <= seen
        assert await chatly.fetch(find, "%%") == await chatly.fetch(find, "__") == []  # letters, not patterns
        assert await refused(chatly, find, "a") == "22023"
        assert await refused(chatly, find, None) == "22023"
        assert await refused(chatly, "select * from search_contacts('abc', 0)") == "22023"
    async with acting(chatly, await user(chatly, OUTSIDER)):
        assert await chatly.fetch(find, part) == []


async def seed_a_client(connection: "Connection[asyncpg.Record]") -> None:
    await connection.execute(
        """insert into plans (code, name, price_cents, max_members, max_contacts, max_files)
           values ('large', 'Large', 2, 10, 10, 10), ('small', 'Small', 1, 1, 1, 1);
           insert into platform_clients (plan_id, name, slug, country)
           select id, 'Neu', 'neu', 'DE' from plans where code = 'large';
           insert into channels (platform_client_id, kind, external_account_id, display_name)
           select id, 'whatsapp', 'account', 'Neu' from platform_clients"""
    )


ADD = """insert into social_contacts (platform_client_id, channel_id, external_id, display_name)
select platform_client_id, id, $1, 'New' from channels"""
SHRINK = "update platform_clients set plan_id = (select id from plans where code = 'small')"


async def waits_and_is_refused(
    first: "Connection[asyncpg.Record]", begun: tuple[str, ...], dsn: str, waiting: tuple[str, ...]
) -> str:
    """Begin one change, send the other from a second session, commit the first: the SQLSTATE of the second."""
    other = await asyncpg.connect(dsn, timeout=10, command_timeout=60)
    try:
        transaction = first.transaction()
        await transaction.start()
        await first.execute(*begun)
        waits = asyncio.create_task(other.execute(*waiting))
        pid = other.get_server_pid()
        while not await first.fetchval("select exists (select from pg_locks where pid = $1 and not granted)", pid):
            assert not waits.done(), "the second did not wait for the first"
        await transaction.commit()
        with pytest.raises(asyncpg.PostgresError) as error:
            await waits
        return str(getattr(error.value, "sqlstate", ""))
    finally:
        await other.close()


@pytest.mark.parametrize("first", ["plan", "contact"])
async def test_a_plan_limit_holds_for_two_sessions_at_once(
    fresh: "Connection[asyncpg.Record]", fresh_dsn: str, first: str
) -> None:
    for path in UP:
        await run_file(fresh, path)
    await seed_a_client(fresh)
    await fresh.execute(ADD, "one")
    begun, waiting = ((SHRINK,), (ADD, "two")) if first == "plan" else ((ADD, "two"), (SHRINK,))
    assert await waits_and_is_refused(fresh, begun, fresh_dsn, waiting) == "54000"


async def test_two_owners_do_not_both_leave_at_once(fresh: "Connection[asyncpg.Record]", fresh_dsn: str) -> None:
    for path in UP:
        await run_file(fresh, path)
    await seed_a_client(fresh)
    await fresh.execute(
        """insert into auth.users (id) values ('00000000-0000-4000-9000-000000000001'),
                                              ('00000000-0000-4000-9000-000000000002');
           insert into client_members (platform_client_id, user_id, role, display_name)
           select c.id, u.id, 'owner', 'Owner' from platform_clients c, auth.users u where u.id::text like '%-9000-%'"""
    )
    leave = "delete from client_members where user_id::text like '%-9000-%' || $1"
    assert await waits_and_is_refused(fresh, (leave, "1"), fresh_dsn, (leave, "2")) == "23001"
    assert await fresh.fetchval("select count(*) from client_members") == 1
