"""An index of a partitioned table, step by step: built concurrently on each partition, then put together in one moment.

PostgreSQL builds no index of a partitioned table concurrently. What takes long is done on the partitions, one after the
other; the index of the whole is then a matter of the catalogue alone: made on the parent only, and those of the
partitions attached to it, in one transaction. Until that has been committed each part can still be dropped by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from chatly_console.advisor.candidate import Candidate
from chatly_console.advisor.table_info import Partition
from chatly_console.core.quote import quote_identifier


@dataclass(frozen=True, slots=True)
class PartIndex:
    """The index of one partition; `is_there` where an equal one need not be built."""

    partition: Partition
    name: str
    is_there: bool = False

    @property
    def qualified(self) -> str:
        """Its full name: it is in the schema of its partition."""
        return f"{quote_identifier(self.partition.schema)}.{quote_identifier(self.name)}"


def part_indexes(candidate: Candidate, known: Mapping[str, str] | None = None) -> list[PartIndex]:
    """The index of each partition, also of those that are partitioned again.

    `known` has, by the full name of a partition, an index on it that is equal and valid, and belongs to no other.
    """
    found, taken = [], {candidate.name}
    for partition in candidate.table.partitions:
        equal = (known or {}).get(partition.qualified, "")
        name = equal or candidate.name_on(partition.name)
        while not equal and name in {*taken, *partition.indexes}:
            name = f"{name[:58]}_{len(taken)}"
        taken.add(name)
        found.append(PartIndex(partition, name, bool(equal)))
    return found


def remains_of(candidate: Candidate) -> tuple[str, ...]:
    """The full names of what may be left where its building is cut off."""
    schema = quote_identifier(candidate.table.schema)
    if candidate.broken:
        return tuple(f"{schema}.{quote_identifier(f'{candidate.name[:57]}_{kind}')}" for kind in ("ccnew", "ccold"))
    return (candidate.qualified_name, *(one.qualified for one in part_indexes(candidate)))


def build_sql(candidate: Candidate, index: PartIndex) -> str:
    """The statement that builds the index of a partition that holds rows."""
    name = quote_identifier(index.name)
    return f"create index concurrently if not exists {name} on {index.partition.qualified} {candidate.rest}"


def joining_sql(candidate: Candidate, indexes: list[PartIndex]) -> list[str]:
    """The statements that make the index of the whole out of those of the partitions; one transaction."""
    names = {candidate.table.qualified: candidate.qualified_name}
    names |= {one.partition.qualified: one.qualified for one in indexes}
    only = [f"create index if not exists {quote_identifier(candidate.name)} on only {candidate.on}"]
    only += [
        f"create index if not exists {quote_identifier(one.name)} on only {one.partition.qualified} {candidate.rest}"
        for one in indexes
        if not one.partition.is_leaf and not one.is_there
    ]
    attach = [
        f"alter index {names[one.partition.parent]} attach partition {one.qualified}" for one in reversed(indexes)
    ]
    return [*only, *attach]


def script_of(candidate: Candidate) -> tuple[str, ...]:
    """All that makes the index, statement by statement."""
    if not candidate.table.is_partitioned:
        return (candidate.sql(),)
    indexes = part_indexes(candidate)
    leaves = [build_sql(candidate, one) for one in indexes if one.partition.is_leaf]
    return (*leaves, *joining_sql(candidate, indexes))


def script_text(candidate: Candidate) -> str:
    """The same as one text to read, to run, or to write as a migration."""
    return "\n".join(f"{statement};" for statement in script_of(candidate))
