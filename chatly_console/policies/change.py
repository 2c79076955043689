"""A change of one policy: the table as it would be, what may be typed for it, and the SQL of both ways."""

from dataclasses import dataclass, replace

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.core.request import Request
from chatly_console.core.sql import can_be_enclosed
from chatly_console.policies.policy import PUBLIC, Command, Policy, Table
from chatly_console.server.guard import check_advisory


@dataclass(frozen=True, slots=True)
class Change:
    """A policy with other expressions; `policy` is as it is now, `after` None drops it."""

    policy: Policy
    after: Policy | None

    @property
    def command(self) -> Command:
        """By which command its effect is seen: for a policy of all commands by SELECT."""
        return self.policy.command or Command.SELECT


def edited(policy: Policy, using: str, check: str) -> Change:
    """The policy with these expressions, an empty text being none; raises Failure where one will not do."""
    using, check = using.strip().rstrip(";").strip(), check.strip().rstrip(";").strip()
    for text in (using, check):
        if text:
            check_expression(text)
    if policy.command is Command.INSERT and using:
        raise Failure("A policy for INSERT has no USING: there is no row yet.", FailureKind.USAGE)
    if policy.command in (Command.SELECT, Command.DELETE) and check:
        raise Failure(f"A policy for {policy.command} has no WITH CHECK: it makes no row.", FailureKind.USAGE)
    for before, now, clause in ((policy.using, using, "USING"), (policy.check, check, "WITH CHECK")):
        if before and not now:
            raise Failure(f"ALTER POLICY cannot take {clause} away: write true, or drop the policy.", FailureKind.USAGE)
    return Change(policy, replace(policy, using=using or None, check=check or None))


def check_expression(text: str) -> None:
    """Raise Failure where this is not one expression that may be tried as somebody else."""
    if not can_be_enclosed(text):
        raise Failure("This is not one expression: its parentheses do not match, or it has a semicolon.",
                      FailureKind.USAGE)  # fmt: skip
    check_advisory(Request(f"select ({text})"))


def changed(table: Table, change: Change) -> Table:
    """The table as it would be."""
    rest = [p for p in table.policies if p.name != change.policy.name]
    return replace(table, policies=tuple([*rest, change.after] if change.after else rest))


def create_sql(table: Table, policy: Policy) -> str:
    """CREATE POLICY for a policy as it is."""
    to = ", ".join("public" if role == PUBLIC else quote_identifier(role) for role in policy.roles)
    lines = [
        f"create policy {quote_identifier(policy.name)} on {_name(table)}",
        f"  as {policy.kind} for {(policy.command or 'all').lower()} to {to}",
        *([f"  using ({policy.using})"] if policy.using else []),
        *([f"  with check ({policy.check})"] if policy.check else []),
    ]
    sql = "\n".join(lines) + ";"
    if policy.comment:
        name = f"{quote_identifier(policy.name)} on {_name(table)}"
        sql += f"\ncomment on policy {name} is {quote_literal(policy.comment).strip()};"
    return sql


def drop_sql(table: Table, policy: Policy) -> str:
    """DROP POLICY."""
    return f"drop policy if exists {quote_identifier(policy.name)} on {_name(table)};"


def alter_sql(table: Table, policy: Policy) -> str:
    """ALTER POLICY that gives a policy the expressions of this one."""
    lines = [f"alter policy {quote_identifier(policy.name)} on {_name(table)}"]
    lines += [f"  using ({policy.using})"] if policy.using else []
    lines += [f"  with check ({policy.check})"] if policy.check else []
    return "\n".join(lines) + ";"


def migration(table: Table, change: Change) -> tuple[str, str, str]:
    """Name, up and down of the migration that makes the change."""
    policy = change.policy
    if change.after is None:
        return f"drop policy {policy.name}", drop_sql(table, policy), create_sql(table, policy)
    return f"change policy {policy.name}", alter_sql(table, change.after), alter_sql(table, policy)


def _name(table: Table) -> str:
    return f"{quote_identifier(table.schema)}.{quote_identifier(table.name)}"
