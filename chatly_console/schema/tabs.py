"""What each tab of the object view lists, as rows for a grid. Pure: the screen and the command line share it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chatly_console.core.catalogue import Catalogue, Extension, Relation, Role, Schema, Thing
from chatly_console.core.relation_details import ColumnDetail, Grant, RelationDetails
from chatly_console.core.row_source import ListedRows
from chatly_console.core.values import Column, Row
from chatly_console.schema.tree import short_count

BLANK = " "
"""A cell where there is nothing to say; NULL and the empty text would be drawn as values."""
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
_KEY_WORDS = {"p": "primary", "u": "unique", "f": "foreign", "x": "exclusion", "c": "check"}
_ENABLED = {"O": "on", "D": "off", "R": "on replicas", "A": "always"}


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: its title, how much is in it, the rows, and what to say where there are none."""

    title: str
    rows: ListedRows | None = None
    empty: str = ""

    @property
    def count(self) -> int | None:
        """How many rows it lists; None where it lists nothing."""
        return None if self.rows is None else self.rows.count


DEFINITION = Tab("definition")
ROWS = Tab("rows")


def relation_tabs(relation: Relation, details: RelationDetails) -> list[Tab]:
    """The tabs of a table, view or sequence."""
    if relation.kind == "sequence":
        return [_facts_tab(relation, details), _grants_tab(details.grants), _uses(details), DEFINITION, ROWS]
    tabs = [_columns(details)]
    if relation.is_table:
        tabs += [_keys(details), _indexes(details), _policies(relation, details), _triggers(details)]
    elif relation.kind == "materialised view":
        tabs += [_indexes(details)]
    else:
        tabs += [_triggers(details)]
    return [*tabs, _grants_tab(details.grants), _uses(details), _facts_tab(relation, details), DEFINITION, ROWS]


def known_tabs(catalogue: Catalogue, relation: Relation) -> list[Tab]:
    """The tabs of a relation of which no more than the catalogue can be read just now."""
    rows: list[Row] = [
        (c.name, c.type, "not null" if c.not_null else BLANK, _or_blank(c.comment))
        for c in catalogue.columns_of(relation.oid)
    ]
    return [Tab("columns", ListedRows(("column", "type", "null", "comment"), rows), "It has no columns.")]


def extension_tabs(extension: Extension) -> list[Tab]:
    """Versions side by side."""
    rows: list[Row] = [
        ("installed", extension.installed or "not created in this database"),
        ("offered by the server", extension.offered or "no longer: its files are gone"),
        ("schema", extension.schema or BLANK),
        ("owner", extension.owner or BLANK),
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
        Tab("relations", ListedRows(columns, rows), "There is no table, view or sequence in it."),
        Tab("facts", ListedRows(("what", "value"), facts)),
    ]


def thing_tabs(thing: Thing) -> list[Tab]:
    """What little there is to say of an event trigger, a publication, a foreign server."""
    rows: list[Row] = [("kind", thing.kind), ("owner", thing.owner), ("about", thing.about or BLANK),
                       ("comment", thing.comment or BLANK)]  # fmt: skip
    return [Tab("facts", ListedRows(("what", "value"), rows))]


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


def _columns(details: RelationDetails) -> Tab:
    keys = _column_marks(details)
    rows: list[Row] = [
        (
            c.name, c.type, "not null" if c.not_null else BLANK, c.origin.removeprefix("default ") or BLANK,
            keys.get(c.name, BLANK), _or_blank(c.comment), _percent(c.null_fraction), _distinct(c), _common(c),
        )
        for c in details.columns
    ]  # fmt: skip
    names = ("column", "type", "null", "default", "key", "comment", "nulls", "distinct", "most common")
    return Tab("columns", ListedRows(names, rows), "It has no columns.")


def _column_marks(details: RelationDetails) -> Mapping[str, str]:
    """Which keys a column is in, from the definitions that begin with their list of columns."""
    marks: dict[str, list[str]] = {}
    for constraint in details.constraints:
        if constraint.type in "puf":
            listed = constraint.definition.partition("(")[2].partition(")")[0]
            for column in details.columns:
                if column.name in listed.split(", ") or f'"{column.name}"' in listed.split(", "):
                    marks.setdefault(column.name, []).append(_KEY_WORDS[constraint.type])
    return {name: ", ".join(dict.fromkeys(words)) for name, words in marks.items()}


def _keys(details: RelationDetails) -> Tab:
    rows: list[Row] = [
        (_KEY_WORDS.get(c.type, c.type), c.name, c.definition, "valid" if c.is_valid else "NOT VALID")
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


def _uses(details: RelationDetails) -> Tab:
    rows: list[Row] = [(d.way, d.object) for d in details.dependencies]
    return Tab("uses", ListedRows(("way", "object"), rows), "No view, default or policy depends on it.")


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


def _percent(fraction: float | None) -> str:
    return BLANK if fraction is None else f"{fraction:.0%}"


def _distinct(column: ColumnDetail) -> str:
    """How many values differ: a number, or a share of the rows where it grows with them."""
    found = column.distinct_values
    if found is None or found == 0:
        return BLANK
    return "unique" if found == -1 else f"{-found:.0%} of rows" if found < 0 else f"{found:,.0f}"


def _common(column: ColumnDetail) -> str:
    """The most common values with a bar for each one's share."""
    pairs = zip(column.common_values[:4], column.common_fractions, strict=False)
    return "  ".join(f"{bar(share)} {share:.0%} {(value or '')[:24]}" for value, share in pairs) or BLANK


def bar(share: float) -> str:
    """A share as one of eight heights."""
    return "▁▂▃▄▅▆▇█"[max(0, min(7, int(share * 8)))]
