"""Calls the functions that run with their owner's rights, and looks what they return, and write, of other tenants.

A function needs no policy to let it through, so what it does is the only proof. Each is called as every witness, with
values of another tenant's rows, of the next tenant each time, where it wants any.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.policies.isolation.arguments import LABELLED, Argument, TenantRow, arguments_sql, candidates, chosen
from chatly_console.policies.isolation.calls_sql import CALL, call_sql, marks_sql, wrote_sql
from chatly_console.policies.isolation.leak import Leak, Witness
from chatly_console.policies.isolation.proof import Bypass
from chatly_console.policies.isolation.reads import ask_all
from chatly_console.policies.isolation.target import Target
from chatly_console.policies.isolation.writes import Share
from chatly_console.policies.policy import Command
from chatly_console.policies.rows_why import text_of
from chatly_console.policies.service import ROOM
from chatly_console.policies.tenancy import Relation, Tenancy
from chatly_console.server.rehearsal import Rehearsal
from chatly_console.server.sql_files import load_sql


@dataclass(frozen=True, slots=True)
class DefinerFunction:
    """A function that runs as its owner, with its arguments that have no default."""

    oid: int
    schema: str
    name: str
    signature: str
    owner: str
    callable: bool
    answers: bool
    writes: bool
    arguments: tuple[Argument, ...]
    roles: tuple[str, ...]

    @property
    def relation(self) -> Relation:
        """The function as something that rows were read from."""
        return Relation(self.oid, self.schema, f"{self.name}()", "F", "")

    def call(self, values: Sequence[str | None]) -> str:
        """SQL whose rows are its answers."""
        name = f"{quote_identifier(self.schema)}.{quote_identifier(self.name)}"
        answer = "pg_catalog.to_jsonb(f)" if self.answers else "null::jsonb"
        return f"select {answer} as answer from {name}({arguments_sql(self.arguments, values)}) f"


@dataclass(frozen=True, slots=True)
class _Call:
    """One call: with which values, aimed at which tenant."""

    function: DefinerFunction
    values: tuple[str | None, ...]
    aim: str

    def sql(self, at: int) -> str:
        """What calls it, with whose rows $1 are the witness's own."""
        given = ", ".join(f"{quote_literal(v)}" for v in self.values if v is not None)
        own = "array(select pg_catalog.jsonb_array_elements_text($1::text::jsonb))"
        return (
            f"select {at} as at, f.* from {CALL}({quote_literal(self.function.call(self.values))}, {own}, "
            f"array[{given}]::text[], {quote_literal(self.aim)}, {str(self.function.writes).lower()}) f"
        )


