"""A column that holds vectors, the index that serves it, and the SQL that searches it without losing that index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatly_console.core.quote import quote_identifier
from chatly_console.vectors.operators import (
    METRICS,
    SETTING_OF_METHOD,
    Metric,
    default_metric,
    metric_of_class,
    operator,
)

_SNIPPET_NAMES = ("content", "body", "text", "chunk", "description", "summary", "title", "name", "subject", "label")
_TENANT_NAMES = ("tenant_id", "platform_client_id", "client_id", "org_id", "organization_id", "organisation_id",
                 "account_id", "workspace_id", "company_id", "team_id", "user_id", "tenant")  # fmt: skip
_TEXT_TYPES = ("text", "character varying", "character", "citext")


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """An ivfflat or hnsw index over the column; `plain` says that it is over the column itself, not an expression."""

    name: str
    method: str
    metric: Metric | None
    options: Mapping[str, str]
    valid: bool
    plain: bool
    predicate: str
    size: int
    rows: int
    definition: str

    def describe(self) -> str:
        """The words for a header: `ivfflat lists=100`."""
        return " ".join([self.method, *(f"{name}={value}" for name, value in self.options.items())])


@dataclass(frozen=True, slots=True)
class VectorColumn:
    """Where vectors are, and what is known about searching them."""

    schema: str
    table: str
    name: str
    type: str
    dimensions: int | None
    rows: int
    row_security: bool
    key: tuple[str, ...]
    snippet: str | None
    tenant: str | None
    model_column: str | None
    indexes: tuple[VectorIndex, ...]
    extension_schema: str
    metric: Metric

    @property
    def index(self) -> VectorIndex | None:
        """The index that can serve a search by this metric."""
        usable = (i for i in self.indexes if i.valid and i.plain and i.metric == self.metric and not i.predicate)
        return next(usable, None)

    @property
    def setting(self) -> str | None:
        """The setting that trades time for recall here."""
        return SETTING_OF_METHOD.get(self.index.method) if self.index else None

    @property
    def title(self) -> str:
        """`documents.embedding`, with the schema where it is not public."""
        table = self.table if self.schema == "public" else f"{self.schema}.{self.table}"
        return f"{table}.{self.name}"

    @property
    def type_words(self) -> str:
        """`vector(384)`."""
        return self.type if self.dimensions is None else f"{self.type}({self.dimensions})"

    @property
    def relation(self) -> str:
        """The table, quoted."""
        return f"{quote_identifier(self.schema)}.{quote_identifier(self.table)}"

    @property
    def cast(self) -> str:
        """The column's type with its schema, for a parameter."""
        if self.type == "bit":
            return "pg_catalog.varbit" if self.dimensions is None else f"pg_catalog.bit({self.dimensions})"
        return f"{quote_identifier(self.extension_schema)}.{self.type}"

    @property
    def key_sql(self) -> str:
        """The row's key as one text: its primary key, or where it lies (for a table without one)."""
        names = [f"t.{quote_identifier(name)}" for name in self.key]
        if not names:
            return "t.tableoid::pg_catalog.text || t.ctid::pg_catalog.text"
        return f"{names[0]}::pg_catalog.text" if len(names) == 1 else f"row({', '.join(names)})::pg_catalog.text"

    @property
    def distance_sql(self) -> str:
        """The distance to the vector that is `$1`."""
        value = f"t.{quote_identifier(self.name)}"
        return f"{value} {operator(self.metric, self.extension_schema)} $1::{self.cast}"

    def search_sql(self, limit: int, *, exact: bool = False, labels: bool = True) -> str:
        """The `limit` nearest rows; `exact` adds 0 to what is sorted by, which no index and no cached plan survives."""
        shown = [f"{self.key_sql} as key", f"{self.distance_sql} as distance"]
        if labels:
            shown += [
                f"pg_catalog.left(t.{quote_identifier(self.snippet)}::text, 400) as snippet"
                if self.snippet
                else "null",
                f"t.{quote_identifier(self.tenant)}::text as tenant" if self.tenant else "null",
            ]
        ordered = f"({self.distance_sql}) operator(pg_catalog.+) 0" if exact else self.distance_sql
        held = f"\n where t.{quote_identifier(self.name)} is not null" if exact else ""
        return f"select {', '.join(shown)}\n  from {self.relation} t{held}\n order by {ordered}\n limit {limit}"

    def sample_sql(self) -> str:
        """Rows by chance with their vectors: `$1` of them."""
        value = quote_identifier(self.name)
        chosen = (
            f"select {self.key_sql} as key, t.{value} as v from {self.relation} t where t.{value} is not null"
            " order by pg_catalog.random() limit $1::pg_catalog.int4"
        )
        return f"select s.key, s.v::pg_catalog.text from ({chosen}) s"

    def vector_of_row_sql(self) -> str:
        """The vector of the row whose key is `$1`."""
        return (
            f"select t.{quote_identifier(self.name)}::pg_catalog.text from {self.relation} t where {self.key_sql} = $1"
        )


