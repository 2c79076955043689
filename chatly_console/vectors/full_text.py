"""What full text a table offers beside its vectors: the words that a hybrid search looks for, and how they were cut."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatly_console.core.quote import quote_identifier, quote_literal

_CONFIGURATION = re.compile(r"to_tsvector\(\s*'((?:[^']|'')+)'(?:::\w+)?")


@dataclass(frozen=True, slots=True)
class FullText:
    """An expression of type tsvector over the table's columns, and the configuration that made it (empty: unknown)."""

    expression: str
    configuration: str
    indexed: bool

    def query_sql(self, parameter: str) -> str:
        """What a person types, as a query in the same configuration: words, "phrases", or, -not."""
        chosen = f"{quote_literal(self.configuration)}::pg_catalog.regconfig, " if self.configuration else ""
        return f"pg_catalog.websearch_to_tsquery({chosen}{parameter})"

    @property
    def words(self) -> str:
        """How it is called on screen."""
        return f"full text ({self.configuration or 'default configuration'}{'' if self.indexed else ', no index'})"


def full_text_of(
    indexed: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]], snippet: str | None
) -> FullText | None:
    """The best there is: an indexed expression, a tsvector column, or the snippet's own words cut on the way."""
    for found in indexed:
        made = str(found["made"] or found["expression"])
        return FullText(str(found["expression"]), _configuration(made), indexed=True)
    for other in others:
        if other["type"] == "tsvector":
            return FullText(f"t.{quote_identifier(str(other['name']))}", "", indexed=False)
    if snippet is None:
        return None
    return FullText(f"pg_catalog.to_tsvector('simple', t.{quote_identifier(snippet)}::text)", "simple", indexed=False)


def _configuration(expression: str) -> str:
    found = _CONFIGURATION.search(expression)
    return found.group(1).replace("''", "'") if found else ""
