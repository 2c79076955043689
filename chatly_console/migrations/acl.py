"""Rights that differ, as GRANT and REVOKE."""

from chatly_console.core.quote import quote_identifier
from chatly_console.migrations.snapshot import Difference, Snapshot

_KINDS = {"r": "table", "p": "table", "v": "table", "m": "table", "f": "table"}


def acl_statements(one: Difference, expected: Snapshot, found: Snapshot) -> tuple[list[str], list[str]] | None:
    """From what the files give to what was found, and back; None for rights of the owner, which are not told apart."""
    on = _object(one, found)
    if on is None:
        return None
    before, now = set(one.expected or ()), set(one.found or ())
    up = _change(on, before, now)
    down = _change(on, now, before)
    return None if up is None or down is None else (up, down)


def _object(one: Difference, side: Snapshot) -> tuple[str, str] | None:
    """`table public.t` and, for a column, `(c)`."""
    if one.kind == "relation":
        kind = _KINDS.get(str(side.objects[(one.kind, one.identity)]["kind"]))
        return (f"{kind} {one.identity}", "") if kind else None
    if one.kind == "column":
        table, _, column = one.identity.rpartition(".")
        return None if '"' in column else (f"table {table}", f" ({column})")
    if one.kind in ("schema", "sequence", "type"):
        return f"{one.kind} {one.identity}", ""
    return (f"routine {one.identity}", "") if one.kind == "routine" else None


def _change(on: tuple[str, str], before: set[str], now: set[str]) -> list[str] | None:
    statements = []
    for verb, entries in (("revoke", sorted(before - now)), ("grant", sorted(now - before))):
        for entry in entries:
            grantee, _, right = entry.rpartition(":")
            if grantee == "owner":
                return None
            who = grantee if grantee == "public" else quote_identifier(grantee)
            option = " with grant option" if right.endswith("*") and verb == "grant" else ""
            words = f"{right.rstrip('*').lower()}{on[1]} on {on[0]}"
            statements.append(f"{verb} {words} {'to' if verb == 'grant' else 'from'} {who}{option}")
    return statements
