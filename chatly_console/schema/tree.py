"""What the tree of objects shows: a flat list of rows from the catalogue and the set of what is open."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from chatly_console.core.catalogue import (
    Catalogue,
    CatalogueObject,
    Extension,
    Relation,
    Role,
    Routine,
    Schema,
    Thing,
    TypeInfo,
    object_path,
)
from chatly_console.schema.required_extensions import version_words

Key = tuple[str, ...]
"""What a row is, whatever the catalogue is read into next: kind, schema, name, and what else tells it apart."""

SYSTEM: Key = ("system",)
_FOLDERS: tuple[tuple[str, frozenset[str]], ...] = (
    ("tables", frozenset({"table", "partitioned table"})),
    ("foreign tables", frozenset({"foreign table"})),
    ("views", frozenset({"view"})),
    ("materialised views", frozenset({"materialised view"})),
    ("sequences", frozenset({"sequence"})),
)
_TYPE_FOLDERS = (
    ("enums", frozenset({"enum"})),
    ("domains", frozenset({"domain"})),
    ("types", frozenset({"composite type", "range type", "multirange type", "type"})),
)
_ATTACHED_FOLDERS = (
    ("triggers", frozenset({"trigger"})),
    ("rules", frozenset({"rule"})),
    ("policies", frozenset({"policy"})),
)
_OUTSIDE = (
    ("event trigger", "event triggers"), ("publication", "publications"), ("subscription", "subscriptions"),
    ("foreign server", "foreign servers"), ("storage bucket", "storage buckets"), ("database", "databases"),
)  # fmt: skip
"""Kinds that are in no schema, and their folders."""
_ROUTINE_FOLDERS = (
    ("functions", frozenset({"function", "window function"})),
    ("procedures", frozenset({"procedure"})),
    ("aggregates", frozenset({"aggregate"})),
)


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One line of the tree. `name` is raw; `about` stands on the right in small words."""

    key: Key
    depth: int
    name: str
    about: str = ""
    object: CatalogueObject | Schema | None = None
    is_expandable: bool = False
    is_open: bool = False
    is_quiet: bool = False


def key_of(found: CatalogueObject | Schema) -> Key:
    """The key of an object, the same after the catalogue was read again."""
    return object_path(found)


def first_open(catalogue: Catalogue) -> frozenset[Key]:
    """What is open at first: the tables of `public`, or of the only schema that has any."""
    own = [schema.name for schema in catalogue.schemas if not schema.is_system]
    name = "public" if "public" in own or not own else own[0]
    return frozenset({("schema", name), ("folder", name, "tables")})


def rows_of_tree(catalogue: Catalogue, opened: frozenset[Key]) -> list[TreeRow]:
    """All rows that are to be seen, from top to bottom."""
    contents = _Contents(catalogue)
    rows: list[TreeRow] = []
    own = [schema for schema in catalogue.schemas if not schema.is_system]
    for schema in sorted(own, key=lambda schema: (schema.name != "public", schema.name)):
        rows += _schema_rows(contents, schema, opened, 0)
    installed = [extension for extension in catalogue.extensions if extension.installed]
    rows += _folder(("folder", "", "extensions"), "extensions", installed, opened, 0)
    offered = [extension for extension in catalogue.extensions if not extension.installed]
    rows += _folder(("folder", "", "offered"), "extensions not installed", offered, opened, 0, quiet=True)
    rows += _folder(("folder", "", "roles"), "roles", catalogue.roles, opened, 0)
    for kind, title in _OUTSIDE:
        things = [thing for thing in catalogue.things if thing.kind == kind]
        rows += _folder(("folder", "", kind), title, things, opened, 0)
    system = [schema for schema in catalogue.schemas if schema.is_system]
    if system:
        rows.append(_branch(SYSTEM, "system schemas", len(system), opened, 0, quiet=True))
        if SYSTEM in opened:
            for schema in system:
                rows += _schema_rows(contents, schema, opened, 1)
    return rows


def way_to(catalogue: Catalogue, found: CatalogueObject | Schema) -> frozenset[Key]:
    """What must be open for an object to be seen in the tree."""
    way: set[Key] = set()
    top = found
    while isinstance(top, Relation) and top.parent is not None and top.parent in catalogue.relations:
        top = catalogue.relations[top.parent]
        way.add(key_of(top))
    if isinstance(top, Schema):
        return frozenset({SYSTEM} if top.is_system else ())
    if isinstance(top, Extension):
        return frozenset({("folder", "", "extensions" if top.installed else "offered")})
    if isinstance(top, Role) or not top.schema:
        return frozenset({("folder", "", "roles" if isinstance(top, Role) else top.kind)})
    folders = (*_FOLDERS, *_ROUTINE_FOLDERS, *_TYPE_FOLDERS, *_ATTACHED_FOLDERS)
    is_theirs = getattr(top, "extension", "")
    title = "of extensions" if is_theirs else next((t for t, kinds in folders if top.kind in kinds), "")
    if any(schema.is_system and schema.name == top.schema for schema in catalogue.schemas):
        way.add(SYSTEM)
    return frozenset(way | {("schema", top.schema), ("folder", top.schema, title)})


