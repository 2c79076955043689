import asyncpg
import numpy as np

from chatly_console.vectors.lexical import NAME, embed

Connection = asyncpg.Connection

KEYS = """
select k.conname, k.conrelid::regclass::text as child, k.confrelid::regclass::text as parent,
       (select string_agg(format('c.%I = p.%I', a.attname, b.attname), ' and ')
          from unnest(k.conkey, k.confkey) x (c, p)
          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x.c
          join pg_attribute b on b.attrelid = k.confrelid and b.attnum = x.p) as matches,
       (select string_agg(format('c.%I is not null', a.attname), ' and ')
          from unnest(k.conkey) x (c) join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x.c) as given
  from pg_constraint k where k.contype = 'f' and k.connamespace = 'public'::regnamespace
"""


async def test_every_foreign_key_holds(chatly: "Connection[asyncpg.Record]") -> None:
    # The load does not check them row by row.
    broken = {}
    for key in await chatly.fetch(KEYS):
        orphans = await chatly.fetchval(
            f"select count(*) from {key['child']} c where {key['given']} "
            f"and not exists (select from {key['parent']} p where {key['matches']})"
        )
        if orphans:
            broken[key["conname"]] = orphans
    assert broken == {}


async def test_triggers_and_limits_would_have_let_the_rows_in(chatly: "Connection[asyncpg.Record]") -> None:
    strayed = await chatly.fetchval(
        "select count(*) from messages m join messages r on r.id = m.reply_to_id "
        "where r.conversation_id <> m.conversation_id or r.sent_at > m.sent_at"
    )
    assert strayed == 0
    over = await chatly.fetchval(
        """select count(*) from platform_clients c join plans p on p.id = c.plan_id
            where p.max_contacts < (select count(*) from social_contacts s where s.platform_client_id = c.id)
               or p.max_members < (select count(*) from client_members m where m.platform_client_id = c.id)
               or p.max_files < (select count(*) from document_files f where f.platform_client_id = c.id)"""
    )
    assert over == 0


async def test_nothing_lies_in_the_future_but_appointments(chatly: "Connection[asyncpg.Record]") -> None:
    assert await chatly.fetchval("select max(sent_at) <= now() from messages")
    assert await chatly.fetchval("select max(closed_at) <= now() from conversations")
    assert await chatly.fetchval("select bool_or(starts_at > now()) and bool_or(starts_at < now()) from appointments")


async def test_messages_lie_within_their_conversation(chatly: "Connection[asyncpg.Record]") -> None:
    outside = await chatly.fetchval(
        "select count(*) from messages m join conversations c on c.id = m.conversation_id "
        "where m.sent_at < c.opened_at or m.sent_at > c.closed_at"
    )
    assert outside == 0


async def test_embeddings_are_those_of_the_lexical_embedder(chatly: "Connection[asyncpg.Record]") -> None:
    rows = await chatly.fetch("select content, embedding::text as e, embedding_model from documents limit 50")
    assert {row["embedding_model"] for row in rows} == {NAME}
    stored = np.array([[float(n) for n in row["e"].strip("[]").split(",")] for row in rows])
    assert np.allclose(stored, embed([row["content"] for row in rows]), atol=1e-5)


async def test_texts_are_in_many_scripts(chatly: "Connection[asyncpg.Record]") -> None:
    for script in ("[а-яё]", "[ء-ي]", "[अ-ह]", "[ぁ-ん]", "[一-龯]", "[äöüß]", "[ãõç]", "👋|🙏|😊"):
        assert await chatly.fetchval("select count(*) > 100 from messages where body ~ $1", script), script


async def test_the_history_is_the_one_of_the_supabase_cli(chatly: "Connection[asyncpg.Record]") -> None:
    rows = await chatly.fetch("select version, name, statements from supabase_migrations.schema_migrations order by 1")
    assert [row["version"] for row in rows] == sorted(row["version"] for row in rows)
    first = rows[0]
    assert (first["version"], first["name"]) == ("20260301090000", "extensions")
    assert len(first["statements"]) > 1
