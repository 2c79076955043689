import asyncpg
import numpy as np
import pytest

from chatly_console.vectors.lexical import embed
from tests.database.personas import ADA, Persona, acting

Connection = asyncpg.Connection


def written(vector: "np.ndarray[tuple[int], np.dtype[np.float32]]") -> str:
    return "[" + ",".join(str(number) for number in vector) + "]"


QUESTIONS = [
    written(vector)
    for vector in embed(
        ["Where is my order?", "Termin am Montag verschieben", "horário de abertura", "発注はいつですか"]
    )
]

OWNERS = """
select c.slug, c.id, min(m.user_id::text) as owner,
       (select embedding::text from documents d where d.platform_client_id = c.id order by id limit 1) as own
  from platform_clients c join client_members m on m.platform_client_id = c.id
 where m.role = 'owner' group by c.id
"""


CALLS = {
    "match_documents": "match_documents($1::text::extensions.vector, 10)",
    # The words find nothing, so what comes is the vector leg with its distances.
    "hybrid_search": "hybrid_search('', $1::text::extensions.vector, 10)",
}


@pytest.mark.parametrize("call", CALLS)
async def test_every_tenant_gets_its_k_nearest_chunks(chatly: "Connection[asyncpg.Record]", call: str) -> None:
    recall = {}
    clients = await chatly.fetch(OWNERS)
    for client in clients:
        async with acting(chatly, Persona("owner", "authenticated", client["owner"])):
            right = wanted = 0
            for question in [*QUESTIONS, client["own"]]:
                exact = await chatly.fetch(
                    "select (embedding <=> $1::text::extensions.vector) + 0 as d from documents order by 1 limit 10",
                    question,
                )
                found = await chatly.fetch(
                    f"select d.embedding <=> $1::text::extensions.vector as d from {CALLS[call]} f "
                    "join documents d using (id)",
                    question,
                )
                assert len(found) == 10, client["slug"]
                right += sum(row["d"] <= exact[-1]["d"] + 1e-6 for row in found)
                wanted += 10
            recall[client["slug"]] = right / wanted
    assert len(recall) == 40
    assert {slug: share for slug, share in recall.items() if share < 0.95} == {}


async def test_the_backend_and_a_large_tenant_search_through_the_index(chatly: "Connection[asyncpg.Record]") -> None:
    scans = "select pg_stat_get_xact_numscans('documents_embedding_idx'::regclass)"
    for call in CALLS.values():
        before = await chatly.fetchval(scans)
        async with acting(chatly, Persona("service_role", "service_role", None)):
            assert len(await chatly.fetch(f"select id from {call}", QUESTIONS[0])) == 10
        assert await chatly.fetchval(scans) > before, call


async def user(chatly: "Connection[asyncpg.Record]", email: str) -> Persona:
    return Persona(
        email, "authenticated", await chatly.fetchval("select id::text from auth.users where email = $1", email)
    )


async def test_another_tenant_cannot_be_searched_by_naming_it(chatly: "Connection[asyncpg.Record]") -> None:
    other = await chatly.fetchval("select id from platform_clients where slug = 'miro'")
    async with acting(chatly, await user(chatly, ADA)):
        for call in (
            "match_documents($1::text::extensions.vector, 10, $2)",
            "hybrid_search('pedido', $1::text::extensions.vector, 10, $2)",
        ):
            assert await chatly.fetch(f"select id from {call}", QUESTIONS[0], other) == []


async def test_hybrid_search_puts_first_what_both_legs_find(chatly: "Connection[asyncpg.Record]") -> None:
    async with acting(chatly, await user(chatly, ADA)):
        rows = await chatly.fetch(
            "select content, score, text_place, vector_place "
            "from hybrid_search('Rechnung', $1::text::extensions.vector)",
            written(embed(["Rechnung"])[0]),
        )
    assert len(rows) == 10
    assert "rechnung" in rows[0]["content"].lower()
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    assert any(row["text_place"] for row in rows) and any(row["vector_place"] for row in rows)


@pytest.mark.parametrize(
    ("vector", "count", "sqlstate", "said"),
    [
        ("null", "10", "22004", "not null"),
        ("'[1,2,3]'", "10", "22000", "3 dimensions"),
        ("array_fill(0, array[384])::real[]", "10", "22023", "zero vector"),
        ("array_fill(1, array[384])::real[]", "0", "22023", "match_count"),
        ("array_fill(1, array[384])::real[]", "null", "22023", "match_count"),
    ],
)
async def test_a_search_without_an_answer_says_why(
    chatly: "Connection[asyncpg.Record]", vector: str, count: str, sqlstate: str, said: str
) -> None:
    with pytest.raises(asyncpg.PostgresError, match=said) as refused:
        await chatly.fetch(f"select * from match_documents({vector}::extensions.vector, {count})")
    assert getattr(refused.value, "sqlstate", "") == sqlstate
