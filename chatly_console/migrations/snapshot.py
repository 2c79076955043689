"""A database's catalogue as plain data, and where two of them differ, field by field."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Change = Literal["missing", "unexpected", "changed"]

MANAGED_SCHEMAS = frozenset(
    {"_analytics", "_realtime", "_supavisor", "auth", "cron", "extensions", "graphql", "graphql_public", "net",
     "pgbouncer", "pgmq", "pgsodium", "pgsodium_masks", "pgtle", "realtime", "repack", "storage", "supabase_functions",
     "tiger", "tiger_data", "topology", "vault"}
)  # fmt: skip
"""What Supabase looks after by itself: differences there are folded."""
OWN_SCHEMAS = frozenset({"supabase_migrations", "chatly_migrations"})
"""The histories themselves: never compared."""
_TOOLS_HISTORY = re.compile(r"(?:.* )?public\.(?:schema_migrations|goose_db_version)(?:_pkey|_id_seq)?(?:\..*)?")
"""The histories of dbmate, goose and golang-migrate, with their parts and the comments on them."""
PLATFORM = "the platform"
_PLATFORM_OBJECTS = {
    ("schema", "public"),
    ("publication", "supabase_realtime"),
    ("publication", "supabase_realtime_messages_publication"),
}
OF_SERVER = frozenset({"role", "parameter"})
"""Kinds that belong to the server: what other databases' people do shows there as well."""
OF_DATABASE = "settings of the database"
"""How that begins, among them, which is this database's own."""
_COSMETIC = frozenset({"position"})

Key = tuple[str, str]
"""Kind and identity."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every object by kind and identity, each with its fields; `schemas` says in which schema it is."""

    objects: Mapping[Key, Mapping[str, Any]] = field(default_factory=dict)
    schemas: Mapping[Key, str] = field(default_factory=dict)
    version: int = 0
    login: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs, or an object that only one side has (then without a field)."""

    kind: str
    identity: str
    change: Change
    field: str = ""
    expected: Any = None
    found: Any = None
    schema: str = ""

    @property
    def is_managed(self) -> bool:
        """Whether Supabase looks after it."""
        return self.schema in MANAGED_SCHEMAS or self.schema == PLATFORM

    @property
    def is_cosmetic(self) -> bool:
        """Whether no statement can tell the difference, save `select *`."""
        return self.field in _COSMETIC

    def as_json(self) -> dict[str, Any]:
        """As `migrate drift --json` has it."""
        return {
            "kind": self.kind, "identity": self.identity, "change": self.change, "field": self.field,
            "expected": self.expected, "found": self.found, "managed": self.is_managed, "cosmetic": self.is_cosmetic,
        }  # fmt: skip

    def __str__(self) -> str:
        what = f"{self.kind} {self.identity}"
        if self.change != "changed":
            return f"{what} is {'missing' if self.change == 'missing' else 'not expected'}"
        return f"{what}: {self.field} is {shown(self.found)}, not {shown(self.expected)}"


def shown(value: Any, most: int = 200) -> str:
    """A field's value in a line."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return shown([f"{name}: {shown(one)}" for name, one in value.items()], most)
    if isinstance(value, list):
        return shown(", ".join(str(one) for one in value), most) if value else "nothing"
    text = " ".join(str(value).split()) if not isinstance(value, bool) else str(value).lower()
    return text if len(text) <= most else text[: most - 1] + "…"