class CallTrial:
    """The calls, and what became of them; without `prepare` there are none."""

    def __init__(self, tenancy: Tenancy) -> None:
        self._tenancy = tenancy
        self._rows: dict[str, list[TenantRow]] = {}
        self._type = next((r.type_name for r in tenancy.relations if r.type_name), "")
        self.functions: list[DefinerFunction] = []
        self.calls = 0
        self.failed: dict[int, str] = {}
        self.succeeded: set[int] = set()
        self.leaked: dict[int, str] = {}

    async def prepare(self, rehearsal: Rehearsal, targets: Sequence[Target]) -> None:
        """As the login: which functions there are, and the rows of the samples to call them with."""
        rows: Any = await rehearsal.records(load_sql(ROOM, "definer_functions"))
        self.functions = [_function(row) for row in rows]
        tables = [target for target in targets if target.table is not None]
        names = {a.bare for f in self.functions for a in f.arguments}.union(LABELLED)
        await self._read_samples(rehearsal, tables, names)
        tenants = quote_literal(json.dumps(self._tenancy.tenants))
        scripts = [*marks_sql(tables, tenants), *wrote_sql(tables), *call_sql(tables, self._tenancy.column, tenants)]
        for script in scripts:
            await rehearsal.records(script)
        await rehearsal.prepare("select")  # what was made outlives each change of identity

    async def _read_samples(self, rehearsal: Rehearsal, targets: Sequence[Target], names: Iterable[str]) -> None:
        parts = []
        for target in targets:
            columns = [c for c in target.columns if c in names]
            pairs = ", ".join(f"{quote_literal(c)}, {text_of(c)}" for c in columns)
            parts.append(
                f"select {quote_literal(target.relation.name)} as name, chatly_tenant as tenant, chatly_key as key, "
                f"pg_catalog.jsonb_build_object({pairs})::text as found from {target.sample}"
            )
        rows: Any = await rehearsal.records(" union all ".join(parts)) if parts else []
        for row in rows:
            key = json.loads(row["key"])
            values = {name: value for name, value in json.loads(row["found"]).items() if value is not None}
            found = TenantRow(row["name"], key[0] if len(key) == 1 else None, values)
            self._rows.setdefault(row["tenant"], []).append(found)

    async def attempt(self, rehearsal: Rehearsal, witness: Witness, turn: int, share: Share) -> list[Leak]:
        """Call each as the witness, whose identity is on; those with arguments the users of a tenant share."""
        mine = [f for at, f in enumerate(self.functions) if f.callable and witness.identity.role in f.roles
                and (not f.arguments or (at + share.part) % share.parts == 0)]  # fmt: skip
        calls = [self._call(function, witness, turn) for function in mine]
        parts = [call.sql(at) for at, call in enumerate(calls)]
        rows, errors = await ask_all(rehearsal, parts, [str(at) for at in range(len(calls))], json.dumps(witness.own))
        self.calls += len(calls)
        failed = {int(at): failure for at, failure in errors}
        leaks = []
        for row in rows:
            if row["outcome"]:
                code, _, words = str(row["outcome"]).partition(" ")
                failed[row["at"]] = Failure(words, FailureKind.SQL, code)
            else:
                leaks.append(self._leak(calls[row["at"]].function, witness, row))
        self.failed |= {calls[at].function.oid: failure.sentence for at, failure in failed.items()}
        self.succeeded |= {call.function.oid for at, call in enumerate(calls) if at not in failed}
        written = {(k.relation, k.other) for k in leaks if k.command is Command.UPDATE}
        # a changed row is a new one too
        return [k for k in leaks if k.command is not Command.INSERT or (k.relation, k.other) not in written]

    def _call(self, function: DefinerFunction, witness: Witness, turn: int) -> _Call:
        others = [tenant for tenant in self._tenancy.tenants if tenant not in witness.own]
        if not function.arguments or not others:
            return _Call(function, (None,) * len(function.arguments), "")
        aim = others[turn % len(others)]
        rows = self._rows.get(aim, [])
        choices = [candidates(a, aim, self._tenancy.column, self._type, rows) for a in function.arguments]
        return _Call(function, tuple(chosen(choices, turn // len(others) + turn)), aim)

    def _leak(self, function: DefinerFunction, witness: Witness, row: Any) -> Leak:
        policies = (f"none: it runs as its owner {function.owner}",)
        command = Command(row["command"])
        how = "read" if command is Command.SELECT else f"wrote {row['relation']}"
        self.leaked.setdefault(function.oid, "returned" if command is Command.SELECT else "wrote")
        source, number = function.relation, row["number"]
        return Leak(witness.identity, witness.tenant, row["tenant"], source, number, (), policies, command, how)


def bypasses_of(trials: Sequence[CallTrial]) -> list[Bypass]:
    """Each function, with what became of its calls on all connections, for the list of ways past the policies."""
    found = []
    for function in trials[0].functions:
        kind = "security definer function"
        leads = any(function.oid in t.leaked for t in trials)
        found.append(Bypass(kind, function.signature, ", ".join(function.roles), _note(function, trials), leads))
    return found


def _note(function: DefinerFunction, trials: Sequence[CallTrial]) -> str:
    called = "called with values of others" if function.arguments else "called"
    if how := next((t.leaked[function.oid] for t in trials if function.oid in t.leaked), ""):
        return f"{called}: it {how} rows of other tenants"
    if any(function.oid in t.succeeded for t in trials):
        return f"{called}: nothing of another tenant came back{' or changed' * function.writes}"
    if failed := next((t.failed[function.oid] for t in trials if function.oid in t.failed), ""):
        return f"{called} without success: {failed}"
    return "not called"


def _function(row: Any) -> DefinerFunction:
    arguments = tuple(Argument(a["name"], a["type"], a["label"]) for a in _loaded(row["arguments"]))
    return DefinerFunction(
        row["oid"], row["schema"], row["name"], row["signature"], row["owner"], row["callable"], row["answers"],
        row["writes"], arguments, tuple(_loaded(row["roles"])),
    )  # fmt: skip


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
