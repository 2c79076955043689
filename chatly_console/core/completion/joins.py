"""JOIN conditions from foreign keys: between what is read already and what is joined."""

from collections.abc import Collection, Iterator, Sequence

from chatly_console.core.catalogue import Key, Relation
from chatly_console.core.completion.names import Names
from chatly_console.core.completion.sources import Source
from chatly_console.core.quote import quote_identifier
from chatly_console.core.sql.keywords import KEYWORDS


def conditions(names: Names, joined: Source, others: Sequence[Source]) -> Iterator[tuple[str, Key]]:
    """The conditions by which a source can be joined to the others, and the foreign key of each."""
    if joined.relation is None:
        return
    for other in others:
        if other.relation is None or other is joined:
            continue
        for key in names.foreign_keys.get(joined.relation.oid, ()):
            if (key.relation, key.target) == (joined.relation.oid, other.relation.oid):
                yield _condition(names, key, joined, other), key
            if (key.relation, key.target) == (other.relation.oid, joined.relation.oid):
                yield _condition(names, key, other, joined), key


def neighbours(names: Names, sources: Sequence[Source]) -> Iterator[tuple[Relation, str, str]]:
    """The relations that foreign keys lead to from what is read: each with an alias and the condition to join it by."""
    taken = {source.name for source in sources}
    for source in sources:
        if source.relation is None:
            continue
        for key in names.foreign_keys.get(source.relation.oid, ()):
            is_outward = key.relation == source.relation.oid
            relation = names.catalogue.relations.get(key.target if is_outward else key.relation)
            if relation is None:
                continue
            alias = alias_for(relation.name, taken)
            joined = Source(alias, relation=relation)
            ends = (source, joined) if is_outward else (joined, source)
            yield relation, alias, _condition(names, key, *ends)


def alias_for(name: str, taken: Collection[str]) -> str:
    """A short alias: the first letters of the words of a name, with a number where that is taken or a keyword."""
    letters = "".join(part[0] for part in name.lower().split("_") if part and part[0].isalnum()) or "t"
    if not letters[0].isalpha():
        letters = "t" + letters
    alias, number = letters, 1
    while alias in taken or alias in KEYWORDS:
        number += 1
        alias = f"{letters}{number}"
    return alias


def _condition(names: Names, key: Key, source: Source, target: Source) -> str:
    """`source.column = target.column`, for each column of the key."""
    own = {c.number: c.name for c in names.catalogue.columns_of(key.relation)}
    theirs = {c.number: c.name for c in names.catalogue.columns_of(key.target)}
    return " and ".join(
        f"{_column(source, own.get(a, ''))} = {_column(target, theirs.get(b, ''))}"
        for a, b in zip(key.columns, key.target_columns, strict=False)
    )


def _column(source: Source, name: str) -> str:
    return f"{quote_identifier(source.name)}.{quote_identifier(name)}"
