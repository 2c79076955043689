"""Which indexes are worth a trial on a column, and the statements that build them."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatly_console.core.quote import quote_identifier
from chatly_console.vectors.column import VectorColumn, VectorIndex
from chatly_console.vectors.operators import HAMMING, Form, Metric
from chatly_console.vectors.statements import apart_sql

_SHORT = {"cosine": "cosine", "L2": "l2", "inner product": "ip", "L1": "l1", "hamming": "hamming", "jaccard": "jaccard"}
_IVFFLAT_METRICS = frozenset({"cosine", "L2", "inner product", "hamming"})
_MOST_DIMENSIONS = {"vector": 2000, "halfvec": 4000, "bit": 64_000, "sparsevec": None}
_LEAST_BITS = 64
"""Fewer dimensions than this make too few bits to tell rows apart."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One index to try; `current` says that the table has one like it."""

    method: str
    options: tuple[tuple[str, int], ...]
    form: Form = "plain"
    current: bool = False

    @property
    def words(self) -> str:
        """`hnsw on halfvec m=16 ef_construction=64`."""
        form = () if self.form == "plain" else (f"on {self.form}",)
        return " ".join([self.method, *form, *(f"{name}={value}" for name, value in self.options)])


def candidates_for(column: VectorColumn, rows: int) -> list[Candidate]:
    """What to try for so many rows: the lists of two rules of thumb, graphs of two sizes, and the shorter forms."""
    dimensions = column.dimensions
    if dimensions is None:
        return []
    most = _MOST_DIMENSIONS[column.type]
    fits = most is None or dimensions <= most
    found = [*_current(column), *(_lists(column, rows, "plain") if fits else ()), *(_graphs("plain") if fits else ())]
    if column.type == "vector" and dimensions <= _MOST_DIMENSIONS["halfvec"]:  # type: ignore[operator]
        found += [*_lists(column, rows, "halfvec")[:1], *_graphs("halfvec")[:1]]
    if column.type in ("vector", "halfvec") and dimensions >= _LEAST_BITS and column.metric.name != "L1":
        found += _graphs("binary")[:1]
    known: dict[tuple[str, tuple[tuple[str, int], ...], Form], Candidate] = {}
    for candidate in found:
        known.setdefault((candidate.method, candidate.options, candidate.form), candidate)
    # Lists are built in a second or two, graphs take long: what there is to see comes early.
    return sorted(known.values(), key=lambda c: (c.method == "hnsw", c.form != "plain", dict(c.options).get("m", 0)))


def _lists(column: VectorColumn, rows: int, form: Form) -> list[Candidate]:
    if column.type == "sparsevec" or column.metric.name not in _IVFFLAT_METRICS:
        return []
    root, share = max(1, round(math.sqrt(rows))), max(1, rows // 1000)
    return [Candidate("ivfflat", (("lists", lists),), form) for lists in dict.fromkeys((root, share))]


def _graphs(form: Form) -> list[Candidate]:
    return [
        Candidate("hnsw", (("m", m), ("ef_construction", construction)), form)
        for m, construction in ((16, 64), (24, 128))
    ]


def _current(column: VectorColumn) -> list[Candidate]:
    usual = {"ivfflat": {"lists": "100"}, "hnsw": {"m": "16", "ef_construction": "64"}}
    found = []
    for index in column.indexes:
        if index.is_usable and index.form is not None and index.serves(column.metric, index.form):
            options = usual.get(index.method, {}) | dict(index.options)
            numbers = tuple((name, int(value)) for name, value in options.items() if value.isdigit())
            found.append(Candidate(index.method, numbers, index.form, current=True))
    return found


def indexed_sql(column: VectorColumn, form: Form) -> str:
    """What is between the parentheses of CREATE INDEX: the column or its shorter form, and the operator class."""
    schema, name = quote_identifier(column.extension_schema), quote_identifier(column.name)
    name = apart_sql(column, name) if column.apart else name
    if form == "binary":
        return f"({schema}.binary_quantize({name})::bit({column.dimensions})) {schema}.{_class('bit', HAMMING)}"
    if form == "halfvec" and column.type == "vector":
        half = _class("halfvec", column.metric)
        return f"({name}::{schema}.halfvec({column.dimensions})) {schema}.{half}"
    return f"{name} {schema}.{_class(column.type, column.metric)}"


def _class(type_name: str, metric: Metric) -> str:
    return f"{type_name}_{_SHORT[metric.name]}_ops"


def create_sql(
    column: VectorColumn, candidate: Candidate, name: str, *, concurrently: bool = False, where: str = ""
) -> str:
    """CREATE INDEX for a candidate on the column's table."""
    options = ", ".join(f"{option} = {value}" for option, value in candidate.options)
    live = "concurrently if not exists " if concurrently else ""
    condition = f"\n  where {where}" if where else ""
    return (
        f"create index {live}{quote_identifier(name)} on {column.relation}\n"
        f"  using {candidate.method} ({indexed_sql(column, candidate.form)}) with ({options}){condition}"
    )


def as_index(column: VectorColumn, candidate: Candidate, name: str) -> VectorColumn:
    """The column as it is with this index alone, so that searches take its form."""
    metric = HAMMING if candidate.form == "binary" else column.metric
    options = {option: str(value) for option, value in candidate.options}
    index = VectorIndex(name, candidate.method, metric, options, True, candidate.form, "", 0, 0, "")
    return replace(column, indexes=(index,), form=candidate.form)


def proposed_name(column: VectorColumn, candidate: Candidate, taken: Sequence[str]) -> str:
    """A name for the index that no other of the table has, of at most 63 characters."""
    form = "" if candidate.form == "plain" else f"_{candidate.form}"
    numbers = "_".join(str(value) for _, value in candidate.options)
    stem = re.sub(r"\W+", "_", f"{column.table}_{column.name}")[: 63 - len(f"_{candidate.method}{form}_{numbers}_9")]
    name = f"{stem}_{candidate.method}{form}_{numbers}"
    return next(n for n in (name, *(f"{name}_{number}" for number in range(2, 100))) if n not in taken)
