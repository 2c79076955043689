"""Calls the functions that run with their owner's rights, and looks in what they return for other tenants.

A function needs no policy to let it through, so what it returns is the only proof. Those that take no argument are
called as every witness; of the others it is said that they were not.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.policies.isolation_reads import ask_all
from chatly_console.policies.leak import Leak, Witness
from chatly_console.policies.service import ROOM
from chatly_console.policies.tenancy import Relation, Tenancy
from chatly_console.server.rehearsal import Rehearsal
from chatly_console.server.sql_files import load_sql


@dataclass(frozen=True, slots=True)
class DefinerFunction:
    """A function that runs as its owner; `needs` arguments that have no default."""

    oid: int
    schema: str
    name: str
    signature: str
    owner: str
    needs: int
    answers: bool
    roles: tuple[str, ...]

    @property
    def is_called(self) -> bool:
        """Whether it can be called without knowing what it wants."""
        return self.answers and not self.needs

    @property
    def relation(self) -> Relation:
        """The function as something that rows were read from."""
        return Relation(self.oid, self.schema, f"{self.name}()", "F", "")


class CallTrial:
    """The calls, and what became of them."""

    def __init__(self, tenancy: Tenancy) -> None:
        self._tenancy = tenancy
        self.functions: list[DefinerFunction] = []
        self.calls = 0
        self._failed: dict[int, str] = {}
        self._leaked: set[int] = set()

    async def prepare(self, rehearsal: Rehearsal) -> None:
        """As the login: which functions there are."""
        rows: Any = await rehearsal.records(load_sql(ROOM, "definer_functions"))
        self.functions = [
            DefinerFunction(
                r["oid"], r["schema"], r["name"], r["signature"], r["owner"], r["needs"], r["answers"],
                tuple(json.loads(r["roles"]) if isinstance(r["roles"], str) else r["roles"]),
            )
            for r in rows
        ]  # fmt: skip

    async def attempt(self, rehearsal: Rehearsal, witness: Witness) -> list[Leak]:
        """Call each as the witness, whose identity is on; one that fails tells nothing."""
        called = [f for f in self.functions if f.is_called and witness.identity.role in f.roles]
        parts = [self._foreign(at, function) for at, function in enumerate(called)]
        names = [str(at) for at in range(len(called))]
        rows, errors = await ask_all(
            rehearsal, parts, names, json.dumps(witness.own), json.dumps(self._tenancy.tenants)
        )
        self.calls += len(called)
        self._failed |= {called[int(at)].oid: failure.sentence for at, failure in errors}
        leaks = []
        for row in rows:
            function = called[row["at"]]
            self._leaked.add(function.oid)
            policies = (f"none: it runs as its owner {function.owner}",)
            leaks.append(
                Leak(witness.identity, witness.tenant, row["other"], function.relation, row["n"], (), policies)
            )
        return leaks

    def _foreign(self, at: int, function: DefinerFunction) -> str:
        """SQL for the rows of the result that name a tenant of the JSON array $2 that is not in $1.

        A UUID can mean nothing else, wherever it stands; of other types only a column with the tenant's name counts.
        """
        name = json.dumps(self._tenancy.column)
        path = 'strict $.** ? (@.type() == "string")' if self._tenancy.is_uuid else f"lax $.**.{name}"
        call = f"{quote_identifier(function.schema)}.{quote_identifier(function.name)}()"
        return (
            f"select {at} as at, v.tenant as other, pg_catalog.count(*) as n "
            f"from (select pg_catalog.to_jsonb(f) as answer from {call} f) x cross join lateral "
            "(select distinct q.value #>> '{}' as tenant from pg_catalog.jsonb_path_query(x.answer, "
            f"{quote_literal(path)}::pg_catalog.jsonpath) q(value)) v "
            "where v.tenant in (select pg_catalog.jsonb_array_elements_text($2::text::jsonb)) and v.tenant not in "
            "(select pg_catalog.jsonb_array_elements_text($1::text::jsonb)) group by v.tenant"
        )

    def note(self, function: DefinerFunction) -> str:
        """What became of its calls, in words."""
        if function.oid in self._leaked:
            return "called: it returned rows of other tenants"
        if function.oid in self._failed:
            return f"called without success: {self._failed[function.oid]}"
        if function.is_called:
            return "called: nothing of another tenant came back"
        return "not called: it needs arguments" if function.needs else "not called: it returns nothing"


def bypasses_of(trial: CallTrial) -> Sequence[tuple[str, str, str, str]]:
    """Kind, object, roles and note of each function, for the list of ways past the policies."""
    return [("security definer function", f.signature, ", ".join(f.roles), trial.note(f)) for f in trial.functions]
