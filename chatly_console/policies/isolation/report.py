"""The isolation proof as JSON of stable keys, and as a report that an auditor can read."""

import json

from chatly_console import __version__
from chatly_console.policies.isolation.kinds import LeakKind, kinds_of
from chatly_console.policies.isolation.leak import EMPTIED, REFERRED, Leak
from chatly_console.policies.isolation.proof import Bypass, Proof
from chatly_console.policies.isolation.witnesses import NOBODY
from chatly_console.policies.policy import Command
from chatly_console.policies.report import name_of
from chatly_console.server.facts import ServerFacts

_LISTED = 20
_HOW = {
    "added": "adds a row to",
    "added in his own name": "adds a row in his own name to",
    "changed": "changes a row of",
    "deleted": "deletes a row of",
    "moved there": "moves a row of his own to",
    "moved there by a statement without WHERE": "moves all his rows (an UPDATE without WHERE) to",
    "taken over": "takes over a row of",
}


def isolation_json(proof: Proof) -> dict[str, object]:
    """The proof for a program."""
    return {
        "tenants": len(proof.tenancy.tenants),
        "pairs": proof.pairs,
        "users": proof.users,
        "writes": proof.writes,
        "written": list(proof.written),
        "calls": proof.calls,
        "tables": [r.full_name for r in proof.tenancy.relations],
        "leaks": [
            {
                "tenant": leak.tenant,
                "identity": name_of(leak.identity),
                "other": leak.other,
                "table": leak.relation.full_name,
                "command": leak.command.value,
                "how": leak.how,
                "rows": leak.count,
                "key": list(leak.key),
                "policies": list(leak.policies),
            }
            for leak in proof.leaks
        ],
        "bypasses": [{"kind": b.kind, "object": b.object, "roles": b.roles, "note": b.note} for b in proof.bypasses],
        "errors": [{"where": where, "message": f.sentence} for where, f in proof.errors],
        "ms": round(proof.milliseconds, 1),
    }


def leak_words(proof: Proof, leak: Leak) -> str:
    """A leak in a sentence, without the policies."""
    tenancy = proof.tenancy
    who = name_of(leak.identity)
    if leak.tenant == NOBODY:
        who = NOBODY  # it has an id that is nobody's
    elif leak.tenant != who:
        who = f"{who} ({tenancy.name_of(leak.tenant)})"
    other, table = tenancy.name_of(leak.other), leak.relation.full_name
    if leak.how == EMPTIED:
        return f"{who} empties {table} (TRUNCATE), with the rows of all tenants"
    if leak.how == REFERRED:
        return f"{who} learns which rows of {other} are in {table}, by a foreign key to it"
    if leak.relation.kind == "F" and leak.command is not Command.SELECT:
        verb = "adds a row to" if leak.command is Command.INSERT else "changes a row of"
        return f"{who} {verb} {other} in {leak.how.removeprefix('wrote ')} through {table}"
    if leak.relation.kind == "F":
        return f"{who} gets {leak.count:,} row{'s' * (leak.count != 1)} of {other} from {table}"
    if leak.how == "read":
        return f"{who} reads {leak.count:,} row{'s' * (leak.count != 1)} of {other} in {table}"
    how = _HOW.get(leak.how)
    if how is None:
        return f"{who} reaches rows of {other} in {table} by {leak.command}, {leak.how}"
    return f"{who} {how} {other} in {table}"


