"""The planner's cost of a statement with sets of indexes: by hypopg where it is there, else by formula."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from chatly_console.advisor.indexes.candidate import Candidate
from chatly_console.advisor.indexes.estimating import estimated_cost, estimated_megabytes
from chatly_console.advisor.indexes.pretending import can_pretend, pretended_costs
from chatly_console.advisor.indexes.tried import Looked, Tier
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.quote import quote_identifier
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql

Indexes = tuple[Candidate, ...]
_OFFERED = (
    "Costs are estimated by formula. The server offers the extension hypopg, with which they are the planner's own:"
    " create extension hypopg;"
)


@dataclass(frozen=True, slots=True)
class Priced:
    """A cost with the tier that it comes from, the indexes that the plan uses, and the sizes that they would have."""

    tier: Tier
    cost: float
    used: frozenset[str]
    megabytes: dict[str, float]


@dataclass
class Costing:
    """Asks for costs as one identity; `notes` say what could not be had."""

    database: Database
    identity: Identity
    schema: str
    """Where hypopg is, quoted; empty where costs are estimated."""
    may_copy: bool = True
    """Whether a temporary copy of some rows can be made."""
    notes: list[str] = field(default_factory=list)

    @classmethod
    async def of(cls, database: Database, identity: Identity) -> "Costing":
        """Find out what there is here."""
        try:
            probe: Any = (await database.records(load_sql("chatly_console.advisor", "index_probe"), identity=identity))[
                0
            ]
        except Failure as failure:
            if failure.kind in (FailureKind.LINK, FailureKind.CANCELLED):
                raise
            probe = {"schema": None, "offered": False, "may_copy": False, "standby": False}
        notes = []
        if not probe["schema"]:
            notes.append(
                _OFFERED if probe["offered"] else "Without the extension hypopg here, costs are estimated by formula."
            )
        if not probe["may_copy"] and not probe["standby"]:
            notes.append("This login may make no temporary tables here, so nothing is tried on a copy of some rows.")
        schema = quote_identifier(probe["schema"]) if probe["schema"] else ""
        return cls(database, identity, schema, probe["may_copy"] and not probe["standby"], notes)

    async def costs(self, looked: Looked, sets: Sequence[Indexes]) -> list[Priced]:
        """The statement's cost with each set of indexes alone."""
        asked = [at for at, indexes in enumerate(sets) if self.schema and all(map(can_pretend, indexes))]
        found: dict[int, Priced] = {}
        try:
            tried = [sets[at] for at in asked]
            answers = await pretended_costs(self.database, self.schema, self.identity, looked, tried) if tried else []
        except Failure as failure:
            if failure.kind in (FailureKind.LINK, FailureKind.CANCELLED):
                raise
            self.notes.append(f"hypopg could not be asked: {failure.sentence}")
            self.schema, answers = "", []
        for at, answer in zip(asked, answers, strict=False):
            if answer is not None:
                found[at] = Priced(Tier.HYPOTHETICAL, answer.cost, answer.used, answer.megabytes)
        return [found.get(at) or _estimated(looked, indexes) for at, indexes in enumerate(sets)]


def _estimated(looked: Looked, indexes: Indexes) -> Priced:
    cost, used = estimated_cost(looked, indexes)
    sizes = {one.name: estimated_megabytes(one) for one in indexes}
    known = {name: size for name, size in sizes.items() if size is not None}
    return Priced(Tier.ESTIMATED, cost, used, known)
