"""What the comparisons of two variants do not show: vectors, writes, statistics and partitions."""

import json
import statistics
import time
from dataclasses import dataclass

import asyncpg

from chatly_console.resources import data_folder
from tests.performance.measure import ROUNDS, become, explained, found, rolled_back

Connection = asyncpg.Connection
Row = tuple[str, ...]
K = 10
PARTITIONING = data_folder("database") / "partitioning"


@dataclass(frozen=True)
class Table:
    """A table of the report: its heads and rows, all text."""

    heads: Row
    rows: list[Row]


NEAREST = f"select embedding <=> $1::text::vector as d from documents order by embedding <=> $1::text::vector limit {K}"


async def nearest(connection: "Connection[asyncpg.Record]", questions: list[str]) -> tuple[list[list[float]], float]:
    """The distances of the nearest for each question, and the median of the milliseconds."""
    statement = await connection.prepare(NEAREST)
    await statement.fetch(questions[0])
    answers, times = [], []
    for question in questions:
        started = time.perf_counter()
        rows = await statement.fetch(question)
        times.append((time.perf_counter() - started) * 1000)
        answers.append([row["d"] for row in rows])
    return answers, statistics.median(times)


def recall(answers: list[list[float]], exact: list[list[float]]) -> float:
    """The share of answers that are at most as far as the exact k-th: ties count as right."""
    right = sum(sum(d <= best[-1] + 1e-6 for d in some) for some, best in zip(answers, exact, strict=True))
    return right / sum(len(best) for best in exact)


async def vector_indexes(connection: "Connection[asyncpg.Record]", questions: list[str]) -> Table:
    """Recall and time of each kind of index on the same questions, over all tenants."""
    rows: list[Row] = []
    count = await connection.fetchval("select count(*) from documents")
    root = round(count**0.5)
    async with rolled_back(connection):
        await connection.execute("drop index documents_embedding_idx; set local plan_cache_mode = force_custom_plan")
        exact, ms = await nearest(connection, questions)
    rows.append(("none (exact)", "", "", "1.000", f"{ms:.2f}", ""))
    ivfflat = [(lists, [1, max(2, round(lists**0.5)), 40]) for lists in sorted({round(count / 1000), 100, root})]
    for lists, settings in ivfflat:
        words = {round(count / 1000): "rows/1000", root: "√rows", 100: "as migrated"}[lists]
        rows += await _vector_index(
            connection, f"ivfflat (embedding vector_cosine_ops) with (lists = {lists})", f"ivfflat, {lists} "
            f"lists ({words})",
            "ivfflat.probes", settings, questions, exact,
        )  # fmt: skip
    rows += await _vector_index(
        connection, "hnsw (embedding vector_cosine_ops)", "hnsw, m 16, ef_construction 64", "hnsw.ef_search",
        [40, 100, 200], questions, exact,
    )  # fmt: skip
    return Table(("index", "build and size", "setting", f"recall@{K}", "median ms", "plan"), rows)


async def _vector_index(
    connection: "Connection[asyncpg.Record]",
    definition: str,
    name: str,
    setting: str,
    values: list[int],
    questions: list[str],
    exact: list[list[float]],
) -> list[Row]:
    rows: list[Row] = []
    async with rolled_back(connection):
        await connection.execute(
            "drop index documents_embedding_idx; set local plan_cache_mode = force_custom_plan; "
            "set local maintenance_work_mem = '512MB'"
        )
        started = time.perf_counter()
        await connection.execute(f"create index candidate_vectors on documents using {definition}")
        built = time.perf_counter() - started
        size = await connection.fetchval("select pg_size_pretty(pg_relation_size('candidate_vectors'))")
        for value in values:
            await connection.execute(f"set local {setting} = {value}")
            answers, ms = await nearest(connection, questions)
            plan = await explained(connection, NEAREST.replace("$1::text", f"'{questions[0]}'"))
            node = found([plan]).plan
            rows.append((
                name if not rows else "", f"{built:.1f} s, {size}" if not rows else "", f"{setting} {value}",
                f"{recall(answers, exact):.3f}", f"{ms:.2f}", "index" if "candidate_vectors" in node else "Seq Scan",
            ))  # fmt: skip
    return rows


TENANTS = """
select c.name, min(m.user_id::text) filter (where m.role = 'owner') as owner,
       (select count(*) from documents d where d.platform_client_id = c.id) as chunks
  from platform_clients c join client_members m on m.platform_client_id = c.id and m.status = 'active'
 group by c.id order by chunks desc
"""


