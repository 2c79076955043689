"""Asks the server for what the triage pane shows: each question is one short read-only transaction with limits."""

import asyncio
import json
import time
from dataclasses import dataclass, fields
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.quote import quote_identifier
from chatly_console.core.text import safe_text
from chatly_console.core.values import Record
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql
from chatly_console.triage.action_log import Action, write_action
from chatly_console.triage.activity import Session, session_of
from chatly_console.triage.blocking import Node, Prepared, blocking_tree
from chatly_console.triage.health import UNUSED_BYTES, Health, health_of
from chatly_console.triage.pulse import Pulse, Wraparound, pulse_of
from chatly_console.triage.rights import Rights
from chatly_console.triage.server_health import checkpoint_finding, replication_findings, setting_findings
from chatly_console.triage.statements import Counted, counted

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


async def _ask(database: Database, name: str, *arguments: object, timeout: float = _LIMIT) -> list[Record]:
    sql = load_sql(_PACKAGE, name, database.facts.version_number)
    return await database.records(sql, *arguments, timeout=timeout, lock_timeout=_LOCK_LIMIT)


async def read_snapshot(database: Database) -> Snapshot:
    """Sessions, who blocks whom, and the counters, one after the other on one connection of the pool."""
    began = time.perf_counter()
    sessions = tuple(session_of(record) for record in await _ask(database, "sessions"))
    prepared: list[Prepared] = []
    if any(session.wait is not None and 0 in session.wait.blockers for session in sessions):
        prepared = [
            Prepared(str(r["gid"]), str(r["transaction"]), str(r["owner"]), float(str(r["prepared_s"])))
            for r in await _ask(database, "prepared")
        ]
    pulse = pulse_of((await _ask(database, "pulse"))[0])
    tree = blocking_tree(sessions, prepared)
    return Snapshot(sessions, tree, pulse, time.perf_counter() - began, tuple(prepared))


async def read_rights(database: Database) -> Rights:
    """What the login may see and do."""
    record = (await _ask(database, "rights"))[0]
    return Rights(**{one.name: record[one.name] for one in fields(Rights)})  # type: ignore[arg-type]


async def read_wraparound(database: Database) -> Wraparound:
    """The oldest database, and the size of this one."""
    record = (await _ask(database, "wraparound", timeout=_SLOW_LIMIT))[0]
    return Wraparound(**{one.name: record[one.name] for one in fields(Wraparound)})  # type: ignore[arg-type]


async def read_statements(database: Database, rights: Rights) -> Counted:
    """The counters of all statements, without their texts; raises Failure with what is missing."""
    if rights.statements_version is None:
        raise Failure(rights.missing_for_statements, FailureKind.REFUSED)
    sql = load_sql(_PACKAGE, "statements", rights.statements_number)
    try:
        records = await database.records(_in_schema(sql, rights), timeout=_SLOW_LIMIT, lock_timeout=_LOCK_LIMIT)
    except Failure as failure:
        raise _statements_failure(failure, rights) from failure
    return await asyncio.to_thread(counted, records)


async def read_texts(database: Database, rights: Rights, query_ids: list[int]) -> dict[int, str]:
    """The texts of these statements."""
    sql = _in_schema(load_sql(_PACKAGE, "statement_texts"), rights)
    ids = json.dumps([str(one) for one in query_ids])
    records = await database.records(sql, ids, timeout=_SLOW_LIMIT, lock_timeout=_LOCK_LIMIT)
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


async def read_health(database: Database, login: str) -> Health:
    """Tables, indexes, sequences and running maintenance of the connected database, and the server around it."""
    checkpoints = checkpoint_finding((await _ask(database, "checkpoints"))[0])
    return health_of(
        tables=await _ask(database, "tables", timeout=_SLOW_LIMIT),
        indexes=await _ask(database, "indexes", UNUSED_BYTES, timeout=_SLOW_LIMIT),
        sequences=await _ask(database, "sequences", timeout=_SLOW_LIMIT),
        progress=await _ask(database, "progress"),
        login=login,
        of_server=(
            *replication_findings(await _ask(database, "replication")),
            *((checkpoints,) if checkpoints is not None else ()),
            *setting_findings(await _ask(database, "settings")),
        ),
    )


async def signal(database: Database, session: Session, verb: str, rights: Rights, log: Path) -> str:
    """Cancel the statement of a session, or (`terminate`) end the session; returns what came of it in a sentence.

    The pid only counts together with the moment at which the session began. Raises Failure where it was refused.
    What was tried is logged either way.
    """
    failure: Failure | None = None
    try:
        outcome = await _send(database, session, verb, rights)
    except Failure as raised:
        failure, outcome = raised, f"refused: {raised.sentence}"
    target = f"{session.user}@{session.database} {session.application}".strip()
    action = Action(verb, session.pid, rights.login, f"{database.facts.host}/{database.facts.database}",
                    target, session.query, outcome)  # fmt: skip
    try:
        await asyncio.to_thread(write_action, action, log)
    except OSError as error:
        outcome += f" It could not be logged: {error.strerror}."
    if failure is not None:
        raise failure
    return outcome


async def _send(database: Database, session: Session, verb: str, rights: Rights) -> str:
    if session.backend_start is None:
        raise Failure(
            f"When the session of pid {session.pid} began is concealed, so it cannot be told from a later one.",
            FailureKind.REFUSED,
            hint=rights.missing_for_activity,
        )
    try:
        rows = await _ask(database, verb, session.pid, session.backend_start, timeout=5.0)
    except Failure as failure:
        if failure.sqlstate == "42501":
            sentence = rights.refusal(of_user=session.user, of_superuser=session.of_superuser)
            raise Failure(sentence, FailureKind.REFUSED, failure.sqlstate) from failure
        raise
    if not rows:
        raise Failure(
            f"The session of pid {session.pid} has ended already; nothing was sent to whoever has its pid now.",
            FailureKind.REFUSED,
        )
    who = f"pid {session.pid} ({safe_text(session.user)})"
    if verb == "cancel":
        return f"Cancel was sent to {who}."
    return f"The session of {who} has ended." if rows[0]["done"] else f"{who} was told to end and has not yet."
