"""What can be done with an object: each verb is a message to the room that does it, or the sentence why not."""

from collections.abc import Callable

from textual.message import Message

from chatly_console.core.catalogue import Catalogue, CatalogueObject, Relation, Schema
from chatly_console.core.quote import quote_identifier
from chatly_console.core.text import safe_text
from chatly_console.schema.graph import foreign_keys, mermaid
from chatly_console.schema.service import rows_of
from chatly_console.schema.subject import Subject
from chatly_console.shell.messages import OpenStatement, Say, ShowFindings, ShowPolicies

_NO_ROWS = "Only tables, views and sequences have rows."


def open_rows(found: CatalogueObject | Schema | None) -> Message:
    """SELECT in the editor, run at once."""
    if isinstance(found, Relation):
        return OpenStatement(f"{rows_of(found)}\n limit 100;", run=True)
    return Say(_NO_ROWS, "warning")


def open_definition(subject: Subject | None) -> Message:
    """The definition in the editor, not run."""
    if subject is not None and subject.sql:
        return OpenStatement(subject.sql)
    return Say("There is no definition to open.", "warning")


def show_policies(found: CatalogueObject | Schema | None) -> Message:
    """The policies of a table."""
    if isinstance(found, Relation) and found.is_table:
        return ShowPolicies(found.schema, found.name)
    return Say("Only tables have policies.", "warning")


def show_findings(found: CatalogueObject | Schema | None) -> Message:
    """What the Advisor finds on a relation."""
    if isinstance(found, Relation):
        return ShowFindings(found.schema, found.name)
    return Say("The Advisor looks at relations only.", "warning")


def analyze(found: CatalogueObject | Schema | None) -> Message:
    """ANALYZE, run at once; the Query pane asks what there is to ask."""
    if isinstance(found, Relation) and found.kind in (
        "table",
        "partitioned table",
        "materialised view",
        "foreign table",
    ):
        return OpenStatement(f"analyze {found.quoted};", run=True)
    return Say("Only tables and materialised views have statistics.", "warning")


def diagram(catalogue: Catalogue, found: CatalogueObject | Schema | None) -> tuple[str, str]:
    """The foreign keys of the schema that an object is in as a Mermaid diagram, and what that is in words."""
    schema = found.name if isinstance(found, Schema) else found.schema if found is not None else ""
    return mermaid(catalogue, foreign_keys(catalogue, schema or None)), f"the diagram of {safe_text(schema)}"


def count_words(count: str, estimate: float, who: str, seconds: float) -> str:
    """The true number of rows beside the planner's estimate."""
    true = int(count)
    words = f"{true:,} rows as {who}, counted in {seconds:.1f} s"
    if estimate < 0:
        return f"{words}; the planner has no estimate: it was never analysed"
    off = abs(true - estimate) / max(true, 1)
    return f"{words}; the planner expects {estimate:,.0f}{f', {off:.0%} off' if off >= 0.01 else ''}"


def name_to_copy(found: CatalogueObject | Schema) -> tuple[str, str]:
    """The name as SQL takes it, quoted only where needed, and what that is in words."""
    name = quote_identifier(found.name) if isinstance(found, Schema) else found.quoted
    return name, f"the name {safe_text(name[:60])}"


ASKED: dict[str, Callable[[CatalogueObject | Schema | None], Message]] = {
    "rows": open_rows,
    "policies": show_policies,
    "findings": show_findings,
    "analyze": analyze,
}
"""The verbs that another room carries out, as the keys name them."""
