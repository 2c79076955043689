"""Asks the server for what the triage pane shows: each question is one short read-only transaction with limits."""

import asyncio
import json
import time
from dataclasses import dataclass, fields, replace

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.quote import quote_identifier
from chatly_console.core.values import Record
from chatly_console.server.sql_files import load_sql
from chatly_console.triage.activity import Session, sessions_of
from chatly_console.triage.blocking import Node, Prepared, blocking_tree
from chatly_console.triage.health import UNUSED_BYTES, Health, health_of
from chatly_console.triage.io_health import io_findings, limit_findings, wal_findings
from chatly_console.triage.kept import Source
from chatly_console.triage.pulse import Pulse, Wraparound, pulse_of
from chatly_console.triage.rights import Rights
from chatly_console.triage.server_health import checkpoint_findings, replication_findings, setting_findings
from chatly_console.triage.statements import Counted, counted
from chatly_console.triage.table_health import table_findings
from chatly_console.triage.temp_files import TempUse, temp_use

_PACKAGE = "chatly_console.triage"
_LIMIT = 2.0
_SLOW_LIMIT = 10.0
_LOCK_LIMIT = 0.2


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one tick saw."""

    sessions: tuple[Session, ...]
    roots: tuple[Node, ...]
    pulse: Pulse
    seconds: float
    """What asking cost."""
    prepared: tuple[Prepared, ...] = ()


async def ask(source: Source, name: str, *arguments: object, timeout: float = _LIMIT) -> list[Record]:
    """The rows of a statement of this room, in the variant for this server, within its limits."""
    sql = load_sql(_PACKAGE, name, source.facts.version_number)
    return await source.records(sql, *arguments, timeout=timeout, lock_timeout=_LOCK_LIMIT)


async def read_snapshot(source: Source) -> Snapshot:
    """Sessions, who blocks whom, and the counters, one after the other on one connection of the pool."""
    began = time.perf_counter()
    sessions = sessions_of(await ask(source, "sessions"))
    prepared: list[Prepared] = []
    if any(session.wait is not None and 0 in session.wait.blockers for session in sessions):
        prepared = [
            Prepared(str(r["gid"]), str(r["transaction"]), str(r["owner"]), float(str(r["prepared_s"])))
            for r in await ask(source, "prepared")
        ]
    pulse = pulse_of((await ask(source, "pulse"))[0])
    tree = blocking_tree(sessions, prepared)
    return Snapshot(sessions, tree, pulse, time.perf_counter() - began, tuple(prepared))


async def read_rights(source: Source) -> Rights:
    """What the login may see and do."""
    record = (await ask(source, "rights"))[0]
    return Rights(**{one.name: record[one.name] for one in fields(Rights)})  # type: ignore[arg-type]


async def read_wraparound(source: Source) -> Wraparound:
    """The oldest database, and the size of this one."""
    record = (await ask(source, "wraparound", timeout=_SLOW_LIMIT))[0]
    return Wraparound(**{one.name: record[one.name] for one in fields(Wraparound)})  # type: ignore[arg-type]


async def read_temp_use(source: Source, rights: Rights) -> tuple[TempUse, ...]:
    """The temporary files on disk, by whose they are; needs pg_monitor, and more for those of parallel workers."""
    found = await ask(source, "temp_files")
    return temp_use([*found, *(await ask(source, "shared_temp_files") if rights.lists_shared_temp_files else ())])


async def read_statements(source: Source, rights: Rights) -> Counted:
    """The counters of all statements, without their texts; raises Failure with what is missing."""
    if rights.statements_version is None:
        raise Failure(rights.missing_for_statements, FailureKind.REFUSED)
    sql = load_sql(_PACKAGE, "statements", rights.statements_number)
    try:
        records = await source.records(_in_schema(sql, rights), timeout=_SLOW_LIMIT, lock_timeout=_LOCK_LIMIT)
    except Failure as failure:
        raise _statements_failure(failure, rights) from failure
    return await asyncio.to_thread(counted, records)


async def read_texts(source: Source, rights: Rights, query_ids: list[int]) -> dict[int, str]:
    """The texts of these statements."""
    sql = _in_schema(load_sql(_PACKAGE, "statement_texts"), rights)
    ids = json.dumps([str(one) for one in query_ids])
    records = await source.records(sql, ids, timeout=_SLOW_LIMIT, lock_timeout=_LOCK_LIMIT)
    return {int(str(record["query_id"])): str(record["query"]) for record in records}


def _in_schema(sql: str, rights: Rights) -> str:
    return sql.replace("{schema}", quote_identifier(rights.statements_schema or "public"))


def _statements_failure(failure: Failure, rights: Rights) -> Failure:
    if failure.sqlstate == "55000":
        return Failure("pg_stat_statements is installed but not loaded: put it into shared_preload_libraries "
                       "and restart the server.", FailureKind.REFUSED, failure.sqlstate)  # fmt: skip
    if failure.sqlstate == "42501":
        schema, login = quote_identifier(rights.statements_schema or "public"), quote_identifier(rights.login)
        return Failure(f"pg_stat_statements cannot be read: grant usage on schema {schema} to {login}.",
                       FailureKind.REFUSED, failure.sqlstate)  # fmt: skip
    return failure


async def read_health(source: Source, login: str) -> Health:
    """Tables, indexes, sequences and running maintenance of the connected database, and the server around it.

    What cannot be read is named, and does not keep the rest from being read; only a lost connection raises Failure.
    """
    missing: list[str] = []

    async def read(name: str, *arguments: object) -> list[Record]:
        try:
            return await ask(source, name, *arguments, timeout=_SLOW_LIMIT)
        except Failure as failure:
            if failure.kind is FailureKind.LINK:
                raise
            missing.append(f"{name.capitalize()} could not be read: {failure.sentence.rstrip('.')}.")
            return []

    empty = {str(record["name"]): float(str(record["empty"])) for record in await read("bloat")}
    health = health_of(
        tables=table_findings(await read("tables"), empty),
        indexes=await read("indexes", UNUSED_BYTES),
        sequences=await read("sequences"),
        progress=await read("progress"),
        login=login,
        of_server=(
            *replication_findings(await read("replication")),
            *checkpoint_findings(await read("checkpoints")),
            *io_findings(await read("io")),
            *wal_findings(await read("wal")),
            *limit_findings(await read("limits")),
            *setting_findings(await read("settings")),
        ),
    )
    return replace(health, missing=(*health.missing, *missing))


async def read_query(source: Source, session: Session) -> tuple[str, bool]:
    """The whole statement of a session, and whether the server has cut it; what was seen last where it has ended."""
    rows = await ask(source, "session_query", session.pid, session.backend_start)
    return (str(rows[0]["query"]), bool(rows[0]["is_cut"])) if rows else (session.query, False)
