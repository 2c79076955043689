"""`make perf-report`: the Chatly database with a million messages, each critical query without and with what makes it
fast, written to `database/reports/performance.md`. Takes some minutes; the server and its data are removed afterwards.
"""

import argparse
import asyncio
import os
import platform
import tempfile
import time
from datetime import date
from pathlib import Path

import asyncpg

from chatly_console.demo.service import build_database
from chatly_console.resources import data_folder
from chatly_console.server import embedded
from chatly_console.vectors.lexical import embed
from tests.performance import tables
from tests.performance.experiments import experiments, rejected
from tests.performance.measure import ROUNDS, Experiment, Found, compare
from tests.performance.report import Report, write

Connection = asyncpg.Connection
SETTINGS = {
    "shared_buffers": "1GB", "fsync": "off", "full_page_writes": "off", "jit": "off",
    "max_parallel_workers_per_gather": "0", "autovacuum": "off", "max_wal_size": "8GB",
}  # fmt: skip
FACTS = """
with client as (select id from platform_clients where slug = 'nordlicht'),
page as (select opened_at, id from conversations where platform_client_id = (select id from client) and status
= 'closed'
          order by opened_at desc, id desc offset 2474 limit 1)
select (select id from client)::text as client,
       (select conversation_id from messages where platform_client_id = (select id from client)
         group by 1 order by count(*) desc, 1 limit 1)::text as conversation,
       (select id from auth.users where email = 'noor@agency.example')::text as user,
       (select assigned_to from conversations where platform_client_id = (select id from client)
           and assigned_to is not null group by 1 order by count(*) desc limit 1)::text as host,
       (select id from channels where platform_client_id = (select id from client) order by id limit 1)::text
       as channel,
       (select reply_to_id from messages where reply_to_id is not null order by id limit 1)::text as message,
       (select opened_at from page)::text as page_time, (select id from page)::text as page_id,
       (current_date - 100)::text as day, 'rechnung' as word,
       (select split_part(display_name, ' ', 2) from social_contacts where platform_client_id = (select id from client)
           and display_name ~ '^[A-Za-zäöü]+ [A-Za-zäöü]{5,}$' order by id limit 1) as name,
       '{"source": "ad"}' as attribute
"""


async def main(messages: int, path: Path) -> None:
    """Build, measure, write."""
    scale = -(-messages // 200_000)
    with tempfile.TemporaryDirectory(prefix="chatly-perf-", dir="/tmp") as folder:
        server = await embedded.start(Path(folder) / "server", print, settings=SETTINGS)
        try:
            started = time.perf_counter()
            await build_database(str(server.socket_dir), server.port, scale=scale)
            print(f"built at scale {scale} in {time.perf_counter() - started:.0f} s", flush=True)
            connection = await asyncpg.connect(server.dsn("chatly"), timeout=10, command_timeout=900)
            try:
                report = await measure(connection)
            finally:
                await connection.close()
        finally:
            await server.stop()
            await embedded.reset(Path(folder) / "server")
    path.write_text(write(report), encoding="utf-8")
    print(f"written to {path}")


async def measure(connection: "Connection[asyncpg.Record]") -> Report:
    # Messages arrive in the order of time; the demo's are made tenant after tenant.
    await connection.execute(
        "create index in_time on messages (sent_at); cluster messages using in_time; drop index in_time; "
    )
    await connection.execute("vacuum (analyze)")
    facts = dict((await connection.fetch(FACTS))[0])
    texts = ["Where is my order?", "Termin am Montag verschieben", "horário de abertura", "発注はいつですか"]
    own = await connection.fetch("select content from documents order by md5(id::text) limit 46")
    questions = [
        "[" + ",".join(map(str, vector)) + "]" for vector in embed(texts + [row["content"][:60] for row in own])
    ]
    facts["vector"] = questions[0]
    compared: list[tuple[Experiment, Found, Found]] = []
    for experiment in experiments(facts):
        compared.append((experiment, *await compare(connection, experiment)))
        told(*compared[-1])
    turned_down_reads = []
    for experiment, definition, reason in rejected(facts):
        name = definition.split()[2]
        await connection.execute(definition)
        size = await connection.fetchval("select pg_size_pretty(pg_relation_size(to_regclass($1)))", name)
        turned_down_reads.append((experiment, *await compare(connection, experiment), size, definition, reason))
        told(*turned_down_reads[-1][:3])
        await connection.execute(f"drop index {name}")
    print("vectors, statistics, partitions", flush=True)
    vectors = await tables.vector_indexes(connection, questions)
    of_tenants = await tables.tenants(connection, questions)
    estimates = await tables.estimates(connection, facts)
    partitions = await tables.partitions(connection, facts)
    print("writes", flush=True)
    writes = await tables.write_cost(connection)
    turned_down = [
        (experiment, before, after, size, await tables.cost_of(connection, definition), reason)
        for experiment, before, after, size, definition, reason in turned_down_reads
    ]
    return Report(
        made_on=date.today().isoformat(),
        server=await connection.fetchval("select version()"),
        pgvector=await connection.fetchval("select extversion from pg_extension where extname = 'vector'"),
        machine=f"{os.cpu_count()} cores, {platform.machine()}, load average {os.getloadavg()[2]:.1f} meanwhile",
        rounds=ROUNDS,
        counts={
            name: await connection.fetchval(f"select count(*) from {name}")
            for name in (
                "platform_clients",
                "social_contacts",
                "conversations",
                "messages",
                "documents",
                "appointments",
            )
        },
        compared=compared,
        rejected=turned_down,
        vectors=vectors,
        tenants=of_tenants,
        writes=writes,
        estimates=estimates,
        partitions=partitions,
    )


def told(experiment: Experiment, before: Found, after: Found) -> None:
    print(f"{experiment.name}: {before.ms:.2f} ms, {after.ms:.2f} ms", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="make perf-report", description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000, help="at least so many messages")
    parser.add_argument("--out", type=Path, default=data_folder("database") / "reports" / "performance.md")
    given = parser.parse_args()
    asyncio.run(main(given.messages, given.out))
