"""What each tab of the object view lists, as rows for a grid. Pure: the screen and the command line share it."""

from collections.abc import Iterable, Sequence

from chatly_console.core.catalogue import Catalogue, Extension, Relation, Role, Schema, Thing
from chatly_console.core.relation_details import Grant, RelationDetails, ThingDetails
from chatly_console.core.row_source import ListedRows
from chatly_console.core.values import Column, Row
from chatly_console.schema.column_tab import columns_tab
from chatly_console.schema.dependencies import uses_tab
from chatly_console.schema.required_extensions import required_extensions
from chatly_console.schema.tab import BLANK, DEFINITION, GRAPH, KEY_WORDS, ROWS, STATEMENTS, Tab
from chatly_console.schema.tree import short_count

_PRIVILEGES = (
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "TRUNCATE",
    "REFERENCES",
    "TRIGGER",
    "MAINTAIN",
    "USAGE",
    "EXECUTE",
)
_ENABLED = {"O": "on", "D": "off", "R": "on replicas", "A": "always"}


_LISTED = {
    "publication": ("tables", ("table", "columns", "filter")),
    "foreign server": ("user mappings", ("role", "", "")),
    "database": ("settings", ("role", "setting", "")),
}


_WITH_USES = ("event trigger", "publication", "foreign server")


def relation_tabs(relation: Relation, details: RelationDetails) -> list[Tab]:
    """The tabs of a table, view or sequence."""
    uses = uses_tab(details.dependencies)
    if relation.kind == "sequence":
        return [
            _facts_tab(relation, details),
            _grants_tab(details.grants),
            uses_tab(details.dependencies),
            DEFINITION,
            ROWS,
        ]
    tabs = [columns_tab(details)]
    if relation.is_table:
        tabs += [_keys(details), GRAPH, _indexes(details), _policies(relation, details), _triggers(details)]
    elif relation.kind == "materialised view":
        tabs += [_indexes(details)]
    else:
        tabs += [_triggers(details)]
    tabs += [_grants_tab(details.grants), uses, _facts_tab(relation, details)]
    return [*tabs, STATEMENTS, DEFINITION, ROWS]


def known_tabs(catalogue: Catalogue, relation: Relation) -> list[Tab]:
    """The tabs of a relation of which no more than the catalogue can be read just now."""
    rows: list[Row] = [
        (c.name, c.type, "not null" if c.not_null else BLANK, _or_blank(c.comment))
        for c in catalogue.columns_of(relation.oid)
    ]
    return [Tab("columns", ListedRows(("column", "type", "null", "comment"), rows), "It has no columns.")]


def extension_tabs(extension: Extension) -> list[Tab]:
    """Versions side by side: required, offered, installed; and what is known to be wrong with the one installed."""
    required = required_extensions().get(extension.name)
    version = extension.installed or extension.offered
    rows: list[Row] = [
        ("required", required.version if required else "not by Chatly"),
        ("offered by the server", extension.offered or "no longer: its files are gone"),
        ("installed", extension.installed or "not created in this database"),
        *((f"known fault of {version}", fault) for fault in (required.faults_of(version) if required else ())),
        ("schema", extension.schema or BLANK),
        ("owner", extension.owner or BLANK),
        ("used for", required.purpose if required else BLANK),
        ("about", extension.comment or BLANK),
    ]
    return [Tab("facts", ListedRows(("what", "value"), rows)), DEFINITION]


def role_tabs(catalogue: Catalogue, role: Role) -> list[Tab]:
    """What a role may do, what it is a member of, and who is a member of it."""
    members = [other.name for other in catalogue.roles if role.name in other.member_of]
    rows: list[Row] = [("may", role.attributes or "nothing special"), ("comment", role.comment or BLANK)]
    memberships: list[Row] = [("member of", name) for name in role.member_of]
    memberships += [("has member", name) for name in members]
    return [
        Tab("facts", ListedRows(("what", "value"), rows)),
        Tab("members", ListedRows(("way", "role"), memberships), "It is in no group, and nobody is in it."),
        DEFINITION,
    ]


def schema_tabs(catalogue: Catalogue, schema: Schema) -> list[Tab]:
    """The relations of a schema, and what else is in it."""
    relations = [r for r in catalogue.relations.values() if r.schema == schema.name]
    rows: list[Row] = [
        (r.name, r.kind, short_count(r.rows) or BLANK, row_security(r), _or_blank(r.comment)) for r in relations
    ]
    columns = (Column("name"), Column("kind"), Column("rows", 20), Column("row security"), Column("comment"))
    facts: list[Row] = [("owner", schema.owner), ("comment", schema.comment or BLANK)]
    return [
        Tab(
            "relations",
            ListedRows(columns, rows),
            "There is no table, view or sequence in it.",
            tuple(("pg_class", r.oid) for r in relations),
        ),
        Tab("facts", ListedRows(("what", "value"), facts)),
    ]


def thing_tabs(thing: Thing, details: ThingDetails) -> list[Tab]:
    """What there is to say of an event trigger, a publication, a database, a policy."""
    about = [("owner", thing.owner), *details.facts, ("comment", thing.comment or "")]
    rows: list[Row] = [(name, value) for name, value in about if value]
    tabs = [Tab("facts", ListedRows(("what", "value"), rows), "No more is known of it.")]
    title, names = _LISTED.get(thing.kind, ("listed", ("what", "value", "more")))
    if details.listed:
        tabs.append(Tab(title, ListedRows(names, [tuple(cell or BLANK for cell in row) for row in details.listed])))
    if thing.kind in _WITH_USES:
        tabs.append(uses_tab(details.dependencies))
    return [*tabs, DEFINITION] if details.definition else tabs


