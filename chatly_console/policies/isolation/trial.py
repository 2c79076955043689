"""Everything that the proof of isolation tries on one connection, witness after witness."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chatly_console.policies.isolation.calls import CallTrial
from chatly_console.policies.isolation.leak import Leak, Witness
from chatly_console.policies.isolation.reads import Errors, read_foreign_rows
from chatly_console.policies.isolation.writes import Share, WriteTrial
from chatly_console.policies.policy import Subject, Table
from chatly_console.policies.tenancy import Tenancy
from chatly_console.server.rehearsal import Rehearsal

_VIEWS_OF_CALLERS = 150000
_LOCKED = "55P03"


@dataclass(frozen=True, slots=True)
class Plan:
    """What all connections know: how tenants are told apart, what guards the tables, and who may do what."""

    tenancy: Tenancy
    tables: Mapping[int, Table]
    subjects: Mapping[str, Subject]
    login: Subject
    writes: bool
    version: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A witness, when it is his turn, and what he does of what the users of a tenant share."""

    number: int
    witness: Witness
    share: Share


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one witness reached, and what could not be tried as him."""

    leaks: Sequence[Leak]
    errors: Errors

    @property
    def was_held_up(self) -> bool:
        """Whether a lock was in the way."""
        return any(failure.sqlstate == _LOCKED for _, failure in self.errors)


class Trial:
    """The attempts of one connection; what it makes for them goes with its transaction."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.writing = WriteTrial(plan.tenancy, plan.tables, views_of_callers=plan.version >= _VIEWS_OF_CALLERS)
        self.calling = CallTrial(plan.tenancy)

    async def prepare(self, rehearsal: Rehearsal) -> Errors:
        """As the login: make ready what every witness uses."""
        # the same statements run as every witness: planning or compiling them each time would take longer than they do
        await rehearsal.prepare("set local plan_cache_mode to force_generic_plan; set local jit to off")
        if not self._plan.writes:
            return []
        errors = await self.writing.prepare(rehearsal, self._plan.subjects, self._plan.login)
        await self.calling.prepare(rehearsal, self.writing.targets)
        return errors

    async def attempt(self, rehearsal: Rehearsal, turn: Turn) -> Outcome:
        """All of it as one witness."""
        plan, witness = self._plan, turn.witness
        await rehearsal.become(witness.identity)
        read, errors = await read_foreign_rows(rehearsal, plan.tenancy, witness, plan.tables)
        called = await self.calling.attempt(rehearsal, witness, turn.number, turn.share)
        subject = plan.subjects[witness.identity.role or ""]
        written, failed = await self.writing.attempt(rehearsal, witness, subject, turn.share)
        return Outcome([*read, *called, *written], [*errors, *failed])