def columns_of(records: Sequence[Mapping[str, Any]], extension_schema: str) -> list[VectorColumn]:
    """The columns that the catalogue told of; one with indexes of several metrics stands there once for each."""
    return [column for record in records for column in _with_each_metric(record, extension_schema)]


def _with_each_metric(record: Mapping[str, Any], extension_schema: str) -> list[VectorColumn]:
    indexes = tuple(_index_of(found) for found in record["indexes"])
    usable = [i.metric for i in indexes if i.metric is not None and i.valid and i.plain and not i.predicate]
    metrics = list(dict.fromkeys(usable)) or [default_metric(record["type"])]
    others = record["others"] or []
    dimensions = int(record["dimensions"])
    return [
        VectorColumn(
            schema=record["schema"], table=record["table"], name=record["column"], type=record["type"],
            dimensions=dimensions if dimensions > 0 else None, rows=int(record["rows"]),
            row_security=bool(record["row_security"]), key=tuple(record["key"]), snippet=snippet_of(others),
            tenant=tenant_of(others), model_column=_named(others, "embedding_model"), indexes=indexes,
            extension_schema=extension_schema, metric=metric,
        )
        for metric in metrics
    ]  # fmt: skip


def _index_of(found: Mapping[str, Any]) -> VectorIndex:
    options = dict(option.split("=", 1) for option in found["options"] or [])
    return VectorIndex(
        found["name"], found["method"], metric_of_class(found["class"]), options, bool(found["valid"]),
        bool(found["plain"]), found["predicate"] or "", int(found["bytes"]), int(found["rows"]), found["definition"],
    )  # fmt: skip


def snippet_of(others: Sequence[Mapping[str, Any]]) -> str | None:
    """The column by which a person knows a row: by the usual names, else the first text."""
    texts = [str(other["name"]) for other in others if other["type"] in _TEXT_TYPES]
    return next((name for name in _SNIPPET_NAMES if name in texts), texts[0] if texts else None)


def tenant_of(others: Sequence[Mapping[str, Any]]) -> str | None:
    """The column that says whose a row is: by the usual names, else a single foreign key that ends in _id."""
    names = [str(other["name"]) for other in others]
    usual = next((name for name in _TENANT_NAMES if name in names), None)
    keys = [str(other["name"]) for other in others if other["references"]]
    return usual or (keys[0] if len(keys) == 1 else None)


def _named(others: Sequence[Mapping[str, Any]], name: str) -> str | None:
    return name if any(other["name"] == name for other in others) else None


def find_column(
    columns: Sequence[VectorColumn], table: str | None, name: str | None, metric: str | None
) -> VectorColumn:
    """The one that these words mean, by default the one with most rows; raises ValueError with a sentence."""
    if metric is not None and metric not in METRICS:
        raise ValueError(f"There is no metric “{metric}”: {', '.join(METRICS)}.")
    schema, _, bare = table.rpartition(".") if table else ("", "", "")
    for column in columns:
        right_table = not table or (column.table == bare and (not schema or column.schema == schema))
        if right_table and name in (None, column.name) and metric in (None, column.metric.name):
            return column
    wanted = ".".join(word for word in (table, name) if word)
    raise ValueError(f"No column of vectors is called {wanted}." if wanted else "There is no column of vectors here.")