def differences(
    expected: Snapshot, found: Snapshot, *, roles: bool = False, elsewhere: bool = False
) -> list[Difference]:
    """Where `found` is not as `expected`, in the order of kinds and names. Of an object that only one side has, its
    parts are not told one by one. `roles` compares the server's roles too. Where the two are on servers of different
    kinds (`elsewhere`), what each platform brings along counts as managed."""
    raw = [
        difference
        for key in sorted(expected.objects.keys() | found.objects.keys())
        if roles or key[0] not in OF_SERVER
        for difference in _of_object(key, expected, found)
        if difference.schema not in OWN_SCHEMAS and not _TOOLS_HISTORY.fullmatch(difference.identity)
    ]
    if elsewhere:
        raw = [replace(one, schema=PLATFORM) if _is_of_platform(one) else one for one in raw]
    alone = [d for d in raw if d.change != "changed" and d.kind in ("relation", "schema")]
    return [d for d in raw if not _is_part_of(d, alone, expected if d.change == "missing" else found)]


def _is_of_platform(one: Difference) -> bool:
    """What a hosted project has beside its schema: extensions and their versions, watchers, rights by default."""
    if one.kind == "extension" and one.change != "missing":
        return True
    words = one.identity.startswith(("extension ", "event trigger ")) if one.kind == "comment" else False
    return words or one.kind in ("event trigger", "default acl") or (one.kind, one.identity) in _PLATFORM_OBJECTS


def _of_object(key: Key, expected: Snapshot, found: Snapshot) -> Iterator[Difference]:
    before, now = expected.objects.get(key), found.objects.get(key)
    if _is_of_later_versions(key, before or now or {}, expected, found):
        return
    schema = expected.schemas.get(key) or found.schemas.get(key) or ""
    if before is None or now is None:
        change: Change = "unexpected" if before is None else "missing"
        yield Difference(*key, change, "", before and _brief(before), now and _brief(now), schema)
        return
    same_login, same_version = expected.login == found.login, expected.version // 10000 == found.version // 10000
    for name in sorted(before.keys() | now.keys()):
        one, other = before.get(name), now.get(name)
        if name == "owner" and not same_login:
            continue
        if name == "acl" and not same_version:
            one, other = _without_maintain(one), _without_maintain(other)
        if one != other:
            yield Difference(*key, "changed", name, one, other, schema)


def _is_of_later_versions(key: Key, fields: Mapping[str, Any], expected: Snapshot, found: Snapshot) -> bool:
    """From PostgreSQL 18 on NOT NULL is a constraint with a name; before that only the column knows it."""
    older = min(expected.version, found.version)
    return key[0] == "constraint" and older < 180000 and str(fields.get("definition")).startswith("NOT NULL")


def _without_maintain(acl: Any) -> Any:
    """PostgreSQL 17 has a right that older servers do not know."""
    return [entry for entry in acl if ":MAINTAIN" not in entry] if isinstance(acl, list) else acl


def _brief(fields: Mapping[str, Any]) -> Any:
    """What is most telling of an object that only one side has."""
    for name in ("definition", "query", "type", "comment", "label"):
        if fields.get(name):
            return fields[name]
    return {name: value for name, value in fields.items() if value not in (None, False, "", [])}


def _is_part_of(difference: Difference, alone: Sequence[Difference], side: Snapshot) -> bool:
    """Whether it goes without saying, because the relation or schema that it belongs to is told of."""
    if difference.change == "changed":
        return False
    for owner in alone:
        if owner.change != difference.change or owner is difference:
            continue
        if owner.kind == "schema" and difference.schema == owner.identity:
            return True
        if owner.kind == "relation" and _belongs(difference, owner.identity, side):
            return True
    return False


def _belongs(difference: Difference, relation: str, side: Snapshot) -> bool:
    if difference.identity.startswith(f"{relation}.") and difference.kind != "relation":
        return True
    fields = side.objects.get((difference.kind, difference.identity), {})
    if difference.kind == "index":
        return f" ON {relation} " in str(fields.get("definition")) or f" ON ONLY {relation} " in str(
            fields["definition"]
        )
    if difference.kind == "sequence":
        return str(fields.get("owned by")).startswith(f"{relation}.")
    if difference.kind == "comment":
        place = difference.identity.partition(" ")[2]
        return place == relation or place.startswith(f"{relation}.") or place.endswith(f" on {relation}")
    return False
