"""The rehearsal of the path to monthly partitions of messages, there and back."""

from pathlib import Path

import asyncpg
import pytest

from tests.database.conftest import FOLDER
from tests.database.personas import acting, persona

Connection = asyncpg.Connection
THERE = (FOLDER / "partitioning" / "messages_by_month.sql").read_text(encoding="utf-8")
BACK = (FOLDER / "partitioning" / "messages_in_one_piece.sql").read_text(encoding="utf-8")
SNAPSHOT = Path(__file__).with_name("snapshot.sql").read_text(encoding="utf-8")
CONTENT = "select count(*), sum(hashtextextended(m::text, 0)) from (select * from public.messages) m"
SEARCH_PATH = "set local search_path = public, extensions"


async def rehearse(connection: "Connection[asyncpg.Record]", script: str) -> None:
    """Run a script as the owner of the tables, who need not be a superuser."""
    await connection.execute("set local role postgres")
    await connection.execute(script)
    await connection.execute(f"reset role; {SEARCH_PATH}")


async def keep_the_last_months(connection: "Connection[asyncpg.Record]") -> None:
    """A quarter of the year is rehearsal enough, and quicker; replies to what is gone go first."""
    await connection.execute(
        """set local session_replication_role = replica;
           delete from messages where sent_at < now() - interval '90 days';
           update messages m set reply_to_id = null
            where reply_to_id is not null and not exists (select from messages r where r.id = m.reply_to_id);
           set local session_replication_role = origin; analyze messages"""
    )


async def catalogue(connection: "Connection[asyncpg.Record]") -> set[str]:
    return {str(row[0]) for row in await connection.fetch(SNAPSHOT)}


async def seen_by_each(connection: "Connection[asyncpg.Record]") -> dict[str, list[object]]:
    """What each persona reads, writes and deletes, by number."""
    seen: dict[str, list[object]] = {}
    for name in ("anon", "owner A", "agent A", "member A", "service_role"):
        async with acting(connection, await persona(connection, name)):
            seen[name] = [await connection.fetchval("select count(*) from messages")]
            for statement in (
                "update messages set status = status where sent_at > now() - interval '7 days'",
                "delete from messages where sent_at > now() - interval '2 days'",
                "select count(*) from inbox",
            ):
                try:
                    async with connection.transaction():
                        seen[name].append(await connection.execute(statement))
                except asyncpg.InsufficientPrivilegeError:
                    seen[name].append("refused")
    return seen


async def test_partitioning_changes_nothing_for_users_and_is_undone_without_a_trace(
    chatly: "Connection[asyncpg.Record]",
) -> None:
    await chatly.execute(SEARCH_PATH)
    await keep_the_last_months(chatly)
    before, content, seen = await catalogue(chatly), await chatly.fetch(CONTENT), await seen_by_each(chatly)

    await rehearse(chatly, THERE)
    assert await chatly.fetchval("select relkind from pg_class where oid = 'messages'::regclass") == b"p"
    assert await chatly.fetch(CONTENT) == content
    assert await seen_by_each(chatly) == seen
    await partitions_are_read_only_where_needed(chatly)
    await partitions_hold_what_the_table_held(chatly)
    assert await chatly.fetchval("select count(*) from private.messages_other") == 0

    await rehearse(chatly, BACK)
    assert await catalogue(chatly) ^ before == set()
    assert await chatly.fetch(CONTENT) == content


async def partitions_are_read_only_where_needed(chatly: "Connection[asyncpg.Record]") -> None:
    plan = "\n".join(
        row[0] for row in await chatly.fetch("explain select count(*) from messages where sent_at > now() + '20 days'")
    )
    assert "messages_20" in plan
    assert plan.count("Scan") <= 4  # of some six partitions, those that are still to come and the one for others
    for role in ("anon", "authenticated", "service_role"):
        partitions = await chatly.fetchval(
            "select count(*) from pg_inherits i where i.inhparent = 'messages'::regclass "
            "and has_table_privilege($1, i.inhrelid, 'SELECT')",
            role,
        )
        assert partitions == 0, f"{role} may read partitions around the policies of the parent"


async def partitions_hold_what_the_table_held(chatly: "Connection[asyncpg.Record]") -> None:
    reply = (await chatly.fetch("select id, reply_to_id from messages where reply_to_id is not null limit 1"))[0]
    check = chatly.transaction()
    await check.start()
    await chatly.execute("delete from messages where id = $1", reply["reply_to_id"])
    assert await chatly.fetchval("select reply_to_id from messages where id = $1", reply["id"]) is None
    later = "insert into messages (platform_client_id, conversation_id, direction, body, sent_at) "
    later += (
        "select platform_client_id, conversation_id, 'in', 'later', now() + interval '1 month' from messages limit 1 "
    )
    assert await chatly.fetchval(f"{later} returning tableoid::regclass::text") != "private.messages_other"
    await check.rollback()
    for wrong, error in (
        ("insert into messages select * from messages limit 1", asyncpg.UniqueViolationError),
        ("update messages set conversation_id = gen_random_uuid()", asyncpg.ForeignKeyViolationError),
        ("update messages set body = ''", asyncpg.CheckViolationError),
    ):
        with pytest.raises(error):
            async with chatly.transaction():
                await chatly.execute(wrong)


async def test_neither_way_is_gone_twice(chatly: "Connection[asyncpg.Record]") -> None:
    with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError, match="was not partitioned"):
        async with chatly.transaction():
            await chatly.execute(BACK)
    await keep_the_last_months(chatly)
    await rehearse(chatly, THERE)
    with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError, match="partitioned already"):
        async with chatly.transaction():
            await chatly.execute(THERE)