def policies_tab(relation: Relation, details: RelationDetails) -> Tab:
    """The policies of a relation."""
    return _policies(relation, details)


def grants_tab(grants: Sequence[Grant]) -> Tab:
    """Who may do what, as a matrix."""
    return _grants_tab(grants)


def row_security(relation: Relation) -> str:
    """The state of row level security in words."""
    if not relation.is_table:
        return BLANK
    if not relation.row_security:
        return "off"
    forced = ", forced" if relation.forces_row_security else ""
    return f"on{forced}, {relation.policies} {'policy' if relation.policies == 1 else 'policies'}"


def bytes_words(size: float) -> str:
    """A size at a glance: 8 kB, 1.2 MB."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1024 or unit == "GB":
            return f"{size:.0f} {unit}" if size >= 10 or unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    raise AssertionError


def _keys(details: RelationDetails) -> Tab:
    rows: list[Row] = [
        (KEY_WORDS.get(c.type, c.type), c.name, c.definition, "valid" if c.is_valid else "NOT VALID")
        for c in details.constraints
    ]
    rows += [("from", r.source, r.definition, "valid" if r.is_valid else "NOT VALID") for r in details.referenced_by]
    return Tab(
        "keys", ListedRows(("way", "name", "definition", "state"), rows), "No key, no check, and nothing points here."
    )


def _indexes(details: RelationDetails) -> Tab:
    rows: list[Row] = [
        (
            index.name, _index_state(index.is_valid, index.duplicates, index.scans, index.is_unique),
            bytes_words(index.bytes), None if index.scans is None else str(index.scans),
            _or_blank(index.last_scan and index.last_scan[:19].replace("T", " ")), index.definition,
        )
        for index in details.indexes
    ]  # fmt: skip
    columns = (
        Column("index"),
        Column("state"),
        Column("size", 20),
        Column("scans", 20),
        Column("last used"),
        Column("definition"),
    )
    return Tab("indexes", ListedRows(columns, rows), "No index: every query reads the whole table.")


def _index_state(is_valid: bool, duplicates: str | None, scans: int | None, is_unique: bool) -> str:
    if not is_valid:
        return "INVALID: drop it and build it again"
    if duplicates:
        return f"duplicates {duplicates}"
    return "never used" if scans == 0 and not is_unique else "valid"


def _policies(relation: Relation, details: RelationDetails) -> Tab:
    rows: list[Row] = [
        (
            p.name, p.command_words, "permissive" if p.is_permissive else "restrictive", ", ".join(p.roles),
            _or_blank(p.using), _or_blank(p.check), _or_blank(p.comment),
        )
        for p in details.policies
    ]  # fmt: skip
    names = ("policy", "command", "kind", "roles", "using", "with check", "comment")
    if relation.row_security:
        empty = "Row security is on and there is no policy: nobody but the owner sees a row."
    else:
        empty = "Row security is off: whoever may SELECT reads all rows."
    return Tab("policies", ListedRows(names, rows), empty)


def _triggers(details: RelationDetails) -> Tab:
    rows: list[Row] = [
        (t.name, _ENABLED.get(t.enabled, t.enabled), t.function, t.definition, _or_blank(t.comment))
        for t in details.triggers
    ]
    rows += [(r.name, "rule", BLANK, r.definition, BLANK) for r in details.rules]
    names = ("trigger", "state", "function", "definition", "comment")
    return Tab("triggers", ListedRows(names, rows), "No trigger.")


def _grants_tab(grants: Sequence[Grant]) -> Tab:
    used = [p for p in _PRIVILEGES if any(g.privilege == p for g in grants)]
    used += sorted({g.privilege for g in grants} - set(used))
    names = list(dict.fromkeys(g.grantee for g in grants))
    rows: list[Row] = [(name, *(_granted(grants, name, privilege) for privilege in used)) for name in names]
    return Tab("grants", ListedRows(("role", *(p.lower() for p in used)), rows), "Nobody has any right on it.")


def _granted(grants: Iterable[Grant], grantee: str, privilege: str) -> str:
    mine = [g for g in grants if g.grantee == grantee and g.privilege == privilege]
    if any(not g.column for g in mine):
        return "✓ may grant" if any(g.is_grantable and not g.column for g in mine) else "✓"
    return ", ".join(g.column for g in mine) or "·"


def _facts_tab(relation: Relation, details: RelationDetails) -> Tab:
    facts = details.facts
    listed: list[tuple[str, object]] = [
        ("kind", relation.kind), ("owner", facts.owner), ("comment", facts.comment),
        ("rows, estimated", None if facts.rows < 0 else f"{facts.rows:,.0f}"),
        ("rows, live and dead", None if facts.live is None else f"{facts.live:,} and {facts.dead or 0:,}"),
        ("size", bytes_words(facts.bytes) if facts.bytes else None),
        ("of it rows, indexes, TOAST", facts.bytes and ", ".join(
            map(bytes_words, (facts.heap_bytes, facts.index_bytes, facts.toast_bytes)))),
        ("row security", row_security(relation)), ("partition of", facts.parent), ("its bound", facts.bound),
        ("partitioned by", facts.partition_key), ("storage", facts.access_method), ("options", facts.options),
        ("analysed", facts.analysed), ("vacuumed", facts.vacuumed),
        ("scans", None if facts.sequential_scans is None
         else f"{facts.sequential_scans:,} of the whole, {facts.index_scans or 0:,} by an index"),
        *(facts.sequence or {}).items(),
    ]  # fmt: skip
    rows: list[Row] = [(name, str(value)) for name, value in listed if value not in (None, "", 0, BLANK)]
    return Tab("facts", ListedRows(("what", "value"), rows))


def _or_blank(text: str | None) -> str:
    return text or BLANK
