"""A table of a snapshot as the statements that make it."""

from typing import Any

from chatly_console.migrations.snapshot import Snapshot


def create_table(name: str, side: Snapshot) -> list[str] | None:
    """CREATE TABLE and what belongs to it (constraints, indexes, row security); None for what is more than a table."""
    fields = side.objects[("relation", name)]
    if fields["inherits"] or fields["partition key"] or fields["partition bound"] or fields["persistence"] != "p":
        return None
    columns = _parts(side, "column", name)
    columns.sort(key=lambda part: part[1]["position"])
    lines = [f"  {column_sql(identity[len(name) + 1 :], one)}" for identity, one in columns]
    constraints = _parts(side, "constraint", name)
    keys = [part for part in constraints if not str(part[1]["definition"]).startswith(("FOREIGN KEY", "NOT NULL"))]
    lines += [f"  constraint {identity[len(name) + 1 :]} {one['definition']}" for identity, one in keys]
    made = [f"create table {name} (\n" + ",\n".join(lines) + "\n)"]
    made += [
        f"alter table {name} add constraint {identity[len(name) + 1 :]} {one['definition']}"
        for identity, one in constraints
        if str(one["definition"]).startswith("FOREIGN KEY")
    ]
    owned = {identity[len(name) + 1 :] for identity, _ in keys}
    made += [
        str(one["definition"])
        for (kind, identity), one in sorted(side.objects.items())
        if kind == "index" and f" ON {name} " in str(one["definition"]) and identity.rpartition(".")[2] not in owned
    ]
    if fields["row security"]:
        made.append(f"alter table {name} enable row level security")
    if fields["force row security"]:
        made.append(f"alter table {name} force row level security")
    return made


def column_sql(name: str, fields: Any) -> str:
    """A column as CREATE TABLE and ADD COLUMN take it."""
    parts = [name, str(fields["type"])]
    if fields["collation"]:
        parts.append(f"collate {fields['collation']}")
    if fields["generated"] in ("s", "v"):
        parts.append(
            f"generated always as ({fields['default']}) {'stored' if fields['generated'] == 's' else 'virtual'}"
        )
    elif fields["identity"] in ("a", "d"):
        parts.append(f"generated {'always' if fields['identity'] == 'a' else 'by default'} as identity")
    elif fields["default"] is not None:
        parts.append(f"default {fields['default']}")
    if fields["not null"]:
        parts.append("not null")
    return " ".join(parts)


def _parts(side: Snapshot, kind: str, relation: str) -> list[tuple[str, Any]]:
    return [
        (identity, fields)
        for (one, identity), fields in sorted(side.objects.items())
        if one == kind and identity.startswith(f"{relation}.")
    ]
