"""A column that holds vectors, the index that serves it, and the SQL that searches it without losing that index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.quote import quote_identifier
from chatly_console.core.sql import can_be_enclosed
from chatly_console.vectors.full_text import FullText, full_text_of
from chatly_console.vectors.operators import (
    METRICS,
    SETTING_OF_METHOD,
    Form,
    Metric,
    default_metric,
    form_of_index,
    metric_of_class,
)

_SNIPPET_NAMES = ("content", "body", "text", "chunk", "description", "summary", "title", "name", "subject", "label")
_TENANT_NAMES = ("tenant_id", "platform_client_id", "client_id", "org_id", "organization_id", "organisation_id",
                 "account_id", "workspace_id", "company_id", "team_id", "user_id", "tenant")  # fmt: skip
_TEXT_TYPES = ("text", "character varying", "character", "citext")


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """An ivfflat or hnsw index over the column, or (`form`) over a shorter form of it; no form: some expression."""

    name: str
    method: str
    metric: Metric | None
    options: Mapping[str, str]
    valid: bool
    form: Form | None
    predicate: str
    size: int
    rows: int
    definition: str

    def describe(self) -> str:
        """The words for a header: `ivfflat lists=100`."""
        form = () if self.form in (None, "plain") else (f"on {self.form}",)
        return " ".join([self.method, *form, *(f"{name}={value}" for name, value in self.options.items())])

    @property
    def is_usable(self) -> bool:
        """Whether a search of the whole table can go through it."""
        return self.valid and self.form is not None and self.metric is not None and not self.predicate

    def serves(self, metric: Metric, form: Form) -> bool:
        """Whether a search by this metric in this form can go through it."""
        return self.is_usable and self.form == form and (form == "binary" or self.metric == metric)


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
    form: Form = "plain"
    """What is searched: the vectors, or a shorter form that is indexed; distances are always the full ones."""
    others: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    full_text: FullText | None = None
    filter: str = ""
    """A condition that rows must meet, as the user wrote it."""
    apart: bool = False
    """Whether it is indexed and searched in words of its own, so that no index that is there already can serve."""

    @property
    def index(self) -> VectorIndex | None:
        """The index that can serve a search by this metric in this form."""
        return next((i for i in self.indexes if i.serves(self.metric, self.form)), None)

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

    def filtered(self, condition: str) -> "VectorColumn":
        """The same column, of the rows that meet a condition only; raises `Failure` where that is no condition."""
        condition = condition.strip()
        if condition and not can_be_enclosed(condition):
            raise Failure(
                "The filter is not one condition: it has a parenthesis too many, a semicolon or a parameter.",
                FailureKind.USAGE,
            )
        return replace(self, filter=condition)

    def labelled(self, names: Sequence[str]) -> "VectorColumn":
        """The same column, with these other columns shown beside each row."""
        return replace(self, labels=tuple(name for name in names if name in self.others))


def columns_of(records: Sequence[Mapping[str, Any]], extension_schema: str) -> list[VectorColumn]:
    """The columns that the catalogue told of; one with indexes of several metrics stands there once for each."""
    return [column for record in records for column in _with_each_metric(record, extension_schema)]


def _with_each_metric(record: Mapping[str, Any], extension_schema: str) -> list[VectorColumn]:
    indexes = tuple(_index_of(found) for found in record["indexes"])
    others = record["others"] or []
    dimensions = int(record["dimensions"])
    snippet = snippet_of(others)
    return [
        VectorColumn(
            schema=record["schema"], table=record["table"], name=record["column"], type=record["type"],
            dimensions=dimensions if dimensions > 0 else None, rows=int(record["rows"]),
            row_security=bool(record["row_security"]), key=tuple(record["key"]), snippet=snippet,
            tenant=tenant_of(others), model_column=_named(others, "embedding_model"), indexes=indexes,
            extension_schema=extension_schema, metric=metric, form=form,
            others=tuple(str(other["name"]) for other in others),
            full_text=full_text_of(record.get("texts") or (), others, snippet),
        )
        for metric, form in _ways(record["type"], indexes)
    ]  # fmt: skip


def _ways(type_name: str, indexes: Sequence[VectorIndex]) -> list[tuple[Metric, Form]]:
    """The metrics and forms that indexes answer; the usual metric where none does."""
    usual = default_metric(type_name)
    found: list[tuple[Metric, Form]] = []
    for index in sorted((i for i in indexes if i.is_usable), key=lambda i: i.form != "plain"):
        assert index.form is not None and index.metric is not None
        found.append((usual if index.form == "binary" else index.metric, index.form))
    return list(dict.fromkeys(found)) or [(usual, "plain")]


def _index_of(found: Mapping[str, Any]) -> VectorIndex:
    options = dict(option.split("=", 1) for option in found["options"] or [])
    form = form_of_index(found["definition"], plain=bool(found["plain"]))
    return VectorIndex(
        found["name"], found["method"], metric_of_class(found["class"]), options, bool(found["valid"]),
        form, found["predicate"] or "", int(found["bytes"]), int(found["rows"]), found["definition"],
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
