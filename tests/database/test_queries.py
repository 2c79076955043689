"""The library of queries: each runs with its defaults, gives what it promises, and keeps to its reader's rights."""

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import asyncpg
import pytest

from chatly_console.core.saved_query import SavedQuery, read_saved_query
from chatly_console.core.sql.script import split
from chatly_console.query.parameters import bound
from tests.database.conftest import FOLDER
from tests.database.personas import ADA, Persona, acting

Connection = asyncpg.Connection
Rows = list[dict[str, Any]]
LIBRARY: dict[str, SavedQuery] = {
    path.stem: read_saved_query(path.read_text(encoding="utf-8"), path.stem)
    for path in sorted((FOLDER / "queries").glob("*.sql"))
}


async def run(connection: "Connection[asyncpg.Record]", query: SavedQuery, **given: str | None) -> Rows:
    sql, names = query.numbered()
    values = {parameter.name: parameter.default for parameter in query.parameters} | given
    return [dict(row) for row in await connection.fetch(sql, *[values[name] for name in names])]


def falling(values: Iterable[Any]) -> bool:
    return all(a >= b for a, b in pairwise(values))


def sums_up(rows: Rows) -> bool:
    """The total is the sum of the clients, of the channels, and of the details."""
    everywhere, every = "all clients", "all channels"
    total = next(r["messages"] for r in rows if (r["client"], r["channel"]) == (everywhere, every))
    parts = [
        [r for r in rows if r["client"] == everywhere and r["channel"] != every],
        [r for r in rows if r["client"] != everywhere and r["channel"] == every],
        [r for r in rows if r["client"] != everywhere and r["channel"] != every],
    ]
    return all(sum(r["messages"] for r in part) == total for part in parts)


def is_tree(rows: Rows) -> bool:
    """Each row lies at most one deeper than the one above it, and there are replies at all."""
    depths = [r["depth"] for r in rows]
    return depths[0] == 0 and max(depths) >= 2 and all(b <= a + 1 for a, b in pairwise(depths))


def do_not_touch(rows: Rows) -> bool:
    """Streaks are apart by a quiet day at least, and as long as from their first to their last day."""
    in_order = sorted(rows, key=lambda r: r["first_day"])
    return all(r["days"] == (r["last_day"] - r["first_day"]).days + 1 for r in rows) and all(
        b["quiet_before"] == (b["first_day"] - a["last_day"]).days - 1 >= 1 for a, b in pairwise(in_order)
    )


