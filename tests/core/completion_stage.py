"""A catalogue without a server, and completion at the `|` of a text."""

from chatly_console.core.catalogue import Catalogue, ColumnInfo, Key, Relation, Role, Routine, Schema, TypeInfo
from chatly_console.core.completion import Completion, Names, complete

_COLUMNS: dict[str, str] = {
    "clients": "id uuid, name text, plan_id uuid, is_active boolean, mood mood",
    "plans": "id uuid, name text, price numeric",
    "conversations": "id uuid, client_id uuid, contact_id uuid, opened_at timestamptz, status status",
    "contacts": "id uuid, client_id uuid, phone text",
    "messages": "id bigint, conversation_id uuid, body text, sent_at timestamptz, direction text",
    "events_2026": "id int",
    "we ird": "id int, Mixed Case text, select int",
    "audit.log": "id int, at timestamptz",
    "audit.clients": "id int, secret text",
}  # fmt: skip
_KEYS = (
    ("clients", "plan_id", "plans", "id"), ("conversations", "client_id", "clients", "id"),
    ("conversations", "contact_id", "contacts", "id"), ("contacts", "client_id", "clients", "id"),
    ("messages", "conversation_id", "conversations", "id"),
)  # fmt: skip


def catalogue(more_tables: int = 0) -> Catalogue:
    relations: dict[int, Relation] = {}
    columns: dict[int, tuple[ColumnInfo, ...]] = {}
    places: dict[str, int] = {}
    listed = {**_COLUMNS, **{f"table_{n}": "id int, customer_id int, note text" for n in range(more_tables)}}
    for oid, (full, written) in enumerate(listed.items(), 100):
        schema, _, name = full.rpartition(".")
        relations[oid] = Relation(oid, schema or "public", name, "table", is_partition=name == "events_2026")
        pairs = [entry.rpartition(" ") for entry in written.split(", ")]
        columns[oid] = tuple(
            ColumnInfo(oid, number, column, type_, False, False) for number, (column, _, type_) in enumerate(pairs, 1)
        )
        places[full] = oid
    keys = []
    for number, (source, column, target, target_column) in enumerate(_KEYS):
        a = next(c.number for c in columns[places[source]] if c.name == column)
        b = next(c.number for c in columns[places[target]] if c.name == target_column)
        keys.append(Key(9000 + number, f"fk_{number}", "f", places[source], (a,), places[target], (b,), "a", "a"))
    routines = (
        Routine(1, "public", "search_documents", "function", "query text, k integer", "SETOF messages"),
        Routine(2, "public", "report", "function", "", "TABLE(client uuid, total numeric)"),
        Routine(3, "public", "touch", "function", "", "trigger"),
        Routine(4, "audit", "hidden_report", "function", "a integer", "integer"),
        Routine(5, "public", "search_documents", "function", "query text", "SETOF messages"),
    )
    types = (
        TypeInfo(1, "public", "status", "enum", labels=("open", "closed", "it's")),
        TypeInfo(2, "public", "mood", "enum", labels=("sad", "happy")),
    )
    schemas = (Schema(1, "audit"), Schema(2, "public"), Schema(3, "pg_catalog", is_system=True))
    roles = (Role(1, "anon", "", ""), Role(2, "Service Role", "", ""))
    return Catalogue(schemas, relations, routines, types, (), roles, (), columns, tuple(keys))


BUILTINS = (
    Routine(50, "pg_catalog", "count", "aggregate", "", "bigint"),
    Routine(51, "pg_catalog", "now", "function", "", "timestamp with time zone"),
    Routine(52, "pg_catalog", "lower", "function", "text", "text"),
)
NAMES = Names(catalogue(), builtins=BUILTINS)


def at(text: str, names: Names = NAMES) -> Completion | None:
    """The completion at the `|`."""
    cursor = text.index("|")
    return complete(text[:cursor] + text[cursor + 1 :], cursor, names)


def labels(text: str, names: Names = NAMES) -> list[str]:
    """The labels of the proposals at the `|`."""
    found = at(text, names)
    return [] if found is None else [proposal.label for proposal in found.proposals]


def accepted(text: str, label: str, names: Names = NAMES) -> str:
    """The text after the proposal with this label was taken, with the cursor as `|`."""
    found = at(text, names)
    assert found is not None, f"nothing is proposed at {text}"
    proposal = next(p for p in found.proposals if p.label == label)
    plain = text.replace("|", "", 1)
    written = plain[: found.start] + proposal.text + plain[found.end :]
    cursor = found.start + len(proposal.text) - proposal.back
    return f"{written[:cursor]}|{written[cursor:]}"
