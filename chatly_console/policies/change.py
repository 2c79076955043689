"""A change of one policy, or a new one: the table as it would be, what may be typed for it, the SQL of both ways."""

import re
from dataclasses import dataclass, replace

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.core.request import Request
from chatly_console.core.sql import can_be_enclosed
from chatly_console.policies.combination import clause_of
from chatly_console.policies.policy import COMMANDS, PUBLIC, Clause, Command, Policy, Table
from chatly_console.server.guard import check_advisory


@dataclass(frozen=True, slots=True)
class Aspect:
    """One question that a policy decides: which rows a command finds, or which rows may come to be by it."""

    command: Command
    clause: Clause


@dataclass(frozen=True, slots=True)
class Change:
    """A policy that is changed; `policy` is as it is now, None for a new one; `after` None drops it."""

    policy: Policy | None
    after: Policy | None

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """All that the change may have an effect on."""
        both = [p for p in (self.policy, self.after) if p is not None]
        found = []
        for command in COMMANDS:
            applying = [p for p in both if p.command in (None, command)]
            if applying and command is not Command.INSERT:
                found.append(Aspect(command, Clause.USING))
            own_check = any(p.check is not None for p in applying)
            if applying and (command is Command.INSERT or (command is Command.UPDATE and own_check)):
                found.append(Aspect(command, Clause.CHECK))
        return tuple(found)

    @property
    def is_none(self) -> bool:
        """Whether nothing is changed."""
        return self.policy == self.after


def head_of(policy: Policy) -> str:
    """All of a policy but its expressions, in the words of CREATE POLICY."""
    return f"{quote_identifier(policy.name)} {_terms(policy)}"


def _terms(policy: Policy) -> str:
    return f"as {policy.kind} for {(policy.command or 'all').lower()} to {_roles(policy)}"


def _roles(policy: Policy) -> str:
    return ", ".join("public" if role == PUBLIC else quote_identifier(role) for role in policy.roles)


_NAME = r'"(?:[^"]|"")+"|[^\s,"]+'
_HEAD = re.compile(
    rf"\s*(?P<name>{_NAME})(?:\s+as\s+(?P<kind>\w+))?(?:\s+for\s+(?P<command>\w+))?"
    rf"(?:\s+to\s+(?P<roles>(?:{_NAME})(?:\s*,\s*(?:{_NAME}))*))?\s*",
    re.IGNORECASE,
)


def read_head(text: str) -> Policy:
    """What `head_of` writes, read back; raises Failure (USAGE) with the form that is wanted."""
    found = _HEAD.fullmatch(text)
    kind = (found["kind"] or "permissive").lower() if found else ""
    command = (found["command"] or "all").upper() if found else ""
    if found is None or kind not in ("permissive", "restrictive") or command not in {"ALL", *COMMANDS}:
        raise Failure(
            "A policy is written NAME as permissive for select to ROLE.",
            FailureKind.USAGE,
            hint="Or as restrictive; for all, insert, update or delete; to several roles with commas between them.",
        )
    roles = tuple(map(_plain, re.findall(_NAME, found["roles"] or PUBLIC)))
    return Policy(_plain(found["name"]), kind == "permissive", None if command == "ALL" else Command(command), roles)


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()


def edited(policy: Policy | None, head: str, using: str, check: str) -> Change:
    """The policy (None: a new one) as it was typed, an empty text being none; raises Failure where it will not do."""
    after = read_head(head)
    using, check = using.strip().rstrip(";").strip(), check.strip().rstrip(";").strip()
    for text in (using, check):
        if text:
            check_expression(text)
    if after.command is Command.INSERT and using:
        raise Failure("A policy for INSERT has no USING: there is no row yet.", FailureKind.USAGE)
    if after.command in (Command.SELECT, Command.DELETE) and check:
        raise Failure(f"A policy for {after.command} has no WITH CHECK: it makes no row.", FailureKind.USAGE)
    if not (check if after.command is Command.INSERT else using):
        clause = clause_of(after.command or Command.SELECT)
        raise Failure(f"Without {clause} nobody passes: write true for everybody, or drop it.", FailureKind.USAGE)
    comment = policy.comment if policy is not None else ""
    return Change(policy, replace(after, using=using or None, check=check or None, comment=comment))


def check_expression(text: str) -> None:
    """Raise Failure where this is not one expression that may be tried as somebody else."""
    if not can_be_enclosed(text):
        raise Failure("This is not one expression: its parentheses do not match, or it has a semicolon.",
                      FailureKind.USAGE)  # fmt: skip
    check_advisory(Request(f"select ({text})"))


def changed(table: Table, change: Change) -> Table:
    """The table as it would be; raises Failure (USAGE) where another policy has the name already."""
    rest = [p for p in table.policies if change.policy is None or p.name != change.policy.name]
    if change.after is not None and any(p.name == change.after.name for p in rest):
        raise Failure(f"There is a policy {change.after.name} on {table.full_name} already.", FailureKind.USAGE)
    return replace(table, policies=tuple([*rest, change.after] if change.after else rest))


def create_sql(table: Table, policy: Policy) -> str:
    """CREATE POLICY for a policy as it is."""
    lines = [
        f"create policy {quote_identifier(policy.name)} on {_name(table)}",
        f"  {_terms(policy)}",
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


def alter_sql(table: Table, before: Policy, after: Policy) -> str:
    """ALTER POLICY that makes one of the other; where that cannot be, the policy is dropped and created."""
    taken_away = before.check is not None and after.check is None
    if before.command is not after.command or before.permissive != after.permissive or taken_away:
        return f"{drop_sql(table, before)}\n{create_sql(table, after)}"
    lines = [f"alter policy {quote_identifier(after.name)} on {_name(table)}"]
    lines += [f"  to {_roles(after)}"] if before.roles != after.roles else []
    lines += [f"  using ({after.using})"] if after.using else []
    lines += [f"  with check ({after.check})"] if after.check else []
    renamed = ""
    if before.name != after.name:
        old, new = quote_identifier(before.name), quote_identifier(after.name)
        renamed = f"alter policy {old} on {_name(table)} rename to {new};\n"
    return renamed + "\n".join(lines) + ";"


def migration(table: Table, change: Change) -> tuple[str, str, str]:
    """Name, up and down of the migration that makes the change."""
    before, after = change.policy, change.after
    if after is None:
        assert before is not None
        return f"drop policy {before.name}", drop_sql(table, before), create_sql(table, before)
    if before is None:
        return f"create policy {after.name}", create_sql(table, after), drop_sql(table, after)
    return f"change policy {before.name}", alter_sql(table, before, after), alter_sql(table, after, before)


def _name(table: Table) -> str:
    return f"{quote_identifier(table.schema)}.{quote_identifier(table.name)}"