PROMISES: dict[str, Callable[[Rows], bool]] = {
    "busiest_hours": lambda rows: (
        {r["hour"] for r in rows} == set(range(24))
        and all(r["week"] == sum(r[d] for d in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")) for r in rows)
    ),
    "busy_members": lambda rows: all(r["not_closed"] >= 10 and r["urgent"] <= r["not_closed"] for r in rows),
    "clients_above_failure_rate": lambda rows: all(r["failed"] > 0 for r in rows) and 0 < len(rows) < 40,
    "contacts_above_mean": lambda rows: all(r["conversations"] > r["mean"] for r in rows),
    "contacts_by_source": lambda rows: sum(r["contacts"] for r in rows) == 5_000,
    "contacts_kept_by_month": lambda rows: (
        sum(r["month_0"] for r in rows) == 5_000 and all(0 <= r["month_1"] <= 100 for r in rows)
    ),
    "contacts_without_appointment": lambda rows: all(r["conversations"] >= 5 for r in rows),
    "conversation_thread": is_tree,
    "days_of_talk_and_bookings": lambda rows: (
        any(not r["conversations"] for r in rows)  # those ahead
        and len({r["day"] for r in rows}) == len(rows)
    ),
    "delivery_by_channel": lambda rows: (
        {r["channel"] for r in rows} == {"whatsapp", "instagram", "messenger"}
        and all(r["read"] + r["delivered"] + r["queued"] + r["failed"] <= r["sent"] for r in rows)
    ),
    "first_response_time": lambda rows: (
        falling(r["first_response"] for r in rows if r["first_response"] is not None)
        and [r["first_response"] is None for r in rows]
        == sorted((r["first_response"] is None for r in rows), reverse=True)
    ),
    "free_hours": lambda rows: len({(r["host"], r["starts_at"]) for r in rows}) == len(rows) > 0,
    "hot_conversations": lambda rows: all(r["above_mean"] > 0 for r in rows) and falling(r["messages"] for r in rows),
    "hybrid_retrieval": lambda rows: (
        len(rows) == 10 and any(r["text_place"] for r in rows) and falling(r["score"] for r in rows)
    ),
    "inbox_page": lambda rows: len(rows) == 25 and falling((r["opened_at"], r["id"]) for r in rows),
    "last_message_of_each_conversation": lambda rows: (
        len({r["id"] for r in rows}) == len(rows) == 100 and all(r["last_at"] is not None for r in rows)
    ),
    "liveliest_contacts": lambda rows: (
        len(rows) == 120 and all([r["place"] for r in rows[i : i + 3]] == [1, 2, 3] for i in range(0, 120, 3))
    ),
    "members_by_answers": lambda rows: (
        all(r["dense_rank"] <= r["rank"] for r in rows) and {r["rank"] for r in rows} >= {1, 2}
    ),
    "messages_running_total": lambda rows: (
        len(rows) == 61 and rows[-1]["so_far"] == sum(r["messages"] for r in rows)
        and abs(float(rows[6]["mean_of_7_days"]) - sum(r["messages"] for r in rows[:7]) / 7) < 0.06
    ),
    "nearest_chunks": lambda rows: (
        len(rows) == 10 and rows[0]["similarity"] == 1 and falling(r["similarity"] for r in rows)
    ),
    "open_conversations": lambda rows: all(r["status"] in ("open", "pending") for r in rows) and len(rows) == 100,
    "pauses_between_appointments": lambda rows: (
        all(r["pause"] is None or r["pause"] >= timedelta(0) for r in rows)
        and sum(r["pause"] is None for r in rows) == len({r["host"] for r in rows})
    ),
    "plan_usage": lambda rows: (
        len(rows) == 40 and all(0 < r["fullest"] <= 100 for r in rows) and falling(r["fullest"] for r in rows)
    ),
    "plans_and_their_clients": lambda rows: (
        len(rows) == 4 and sum(r["clients"] for r in rows) == 40 and any(r["clients"] == 0 for r in rows)
    ),
    "response_percentiles": lambda rows: (
        len(rows) == 40 and all(r["half_within"] <= r["nine_tenths_within"] <= r["ninety_nine_within"] for r in rows)
    ),
    "returning_contacts": lambda rows: falling(r["closed_at"] for r in rows),
    "same_person_on_two_channels": lambda rows: all(r["channel"] != r["other_channel"] for r in rows),
    "silences_in_conversations": lambda rows: len(rows) == 50 and falling(r["silence"] for r in rows),
    "storage_by_client": lambda rows: (
        sum(r["files"] for r in rows) == 1_250 and sum(r["chunks"] for r in rows) == 10_000
    ),
    "streaks_of_days": do_not_touch,
    "timeline_of_a_contact": lambda rows: (
        falling(r["at"] for r in rows) and any(r["what"].startswith("appointment") for r in rows)
    ),
    "unsent_messages": lambda rows: len(rows) == 100 and falling(r["waits"] for r in rows),
    "volume_by_client_and_channel": sums_up,
}  # fmt: skip


def test_each_query_is_promised_something() -> None:
    assert len(LIBRARY) >= 24
    assert set(PROMISES) == set(LIBRARY)


@pytest.mark.parametrize("name", LIBRARY)
def test_each_query_says_what_it_is_and_is_one_statement_with_a_limit(name: str) -> None:
    query = LIBRARY[name]
    assert query.purpose and query.look_at and query.title != name
    assert len(list(split(query.sql))) == 1
    code = re.sub(r"--.*", "", query.sql)
    assert re.search(r"\blimit (\d+|:\w+);\s*$", code)
    assert set(re.findall(r"(?<!:):([a-z_]+)", code)) == {parameter.name for parameter in query.parameters}
    assert all(parameter.words for parameter in query.parameters)


FEATURES = {
    "inner join": r"\n +join ", "left join": r"left join (?!lateral)", "right join": r"right join",
    "full outer join": r"full join", "cross join": r"cross join", "lateral": r"lateral \(",
    "having": r"\nhaving ", "filter": r"filter \(where", "grouping sets": r"grouping sets",
    "row_number": r"row_number\(",
    "rank": r"\brank\(", "lag": r"\blag\(", "lead": r"\blead\(",
    "running total": r"sum\(count\(m\.id\)\) over \(order by",
    "frame": r"rows between", "plain cte": r"^with (?!recursive)", "recursive cte": r"with recursive",
    "materialized": r"as materialized", "correlated subquery": r"exists \(\s*select", "percentiles": r"percentile_cont",
    "scalar subquery": r"> \(\s*select", "nulls on purpose": r"nulls (first|last)", "vectors": r"match_documents\(",
    "hybrid": r"hybrid_search\(", "jsonb": r"@>", "ranges": r"tstzrange", "set operation": r"union all",
    "paging by key": r"\(c\.opened_at, c\.id\) <",
}  # fmt: skip


def test_the_library_shows_every_technique() -> None:
    everything = "\n".join(query.sql for query in LIBRARY.values())
    assert [what for what, form in FEATURES.items() if not re.search(form, everything, re.MULTILINE)] == []


@pytest.mark.parametrize("name", LIBRARY)
async def test_each_query_gives_what_it_promises(chatly: "Connection[asyncpg.Record]", name: str) -> None:
    rows = await run(chatly, LIBRARY[name])
    assert rows
    assert PROMISES[name](rows)


SERVER_NAMES = {"integer": "int4", "bigint": "int8"}


@pytest.mark.parametrize("name", LIBRARY)
async def test_the_server_sees_each_parameter_as_its_header_says(
    chatly: "Connection[asyncpg.Record]", name: str
) -> None:
    # As the Query pane sends it: numbered, without casts of its own, so the types are the server's to find.
    asked = bound(LIBRARY[name].sql)
    statement = await chatly.prepare(asked.sql)
    found = {
        wanted.name: given.name for wanted, given in zip(asked.parameters, statement.get_parameters(), strict=True)
    }
    declared = {wanted.name: SERVER_NAMES.get(wanted.type, wanted.type) for wanted in LIBRARY[name].parameters}
    assert found == declared
    assert {p.name: p.default for p in asked.parameters} == {p.name: p.default for p in LIBRARY[name].parameters}


async def test_a_user_finds_nothing_of_other_tenants(chatly: "Connection[asyncpg.Record]") -> None:
    ada = await chatly.fetchval("select id::text from auth.users where email = $1", ADA)
    for name, query in LIBRARY.items():
        async with acting(chatly, Persona(ADA, "authenticated", ada)):
            rows = await run(chatly, query)
        clients = {row["client"] for row in rows if "client" in row}
        assert clients <= {"Nordlicht Optik", "all clients"}, name


async def test_a_day_without_appointments_is_not_lost(chatly: "Connection[asyncpg.Record]") -> None:
    query = LIBRARY["days_of_talk_and_bookings"]
    before = await run(chatly, query)
    day = next(row for row in before if row["conversations"] and row["appointments"])["day"]
    transaction = chatly.transaction()
    await transaction.start()
    try:
        await chatly.execute("delete from appointments where starts_at::date = $1", day)
        after = await run(chatly, query)
    finally:
        await transaction.rollback()
    assert after == [row | {"appointments": 0} if row["day"] == day else row for row in before]


async def test_pages_of_the_inbox_follow_each_other_without_gap(chatly: "Connection[asyncpg.Record]") -> None:
    first = await run(chatly, LIBRARY["inbox_page"])
    last = first[-1]
    second = await run(
        chatly, LIBRARY["inbox_page"], before=last["opened_at"].isoformat(), before_id=str(last["id"])
    )  # fmt: skip
    both = await run(chatly, LIBRARY["inbox_page"], rows="50")
    assert [row["id"] for row in first + second] == [row["id"] for row in both]


async def test_the_outbox_is_read_by_its_partial_index(chatly: "Connection[asyncpg.Record]") -> None:
    sql, names = LIBRARY["unsent_messages"].numbered()
    plan = await chatly.fetch(f"explain {sql}", *["100" for _ in names])
    assert any("messages_outbox_idx" in row[0] for row in plan)
