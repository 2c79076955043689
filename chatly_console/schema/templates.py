"""Statements to begin with: SELECT, INSERT, UPDATE and DELETE of a relation, a call of a routine."""

from collections.abc import Sequence

from chatly_console.core.catalogue import Catalogue, CatalogueObject, ColumnInfo, Relation, Routine, Schema
from chatly_console.core.completion.signatures import arguments_of
from chatly_console.core.quote import quote_identifier, quote_literal


def templates(catalogue: Catalogue, found: CatalogueObject | Schema | None) -> list[tuple[str, str]]:
    """The statements that make sense for an object: a title and the SQL of each."""
    if isinstance(found, Routine):
        return _calls(found)
    if not isinstance(found, Relation):
        return []
    if found.kind == "sequence":
        return [("next value", f"select nextval({quote_literal(found.quoted)});\n")]
    columns = catalogue.columns_of(found.oid)
    key = _key(catalogue, found, columns)
    listed = [("select", _select(found, columns)), ("select by key", _select(found, columns, key))]
    listed += [("count", f"select count(*)\n  from {found.quoted};\n")]
    if not columns:
        listed = [("select", f"select *\n  from {found.quoted};\n"), listed[-1]]
    elif found.kind != "materialised view":
        written = [c for c in columns if not c.generated and c.identity != "a"]
        listed += [("insert", _insert(found, written)), ("upsert", _upsert(found, written, key))]
        listed += [("update", _update(found, written, key)), ("delete", _delete(found, key))]
    else:
        listed.append(("refresh", f"refresh materialized view {found.quoted};\n"))
    return listed


def _key(catalogue: Catalogue, relation: Relation, columns: Sequence[ColumnInfo]) -> list[ColumnInfo]:
    """The columns of the primary key, or of the first unique one; else the first column."""
    keys = sorted((k for k in catalogue.keys_of(relation.oid) if k.type in "pu"), key=lambda key: key.type != "p")
    numbers = keys[0].columns if keys else ()
    return [column for column in columns if column.number in numbers] or list(columns[:1])


def _select(relation: Relation, columns: Sequence[ColumnInfo], key: Sequence[ColumnInfo] = ()) -> str:
    names = ", ".join(quote_identifier(column.name) for column in columns) or "*"
    where = f"\n where {_equal(key, 1, ' and ')}" if key else ""
    return f"select {names}\n  from {relation.quoted}{where}\n limit 100;\n"


def _insert(relation: Relation, columns: Sequence[ColumnInfo]) -> str:
    return f"{_values(relation, columns)}\nreturning *;\n"


def _upsert(relation: Relation, columns: Sequence[ColumnInfo], key: Sequence[ColumnInfo]) -> str:
    conflict = ", ".join(quote_identifier(column.name) for column in key)
    changed = [quote_identifier(column.name) for column in columns if column not in key]
    action = f"update set {', '.join(f'{name} = excluded.{name}' for name in changed)}" if changed else "nothing"
    return f"{_values(relation, columns)}\n    on conflict ({conflict}) do {action}\nreturning *;\n"


def _values(relation: Relation, columns: Sequence[ColumnInfo]) -> str:
    if not columns:
        return f"insert into {relation.quoted}\ndefault values"
    names = ", ".join(quote_identifier(column.name) for column in columns)
    values = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    return f"insert into {relation.quoted} ({names})\nvalues ({values})"


def _update(relation: Relation, columns: Sequence[ColumnInfo], key: Sequence[ColumnInfo]) -> str:
    changed = [column for column in columns if column not in key] or list(columns)
    where = _equal(key, len(changed) + 1, " and ")
    return f"update {relation.quoted}\n   set {_equal(changed, 1, ', ')}\n where {where}\nreturning *;\n"


def _delete(relation: Relation, key: Sequence[ColumnInfo]) -> str:
    return f"delete from {relation.quoted}\n where {_equal(key, 1, ' and ')}\nreturning *;\n"


def _equal(columns: Sequence[ColumnInfo], first: int, between: str) -> str:
    return between.join(f"{quote_identifier(c.name)} = ${number}" for number, c in enumerate(columns, first)) or "true"


def _calls(routine: Routine) -> list[tuple[str, str]]:
    given = [one for one in arguments_of(routine) if not one.startswith("OUT ")]
    values = ", ".join(f"${number}" for number in range(1, len(given) + 1))
    name = routine.quoted.rpartition("(")[0] if not routine.arguments else routine.quoted[: -len(routine.arguments) - 2]
    if routine.kind == "procedure":
        return [("call", f"call {name}({values});\n")]
    if routine.result.startswith(("SETOF", "TABLE")):
        return [("select from", f"select *\n  from {name}({values});\n")]
    return [("select", f"select {name}({values});\n")]