async def tenants(connection: "Connection[asyncpg.Record]", questions: list[str]) -> Table:
    """Rows and recall for tenants of three sizes: a plain ORDER BY under the policies, and match_documents()."""
    clients = await connection.fetch(TENANTS)
    rows: list[Row] = []
    for client in (clients[0], clients[len(clients) // 2], clients[-1]):
        async with rolled_back(connection):
            email = await connection.fetchval("select email from auth.users where id = $1::uuid", client["owner"])
            await connection.execute("set local plan_cache_mode = force_custom_plan")
            await become(connection, email)
            await connection.execute("set local enable_indexscan = off")
            exact, _ = await nearest(connection, questions)
            await connection.execute("set local enable_indexscan = on; set local ivfflat.probes = 1")
            plain, plain_ms = await nearest(connection, questions)
            ours, ours_ms = await _match(connection, questions)
            rows.append((
                client["name"], f"{client['chunks']:,}",
                f"{statistics.mean(len(a) for a in plain):.1f}", f"{recall(plain, exact):.3f}", f"{plain_ms:.2f}",
                f"{statistics.mean(len(a) for a in ours):.1f}", f"{recall(ours, exact):.3f}", f"{ours_ms:.2f}",
            ))  # fmt: skip
    heads = ("tenant", "chunks", "plain: rows of 10", "recall", "ms", "match_documents(): rows of 10", "recall", "ms")
    return Table(heads, rows)


async def _match(connection: "Connection[asyncpg.Record]", questions: list[str]) -> tuple[list[list[float]], float]:
    statement = await connection.prepare("select 1 - similarity as d from match_documents($1::text::vector, 10)")
    await statement.fetch(questions[0])
    answers, times = [], []
    for question in questions:
        started = time.perf_counter()
        rows = await statement.fetch(question)
        times.append((time.perf_counter() - started) * 1000)
        answers.append([row["d"] for row in rows])
    return answers, statistics.median(times)


INSERT = """insert into messages (platform_client_id, conversation_id, external_id, direction, body, status)
select m.platform_client_id, m.conversation_id, 'new' || m.id, 'in', m.body, 'queued' from messages m
 where m.sent_at > now() - interval '60 days' order by m.id limit 5000"""
MESSAGE_INDEXES = """select c.relname, pg_relation_size(c.oid) as size from pg_index x join pg_class c
 on c.oid = x.indexrelid
 where x.indrelid = 'messages'::regclass and not x.indisprimary and not exists
 (select from pg_constraint k where k.conindid = x.indexrelid) order by 2 desc"""


async def write_cost(connection: "Connection[asyncpg.Record]", only: str = "") -> Table:
    """What each index of messages adds to the insert of 5,000 messages: the same with and without it, in turn."""
    rows: list[Row] = []
    sizes = {row["relname"]: row["size"] for row in await connection.fetch(MESSAGE_INDEXES)}
    for name, size in sizes.items():
        if only and name != only:
            continue
        await connection.execute("vacuum messages")
        with_it: list[tuple[float, int]] = []
        without: list[tuple[float, int]] = []
        for _ in range(2 * ROUNDS):
            with_it.append(await _insert(connection, ""))
            without.append(await _insert(connection, f"drop index {name}"))
        # The fastest of each: what else the machine does only ever adds.
        a, b = min(with_it[1:])[0], min(without[1:])[0]
        wal, less = (min(bytes_ for _, bytes_ in runs[1:]) for runs in (with_it, without))
        rows.append((
            f"`{name}`", f"{size / 2**20:.2f} MB", f"{b:.0f} → {a:.0f}", f"{less / 2**20:.2f} → {wal / 2**20:.2f} MB",
            f"{wal / less - 1:+.0%}",
        ))  # fmt: skip
    return Table(("index", "size", "without → with it, ms", "write-ahead log", "cost"), rows)


async def cost_of(connection: "Connection[asyncpg.Record]", definition: str) -> str:
    """What a candidate adds to that insert; a dash where it is on another table."""
    if "on public.messages " not in definition:
        return "–"
    await connection.execute(definition)
    name = definition.split()[2]
    costs = await write_cost(connection, name)
    await connection.execute(f"drop index {name}")
    return costs.rows[0][-1]


async def _insert(connection: "Connection[asyncpg.Record]", prepare: str) -> tuple[float, int]:
    """Milliseconds, and bytes written to the write-ahead log: these do not depend on what else the machine does."""
    async with rolled_back(connection):
        if prepare:
            await connection.execute(prepare)
        text = await connection.fetchval(f"explain (analyze, wal, timing off, format json) {INSERT}")
        run = json.loads(text)[0]
        return run["Execution Time"], run["Plan"]["WAL Bytes"]


async def estimates(connection: "Connection[asyncpg.Record]", facts: dict[str, str]) -> Table:
    """What the planner expects with and without the extended statistics, against what is there."""
    queries = [
        ("conversations of one member", "conversations_client_member",
         f"select from conversations where platform_client_id = '{facts['client']}' and assigned_to = "
         f"'{facts['host']}'"),
        ("open ones of one member", "conversations_client_member",
         f"select from conversations where platform_client_id = '{facts['client']}' and assigned_to = "
         f"'{facts['host']}' "
         "and status = 'open'"),
        ("contacts of one channel", "social_contacts_client_channel",
         f"select from social_contacts where platform_client_id = '{facts['client']}' "
         f"and channel_id = '{facts['channel']}'"),
        ("chunks by file", "documents_client_file",
         "select platform_client_id, document_file_id, language from documents group by 1, 2, 3"),
        ("messages of one conversation", "messages_client_conversation",
         f"select from messages where platform_client_id = '{facts['client']}' "
            f"and conversation_id = '{facts['conversation']}'"),
    ]  # fmt: skip
    rows: list[Row] = []
    for words, name, sql in queries:
        expected = []
        for prepare in (f"drop statistics public.{name}", ""):
            async with rolled_back(connection):
                if prepare:
                    await connection.execute(prepare)
                plan = found([await explained(connection, sql)])
                expected.append(plan.expected)
        rows.append((words, f"`{name}`", f"{expected[0]:,}", f"{expected[1]:,}", f"{plan.rows:,}"))
    return Table(("query", "statistics", "expected without", "expected with", "found"), rows)


async def partitions(connection: "Connection[asyncpg.Record]", facts: dict[str, str]) -> Table:
    """The same queries on one piece and on monthly partitions, made in a transaction that is rolled back."""
    queries = {
        "one conversation": f"select * from messages where conversation_id = '{facts['conversation']}' order by "
        f"sent_at",
        "a tenant's last week": "select count(*) from messages where sent_at > now() - interval '7 days' "
        f"and platform_client_id = '{facts['client']}'",
        "one month, all tenants": "select count(*), sum(length(body)) from messages "
        "where sent_at >= date_trunc('month', now()) - interval '1 month' and sent_at < date_trunc('month', now())",
        "insert 5,000": INSERT,
    }
    month = await connection.fetchval("select date_trunc('month', min(sent_at)) + interval '1 month' from messages")
    after = await connection.fetchval("select $1::timestamptz + interval '1 month'", month)
    queries["remove the oldest full month"] = (
        f"delete from messages where sent_at >= '{month.isoformat()}' and sent_at < '{after.isoformat()}'"
    )
    async with rolled_back(connection):
        before = {name: await _timed(connection, sql) for name, sql in queries.items()}
        started = time.perf_counter()
        await connection.execute((PARTITIONING / "messages_by_month.sql").read_text(encoding="utf-8"))
        there = time.perf_counter() - started
        await connection.execute("set local search_path = public, extensions")
        queries["remove the oldest full month"] = f"drop table private.messages_{month:%Y_%m}"
        split = {name: await _timed(connection, sql) for name, sql in queries.items()}
        started = time.perf_counter()
        await connection.execute((PARTITIONING / "messages_in_one_piece.sql").read_text(encoding="utf-8"))
        back = time.perf_counter() - started
    rows: list[Row] = [(name, f"{before[name]:.2f}", f"{split[name]:.2f}") for name in queries]
    rows += [("the way there, once", "", f"{there:,.1f} s"), ("the way back, once", "", f"{back:,.1f} s")]
    return Table(("query", "one piece, ms", "by month, ms"), rows)


async def _timed(connection: "Connection[asyncpg.Record]", sql: str, rounds: int = 5) -> float:
    times = []
    for _ in range(rounds + 1):
        async with rolled_back(connection):
            started = time.perf_counter()
            await connection.execute(sql)
            times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times[1:])
