"""`chatly-console schema [PATTERN]`, `schema show NAME`, `schema graph`: the catalogue without the screen."""

import argparse
import json
import shutil
import sys
from dataclasses import asdict
from fnmatch import fnmatch

from chatly_console.core.catalogue import Catalogue, CatalogueObject, Key, Relation, Schema
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.text import cell_text, cell_width, fit, safe_text
from chatly_console.schema.find import NameIndex
from chatly_console.schema.graph import foreign_keys, mermaid
from chatly_console.schema.neighbours import draw, neighbourhood
from chatly_console.schema.service import look_at
from chatly_console.schema.subject import Subject
from chatly_console.schema.tab import BLANK, Tab
from chatly_console.schema.tree import label
from chatly_console.server.database import Database
from chatly_console.server.shared_catalogue import SharedCatalogue

_WIDEST = 60
_OTHERS = 5


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `schema`."""
    parser.add_argument(
        "words", nargs="*", metavar="PATTERN | show NAME | graph [SCHEMA | TABLE]",
        help="objects whose name holds PATTERN (or matches it, with * and ?); one object in full (NAME may begin with "
        "its kind, as in “extension vector”); "
        "the foreign keys as a Mermaid diagram, those around one table drawn",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON document")


async def run(arguments: argparse.Namespace) -> int:
    """Print what was asked for. Exit status 0, 1 where there is no such object, 2, 3."""
    from chatly_console.connections.choose import open_database

    verb, *rest = arguments.words or [""]
    if len(rest) > 1 or (verb not in ("show", "graph") and rest) or (verb == "show" and not rest):
        raise Failure(
            "Say `schema`, `schema PATTERN`, `schema show NAME` or `schema graph [SCHEMA | TABLE]`.", FailureKind.USAGE
        )
    _, database = await open_database(arguments)
    try:
        catalogue = await SharedCatalogue.of(database).get()
        if verb == "show":
            return await _show(database, catalogue, rest[0], as_json=arguments.json)
        if verb == "graph":
            return _graph(catalogue, rest[0] if rest else None, as_json=arguments.json)
        return _list(catalogue, verb, as_json=arguments.json)
    finally:
        await database.close()


def _list(catalogue: Catalogue, pattern: str, *, as_json: bool) -> int:
    found = [one for one in catalogue.objects() if _matches(one, pattern)]
    if as_json:
        print(json.dumps([_listed(one) for one in found], ensure_ascii=False, indent=2))
        return 0 if found or not pattern else 1
    if pattern and not found:
        print(f"No object has {safe_text(pattern)} in its name.", file=sys.stderr)
    for one in found:
        name = f"{one.schema}.{label(one)}" if one.schema else label(one)
        print(f"{one.kind:18} {cell_text(name, _WIDEST):{_WIDEST}} {safe_text(one.comment or '')}".rstrip())
    return 0 if found or not pattern else 1


def _matches(found: CatalogueObject, pattern: str) -> bool:
    if not pattern:
        return not getattr(found, "extension", "") and getattr(found, "installed", True) != ""
    name, wanted = found.name.lower(), pattern.lower()
    full = f"{found.schema}.{name}".lower()
    if "*" in wanted or "?" in wanted:
        return fnmatch(name, wanted) or fnmatch(full, wanted)
    return wanted in (full if "." in wanted else name)


def _listed(found: CatalogueObject) -> dict[str, object]:
    values = {"kind": found.kind, "schema": found.schema, "name": found.name, "comment": found.comment or None}
    extra = ("arguments", "result", "owner", "extension", "row_security", "installed", "offered", "attributes")
    return values | {name: getattr(found, name) for name in extra if hasattr(found, name)}


async def _show(database: Database, catalogue: Catalogue, name: str, *, as_json: bool) -> int:
    named = _named(catalogue, name)
    if not named:
        catalogue = await SharedCatalogue.of(database).get_whole()
        named = _named(catalogue, name)
    if not named:
        near = [f"{row.object.schema}.{row.object.name}" for row in NameIndex(catalogue).find(name, 5)
                if row.object is not None and not isinstance(row.object, Schema)]  # fmt: skip
        hint = f"Perhaps: {', '.join(dict.fromkeys(near))}." if near else ""
        raise Failure(f"There is no “{name}” in this database.", FailureKind.SQL, hint=hint)
    found, *others = named
    if others:
        more = ", ".join(f"“{_full_name(one)}”" for one in others[:_OTHERS])
        more += f" and {len(others) - _OTHERS:,} more" if len(others) > _OTHERS else ""
        print(f"This is {safe_text(_full_name(found))}. The same name have: {safe_text(more)}.", file=sys.stderr)
    subject = await look_at(database, catalogue, found)
    if subject.failure is not None and not as_json:
        raise subject.failure
    if as_json:
        print(json.dumps(_shown(subject), ensure_ascii=False, indent=2, default=str))
        return 0
    print(f"{safe_text(subject.name)}  {safe_text(' · '.join(w for w in (subject.kind, *subject.facts) if w))}")
    if subject.comment:
        print(safe_text(subject.comment))
    for tab in subject.tabs:
        if tab.rows is not None and tab.rows.count:
            print(f"\n{tab.title}")
            _print_rows(tab)
    if subject.sql:
        print(f"\n{safe_text(subject.sql, one_line=False)}", end="")
    return 0


def _named(catalogue: Catalogue, name: str) -> list[CatalogueObject | Schema]:
    """The objects that a name means, the likeliest first: relations, those of public, what is in no extension."""
    everything: tuple[CatalogueObject | Schema, ...] = (*catalogue.objects(), *catalogue.schemas)
    return sorted((one for one in everything if name in _names(one)), key=_likelihood)


def _names(found: CatalogueObject | Schema) -> set[str]:
    """What an object may be called: with its schema or without, as it stands or as SQL has it, and with its kind."""
    if isinstance(found, Schema):
        return {found.name, f"schema {found.name}"}
    names = {found.name, f"{found.schema}.{found.name}", found.quoted}
    return names | {f"{found.kind} {name}" for name in names}


def _likelihood(found: CatalogueObject | Schema) -> tuple[bool, bool, bool]:
    is_relation = isinstance(found, Relation)
    is_elsewhere = not isinstance(found, Schema) and is_relation and found.schema != "public"
    return not is_relation, is_elsewhere, bool(getattr(found, "extension", ""))


def _full_name(found: CatalogueObject | Schema) -> str:
    return f"schema {found.name}" if isinstance(found, Schema) else f"{found.kind} {found.quoted}"


def _shown(subject: Subject) -> dict[str, object]:
    shown: dict[str, object] = {"kind": subject.kind, "name": subject.name, "comment": subject.comment or None}
    if subject.details is not None:
        shown |= asdict(subject.details)
    elif not isinstance(subject.object, Relation):
        for tab in subject.tabs:
            if tab.rows is not None:
                names = [column.name for column in tab.rows.columns]
                shown[tab.title] = [dict(zip(names, row, strict=True)) for row in tab.rows.rows()]
    if subject.failure is not None:
        shown["failure"] = subject.failure.sentence
    return shown | {"definition": subject.sql or None}


def _print_rows(tab: Tab) -> None:
    assert tab.rows is not None
    table = [
        [column.name for column in tab.rows.columns],
        *([value or BLANK for value in row] for row in tab.rows.rows()),
    ]
    safe = [[safe_text(value) for value in row] for row in table]
    widths = [min(_WIDEST, max(cell_width(row[place]) for row in safe)) for place in range(len(safe[0]))]
    for row in safe:
        *most, last = row
        print(
            "  " + "  ".join([*(fit(value, width) for value, width in zip(most, widths, strict=False)), last]).rstrip()
        )


def _graph(catalogue: Catalogue, schema: str | None, *, as_json: bool) -> int:
    around = next(iter(_named(catalogue, schema)), None) if schema is not None else None
    if isinstance(around, Relation) and not any(one.name == schema for one in catalogue.schemas):
        return _around(catalogue, around, as_json=as_json)
    if schema is not None and not any(one.name == schema for one in catalogue.schemas):
        raise Failure(f"There is neither a schema nor a table “{schema}” in this database.", FailureKind.SQL)
    keys = foreign_keys(catalogue, schema)
    if not as_json:
        print(mermaid(catalogue, keys), end="")
        return 0
    print(json.dumps([_edge(catalogue, key) for key in keys], ensure_ascii=False, indent=2))
    return 0


def _around(catalogue: Catalogue, relation: Relation, *, as_json: bool) -> int:
    """The foreign keys from and to one table: drawn, or as JSON."""
    if as_json:
        keys = [key for key in foreign_keys(catalogue) if relation.oid in (key.relation, key.target)]
        print(json.dumps([_edge(catalogue, key) for key in keys], ensure_ascii=False, indent=2))
        return 0
    width = shutil.get_terminal_size((120, 40)).columns
    for line in draw(neighbourhood(catalogue, relation), width):
        print("".join(piece.text for piece in line).rstrip())
    return 0


def _edge(catalogue: Catalogue, key: Key) -> dict[str, object]:
    source, target = catalogue.relations[key.relation], catalogue.relations[key.target]
    names = {c.number: c.name for c in catalogue.columns_of(key.relation)}
    target_names = {c.number: c.name for c in catalogue.columns_of(key.target)}
    return {
        "name": key.name, "from": source.quoted, "columns": [names.get(n) for n in key.columns],
        "to": target.quoted, "to_columns": [target_names.get(n) for n in key.target_columns],
        "on_delete": key.on_delete, "on_update": key.on_update,
    }  # fmt: skip