def method(proof: Proof) -> list[str]:
    """How it was done, a sentence a line."""
    lines = [
        "In transactions that were rolled back, each on one snapshot: nothing was changed.",
        f"Tenants are told apart by {proof.tenancy.column}. As witnesses: one user of every role in every tenant, "
        "a user of no tenant, and anon; each with the claims of his token and his role's settings.",
        "Read: every relation below as every witness, for rows of all tenants that he is no member of; views, "
        "partitions, materialised views and foreign tables like tables.",
    ]
    if proof.written:
        lines += [
            f"Written: {proof.writes:,} statements really attempted on {len(proof.written)} tables and views, each "
            "undone at once. UPDATE, UPDATE that takes a row over, and DELETE: as every witness at a row of every "
            "other tenant, all in one statement, with a WHERE and without one; where that reaches any, each row by "
            "itself. INSERT of a copy under a fresh key, also in the witness's own name, and UPDATE that moves an own "
            f"row: for every other tenant by itself, {_by_whom(proof)}.",
            "What a statement without WHERE could reach is tried through a view of these rows that runs as its caller "
            "(before PostgreSQL 15 by WHERE CURRENT OF), so that no other row is touched. A write that only a key or a "
            "constraint stopped counts as let through, one that a trigger stopped does not. What a trigger does "
            "outside of the transaction, and sequences, a rollback does not undo.",
            f"Called: {proof.calls:,} times a function that runs as its owner, as every witness; where it "
            f"wants arguments, with values of another tenant's rows, of the next tenant each time{_sharing(proof)}. "
            "What it returned was searched for other tenants, and their rows were looked at for changes.",
            "TRUNCATE and REFERENCES were used where they are granted; a TRUNCATE only if its lock could be had at "
            "once, and that was given back at once.",
        ]
    else:
        lines.append("Writes were not attempted, and no function was called.")
    lines.append(
        "Statements ran as the role (SET LOCAL ROLE) on the login's connection; after each the server was asked "
        "whether it still was that role."
    )
    return lines


def isolation_markdown(proof: Proof, facts: ServerFacts) -> str:
    """The proof for an auditor: when, where, how, and what was found."""
    sound = "PASSED" if proof.is_sound else "FAILED"
    lines = [
        "# Tenant isolation",
        "",
        f"**{sound}**: {proof.sentence}",
        "",
        "| | |",
        "|---|---|",
        f"| Time | {proof.began:%Y-%m-%d %H:%M:%S} UTC |",
        f"| Database | {_cell(facts.database)} on PostgreSQL {_cell(facts.version)}, as {_cell(facts.user)} |",
        f"| Tool | chatly-console {__version__} |",
        f"| Tenants | {len(proof.tenancy.tenants):,}, told apart by `{proof.tenancy.column}` |",
        f"| Pairs | {proof.pairs:,} |",
        f"| Witnesses | {proof.users:,} |",
        f"| Writes attempted | {proof.writes:,} on {len(proof.written)} tables and views |",
        f"| Functions called | {proof.calls:,} |",
        "",
        "## Method",
        "",
        *(f"- {line}" for line in method(proof)),
        "",
        "## Relations",
        "",
        *(f"- {r.full_name} ({r.kind_words})" for r in proof.tenancy.relations),
        "",
        "## Leaks",
        "",
    ]
    for kind in kinds_of(proof.leaks):
        lines += _kind(proof, kind)
    if not proof.leaks:
        lines.append("None.")
    if proof.errors:
        lines += ["", "## Could not be tried", "", *(f"- {where}: {f.sentence}" for where, f in proof.errors)]
    lines += ["", "## Ways past the policies", ""]
    lines.append("These exist; that they leak was not found unless it is listed above.")
    lines += ["", *map(_bypass, proof.bypasses)] if proof.bypasses else ["", "None."]
    return "\n".join(lines) + "\n"


def _kind(proof: Proof, kind: LeakKind) -> list[str]:
    """A kind with its first leaks."""
    head = f"### {kind.relation.full_name}, {kind.command}: {len(kind.leaks):,} ({kind.extent})"
    lines = [head, "", f"Let through by {', '.join(kind.policies) or 'no policy'}.", ""]
    for leak in kind.leaks[:_LISTED]:
        row = f", row {json.dumps(leak.key, ensure_ascii=False)}" if leak.key else ""
        lines.append(f"- {leak_words(proof, leak)}{row}")
    if len(kind.leaks) > _LISTED:
        lines.append(f"- and {len(kind.leaks) - _LISTED:,} more like these")
    return [*lines, ""]


def _sharing(proof: Proof) -> str:
    return "" if proof.thorough else ", as one user of every tenant"


def _by_whom(proof: Proof) -> str:
    if proof.thorough:
        return "as every witness"
    return "as one of the tenant's users, who share the others among them; whoever gets through once tries all"


def _bypass(bypass: Bypass) -> str:
    return f"- {bypass.kind}: {bypass.object} ({bypass.roles}){f'; {bypass.note}' * bool(bypass.note)}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