def about(found: CatalogueObject | Schema) -> str:
    """The few words on the right of an object's row."""
    if isinstance(found, Relation):
        return short_count(found.rows) if found.kind in ("table", "materialised view", "partitioned table") else ""
    if isinstance(found, Routine):
        return found.result
    if isinstance(found, TypeInfo):
        return f"{len(found.labels)} labels" if found.kind == "enum" else found.base
    if isinstance(found, Role):
        return found.attributes.partition(",")[0]
    if isinstance(found, Extension):
        return version_words(found)
    return found.about if isinstance(found, Thing) else ""


def label(found: CatalogueObject | Schema) -> str:
    """The name on an object's row; routines with their arguments, which tell overloaded ones apart."""
    return f"{found.name}({found.arguments})" if isinstance(found, Routine) else found.name


def short_count(count: float) -> str:
    """A number of rows at a glance: 930, 12k, 3.1M; nothing where it is unknown."""
    if count < 0:
        return ""
    for limit, divisor, unit in ((1e4, 1, ""), (1e6, 1e3, "k"), (1e9, 1e6, "M"), (1e15, 1e9, "G")):
        if count < limit:
            number = count / divisor
            return f"{number:.1f}{unit}" if unit and number < 10 else f"{number:,.0f}{unit}"
    return "many"


class _Contents:
    """The objects of each schema, sorted into folders once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.relations: dict[str, list[Relation]] = {}
        self.routines: dict[str, list[Routine]] = {}
        self.types: dict[str, list[TypeInfo]] = {}
        self.things: dict[str, list[Thing]] = {}
        for relation in catalogue.relations.values():
            parent = None if relation.parent is None else catalogue.relations.get(relation.parent)
            if parent is None:
                self.relations.setdefault(relation.schema, []).append(relation)
        for routine in catalogue.routines:
            self.routines.setdefault(routine.schema, []).append(routine)
        for info in catalogue.types:
            self.types.setdefault(info.schema, []).append(info)
        for thing in catalogue.things:
            self.things.setdefault(thing.schema, []).append(thing)

    def folders(self, schema: str) -> Iterator[tuple[str, list[CatalogueObject]]]:
        """Title and objects of each folder that has any; what came with an extension has a folder of its own."""
        objects: list[CatalogueObject] = [
            *self.relations.get(schema, ()), *self.routines.get(schema, ()), *self.types.get(schema, ()),
            *self.things.get(schema, ()),
        ]  # fmt: skip
        theirs = [found for found in objects if getattr(found, "extension", "")]
        for title, kinds in (*_FOLDERS, *_ROUTINE_FOLDERS, *_TYPE_FOLDERS, *_ATTACHED_FOLDERS):
            own = [found for found in objects if found.kind in kinds and not getattr(found, "extension", "")]
            if own:
                yield title, own
        if theirs:
            yield "of extensions", theirs


def _schema_rows(contents: _Contents, schema: Schema, opened: frozenset[Key], depth: int) -> Iterator[TreeRow]:
    key: Key = ("schema", schema.name)
    words = schema.extension and f"of {schema.extension}"
    yield TreeRow(key, depth, schema.name, words, schema, True, key in opened, schema.is_system)
    if key not in opened:
        return
    empty = True
    for title, objects in contents.folders(schema.name):
        empty = False
        folder: Key = ("folder", schema.name, title)
        yield from _folder(folder, title, objects, opened, depth + 1, children=contents.catalogue.partitions)
    if empty and not schema.is_system:
        yield TreeRow(("nothing", schema.name), depth + 1, "nothing in it", is_quiet=True)


def _folder(
    key: Key,
    title: str,
    objects: Iterable[CatalogueObject],
    opened: frozenset[Key],
    depth: int,
    *,
    children: Callable[[int], tuple[Relation, ...]] = lambda oid: (),
    quiet: bool = False,
) -> Iterator[TreeRow]:
    listed = list(objects)
    if not listed:
        return
    yield _branch(key, title, len(listed), opened, depth, quiet=quiet)
    if key in opened:
        for found in listed:
            yield from _object(found, opened, depth + 1, children, quiet)


def _object(
    found: CatalogueObject,
    opened: frozenset[Key],
    depth: int,
    children: Callable[[int], tuple[Relation, ...]],
    quiet: bool,
) -> Iterator[TreeRow]:
    key, below = key_of(found), children(found.oid) if isinstance(found, Relation) else ()
    yield TreeRow(key, depth, label(found), about(found), found, bool(below), key in opened, quiet)
    if key in opened:
        for child in below:
            yield from _object(child, opened, depth + 1, children, quiet)


def _branch(key: Key, title: str, count: int, opened: frozenset[Key], depth: int, *, quiet: bool = False) -> TreeRow:
    return TreeRow(key, depth, title, f"{count:,}", None, True, key in opened, quiet)
