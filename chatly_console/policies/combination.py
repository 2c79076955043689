"""How the server combines policies: (any permissive) and (all restrictive), where null counts as false.

Pure, and held against the server by a property test. The rules are those of "Policies applied by command type" on the
manual's page of CREATE POLICY.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from chatly_console.policies.policy import PUBLIC, Clause, Command, Policy, Subject, Table


@dataclass(frozen=True, slots=True)
class Combination:
    """The policies that decide one clause of one command for one subject."""

    permissive: tuple[Policy, ...]
    restrictive: tuple[Policy, ...]
    clause: Clause = Clause.USING

    @property
    def policies(self) -> tuple[Policy, ...]:
        """All of them."""
        return self.permissive + self.restrictive

    def sql(self) -> str:
        """The whole condition as one expression, true or false."""
        if not self.permissive:
            return "false"
        permissive = " or ".join(f"coalesce(({p.expression(self.clause)}), false)" for p in self.permissive)
        return " and ".join(
            [f"({permissive})"] + [f"coalesce(({p.expression(self.clause)}), false)" for p in self.restrictive]
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the policies say of one row: whether it passes, who let it through, who stopped it."""

    passes: bool
    admitted_by: tuple[str, ...] = ()
    vetoed_by: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """`admitted`, `vetoed` or `hidden`."""
        if self.passes:
            return "admitted"
        return "vetoed" if self.admitted_by else "hidden"


class Standing(Enum):
    """What decides a subject's access to a table, before any row is looked at."""

    NO_GRANT = "no grant"
    """The privilege is missing: an error, whatever the policies say."""
    UNGUARDED = "row security off"
    """The table has no row level security: every row."""
    EXEMPT = "exempt"
    """A superuser, a role with BYPASSRLS, or the owner of a table that is not forced: every row."""
    NO_POLICY = "no policy"
    """No permissive policy applies: no row."""
    POLICED = "policies"
    """The policies decide row by row."""


def why_not(policy: Policy, subject: Subject, command: Command) -> str:
    """Why a policy plays no part for this subject and command; empty where it does."""
    if policy.command is not None and policy.command is not command:
        return f"FOR {policy.command}"
    if PUBLIC not in policy.roles and not subject.covered_by.intersection(policy.roles):
        return f"TO {', '.join(policy.roles)}: {subject.role} is not a member with INHERIT"
    if policy.expression(clause_of(command)) is None:
        return f"it has no {clause_of(command)}"
    return ""


def clause_of(command: Command) -> Clause:
    """The clause that decides a command's rows: INSERT has only new ones."""
    return Clause.CHECK if command is Command.INSERT else Clause.USING


def combination(table: Table, subject: Subject, command: Command, clause: Clause | None = None) -> Combination:
    """The policies that apply; restrictive ones by name, in the order in which the server checks them."""
    chosen = clause or clause_of(command)
    applying = [p for p in table.policies if not why_not(p, subject, command) and p.expression(chosen) is not None]
    restrictive = sorted((p for p in applying if not p.permissive), key=lambda p: p.name)
    return Combination(tuple(p for p in applying if p.permissive), tuple(restrictive), chosen)


def exemption(table: Table, subject: Subject) -> str:
    """Why policies do not bind this subject on this table; empty where they do."""
    if not table.enabled:
        return "row level security is off"
    if subject.superuser:
        return f"{subject.role} is a superuser"
    if subject.bypasses_rls:
        return f"{subject.role} has BYPASSRLS"
    if table.oid in subject.owns and not table.forced:
        return f"{subject.role} owns the table, and it is not forced"
    return ""


def standing(table: Table, subject: Subject, command: Command) -> Standing:
    """What decides this command on this table."""
    if not subject.superuser and command not in subject.privileges.get(table.oid, frozenset()):
        return Standing.NO_GRANT
    if not table.enabled:
        return Standing.UNGUARDED
    if exemption(table, subject):
        return Standing.EXEMPT
    return Standing.POLICED if combination(table, subject, command).permissive else Standing.NO_POLICY


def deciding(table: Table, subject: Subject, command: Command) -> tuple[Combination, ...]:
    """All that a row has to pass: UPDATE and DELETE find their rows through the SELECT policies first."""
    if exemption(table, subject):
        return ()
    own = combination(table, subject, command)
    if command in (Command.UPDATE, Command.DELETE):
        return (own, combination(table, subject, Command.SELECT))
    return (own,)


def judge(combined: Combination, values: Mapping[str, bool | None]) -> Verdict:
    """The verdict of one combination, given what each policy's expression says of the row."""
    admitted = tuple(p.name for p in combined.permissive if values[p.name])
    vetoed = tuple(p.name for p in combined.restrictive if not values[p.name])
    return Verdict(bool(admitted) and not vetoed, admitted, vetoed)


def judge_all(combinations: Sequence[Combination], values: Mapping[str, bool | None]) -> Verdict:
    """The verdict where several combinations must pass; none at all means that nothing stands in the way."""
    verdicts = [judge(combined, values) for combined in combinations]
    admitted = [name for verdict in verdicts for name in verdict.admitted_by]
    vetoed = [name for verdict in verdicts for name in verdict.vetoed_by]
    if not all(verdict.admitted_by for verdict in verdicts):
        admitted = []
    return Verdict(all(v.passes for v in verdicts), tuple(dict.fromkeys(admitted)), tuple(dict.fromkeys(vetoed)))
