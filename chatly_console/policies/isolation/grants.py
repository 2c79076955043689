"""The privileges that no policy limits, TRUNCATE and REFERENCES: each is really used, and undone at once.

A TRUNCATE locks its table against everybody. So the lock is taken only if it can be had at once: nobody queues behind
it, and it is gone with the attempt. REFERENCES tells which rows exist, by a table of one's own that refers to them, to
who may create one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN
from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.policies.isolation.leak import EMPTIED, REFERRED, Leak, Witness
from chatly_console.policies.isolation.proof import Bypass
from chatly_console.policies.isolation.target import Target
from chatly_console.policies.isolation.trial import Plan
from chatly_console.policies.policy import Command
from chatly_console.policies.service import ROOM
from chatly_console.policies.tenancy import Relation
from chatly_console.server.rehearsal import Rehearsal
from chatly_console.server.sql_files import load_sql

TRUNCATE, REFERENCES = "truncate grant", "references grant"
_TRIED = "pg_temp.chatly_undone"
_MAKE = f"""create function {_TRIED}(statements text[]) returns text language plpgsql as $chatly$
declare statement text;
begin
  perform pg_catalog.set_config('lock_timeout', '20', true);
  foreach statement in array statements loop
    execute statement;
  end loop;
  raise exception using errcode = 'CH000';
exception when others then
  return case sqlstate when 'CH000' then '' else sqlstate || ' ' || sqlerrm end;
end $chatly$; grant execute on function {_TRIED}(text[]) to public"""
_BUSY = "55P03"
_REFERRED_TO = "0A000"


@dataclass(frozen=True, slots=True)
class _Way:
    """One of the ways past the policies, as the catalogue tells of it."""

    kind: str
    object: str
    roles: str
    oid: int


class GrantTrial:
    """The ways past the policies that the catalogue tells of, and what became of the grants among them."""

    def __init__(self, plan: Plan, first_of_role: Mapping[str, Witness]) -> None:
        self._plan, self._witnesses = plan, first_of_role
        self._ways: list[_Way] = []
        self._notes: dict[_Way, str] = {}
        self._used: set[_Way] = set()
        self.attempted = 0

    async def read(self, rehearsal: Rehearsal) -> None:
        """As the login: what there is."""
        rows: Any = await rehearsal.records(load_sql(ROOM, "bypasses"))
        self._ways = [_Way(r["kind"], r["object"], r["detail"], r["oid"]) for r in rows]

    async def attempt(self, rehearsal: Rehearsal) -> list[Leak]:
        """Use each grant as somebody of the first role that has it; ends as the login."""
        grants = [way for way in self._ways if way.kind in (TRUNCATE, REFERENCES)]
        if not self._plan.writes or not grants:
            return []
        await rehearsal.prepare(_MAKE)
        rows: Any = await rehearsal.records(load_sql(ROOM, "creating_roles"))
        creating = {row["role"]: row["schema"] for row in rows}
        leaks = []
        for way in grants:
            witness = next((self._witnesses[r] for r in way.roles.split(", ") if r in self._witnesses), None)
            if witness is None or way.oid not in self._plan.tables:
                continue
            try:
                if way.kind == TRUNCATE:
                    leaks += await self._truncate(rehearsal, way, witness)
                else:
                    leaks += await self._refer(rehearsal, way, witness, creating)
            except Failure as failure:
                if failure.kind is FailureKind.LINK:
                    raise
                self._notes[way] = f"could not be attempted: {failure.sentence}"
                await rehearsal.become(LOGIN)
        return leaks

    async def _truncate(self, rehearsal: Rehearsal, way: _Way, witness: Witness) -> list[Leak]:
        name = self._sql_name(way)
        lock = f"lock table {name} in access exclusive mode nowait"
        await rehearsal.become(witness.identity)
        outcome = await self._undone(rehearsal, lock, f"truncate {name}")
        if outcome.startswith(_REFERRED_TO):
            outcome = await self._undone(rehearsal, lock, f"truncate {name} cascade")
        self._note(way, outcome, "it empties the table")
        relation = self._relation(way.oid)
        if outcome or relation is None:
            return []
        because = ("none: no policy applies to TRUNCATE",)
        return [Leak(witness.identity, witness.tenant, "", relation, 1, (), because, Command.DELETE, EMPTIED)]

    async def _refer(
        self, rehearsal: Rehearsal, way: _Way, witness: Witness, creating: Mapping[str, str]
    ) -> list[Leak]:
        schema, relation = creating.get(witness.identity.role or ""), self._relation(way.oid)
        table = self._plan.tables[way.oid]
        if schema is None:
            self._notes[way] = "of no use: there is no schema where the role may create a table"
            return []
        if relation is None or not table.key:
            self._notes[way] = "not attempted: its rows belong to no tenant, or have no key"
            return []
        target = Target(relation, table, ())
        await rehearsal.become(LOGIN)
        own = ", ".join(quote_literal(tenant) for tenant in witness.own) or "''"
        await rehearsal.prepare(
            f"create temp table chatly_referred_{way.oid} as select *, {target.key_sql} as chatly_key, "
            f"{target.tenant}::text as chatly_tenant from {relation.sql_name} "
            f"where {target.tenant}::text not in ({own}) limit 1; "
            f"grant select on pg_temp.chatly_referred_{way.oid} to public"
        )
        rows: Any = await rehearsal.records(f"select * from pg_temp.chatly_referred_{way.oid}")
        await rehearsal.become(witness.identity)
        columns = ", ".join(quote_identifier(c) for c in table.key)
        made = f"{quote_identifier(schema)}.chatly_reference"
        outcome = await self._undone(
            rehearsal,
            f"create table {made} as select {columns} from pg_temp.chatly_referred_{way.oid}",
            f"alter table {made} add foreign key ({columns}) references {relation.sql_name} ({columns})",
        )
        self._note(way, outcome, "a table that refers to it tells which rows exist")
        if outcome or not rows:
            return []
        because = ("none: foreign keys are checked past the policies",)
        other, key = rows[0]["chatly_tenant"], target.key_of(rows[0]["chatly_key"])
        return [Leak(witness.identity, witness.tenant, other, relation, 1, key, because, Command.SELECT, REFERRED)]

    async def _undone(self, rehearsal: Rehearsal, *statements: str) -> str:
        """Run them and undo them: empty if all went through, else the SQLSTATE and the words."""
        self.attempted += 1
        array = ", ".join(quote_literal(s) for s in statements)
        try:
            rows: Any = await rehearsal.records(f"select {_TRIED}(array[{array}]) as outcome")
        except Failure as failure:
            if failure.kind is FailureKind.LINK:
                raise
            return f"{failure.sqlstate} {failure.sentence}"
        return str(rows[0]["outcome"])

    def _note(self, way: _Way, outcome: str, success: str) -> None:
        code, _, words = outcome.partition(" ")
        if not outcome:
            self._used.add(way)
            self._notes[way] = f"attempted: {success}"
        elif code == _BUSY:
            self._notes[way] = "not attempted: somebody was working on the table"
        else:
            self._notes[way] = f"attempted: refused, {words}"

    def _sql_name(self, way: _Way) -> str:
        table = self._plan.tables[way.oid]
        return f"{quote_identifier(table.schema)}.{quote_identifier(table.name)}"

    def _relation(self, oid: int) -> Relation | None:
        return next((r for r in self._plan.tenancy.relations if r.oid == oid), None)

    def bypasses(self) -> list[Bypass]:
        """All ways, with what became of them."""
        return [Bypass(w.kind, w.object, w.roles, self._notes.get(w, ""), w in self._used) for w in self._ways]
