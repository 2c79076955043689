"""Whether an index like a proposed one is there already: in its place, or broken so that it has to be mended."""

import re

from chatly_console.advisor.indexes.candidate import Candidate
from chatly_console.advisor.indexes.conditions import atoms_of
from chatly_console.advisor.indexes.deparsed import unwrapped
from chatly_console.advisor.indexes.table_info import IndexFacts


def served_by(candidate: Candidate) -> IndexFacts | None:
    """The valid index that does all that the candidate would: of the same rows, with its keys in front of others."""
    return next((i for i in candidate.table.indexes if i.is_valid and _does_all(i, candidate)), None)


def broken_twin(candidate: Candidate) -> IndexFacts | None:
    """The invalid index of just this definition: to mend it is better than to build another beside it.

    One that keeps something unique is not ours to mend; one of a partitioned table is not mended by REINDEX.
    """
    if candidate.table.is_partitioned:
        return None
    return next((i for i in candidate.table.indexes if i.is_plain and not i.is_valid and _is_alike(i, candidate)), None)


def equal_index(candidate: Candidate) -> IndexFacts | None:
    """The valid index of just this definition that could become a part of the index of a partitioned table."""
    return next(
        (
            i
            for i in candidate.table.indexes
            if i.is_valid and i.is_plain and not i.is_attached and _is_alike(i, candidate)
        ),
        None,
    )


def _does_all(index: IndexFacts, candidate: Candidate) -> bool:
    count = len(candidate.keys)
    fits = count == len(index.columns) or (index.method == "btree" and count < len(index.columns))
    holds = {*map(_column, index.columns), *map(_column, index.include)}
    return fits and _matches(index, candidate) and set(map(_column, candidate.include)) <= holds


def _is_alike(index: IndexFacts, candidate: Candidate) -> bool:
    if len(candidate.keys) != len(index.columns) or not _matches(index, candidate):
        return False
    if candidate.options and set(map(_option, candidate.options.split(","))) != set(map(_option, index.options)):
        return False
    return set(map(_column, candidate.include)) == set(map(_column, index.include))


def _matches(index: IndexFacts, candidate: Candidate) -> bool:
    """The same method, rows, first keys, operator classes, and (as far as it matters) order."""
    count = len(candidate.keys)
    if index.method != candidate.method or _conditions(index.where) != _conditions(candidate.where):
        return False
    if tuple(map(_key, candidate.keys)) != tuple(map(_key, index.columns[:count])):
        return False
    classes = [*[""] * (count - 1), candidate.opclass.rpartition(".")[2].strip('"')]
    given = zip(classes, index.opclasses, index.standard, strict=False)
    if any(name != own if name else not is_standard for name, own, is_standard in given):
        return False
    return _same_order(index, candidate)


def _same_order(index: IndexFacts, candidate: Candidate) -> bool:
    """An index is read in both directions, so the order may also be the opposite throughout."""
    count = len(candidate.keys)
    wanted = [_order(key) for key in candidate.keys[count - candidate.ordered :]]
    given = list(index.orders[count - candidate.ordered : count])
    return not given or wanted in (given, [order ^ 3 for order in given])


def _order(key: str) -> int:
    """As `pg_index.indoption` has it."""
    found = re.search(r"(?i)( desc)?(?: nulls (first|last))?$", key)
    descends = bool(found and found[1])
    nulls_first = found[2].lower() == "first" if found and found[2] else descends
    return descends + 2 * nulls_first


def _key(key: str) -> str:
    """A key without its order, as both the server and we would write it."""
    bare = re.sub(r"(?i)(?<=[\w\")]) (?:desc|asc)?\s*(?:nulls (?:first|last))?$", "", key)
    return re.sub(r"\s+", " ", unwrapped(bare)) if bare.startswith("(") else _column(bare)


def _column(name: str) -> str:
    name = name.split(" ")[0] if not name.startswith(('"', "(")) and "(" not in name else name
    return name[1:-1].replace('""', '"') if name.startswith('"') and name.endswith('"') else name


def _option(words: str) -> str:
    return re.sub(r"[\s']", "", words).lower()


def _conditions(where: str) -> frozenset[tuple[str, str, str, str]]:
    """A condition by what it comes to, however it is written; text that cannot be read stands for itself."""
    if not where:
        return frozenset()
    found = frozenset((a.kind, a.expression, a.operator, a.constant or a.value) for a in atoms_of(where, ""))
    return found or frozenset({("", unwrapped(where), "", "")})
