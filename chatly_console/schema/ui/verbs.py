"""What can be done with an object: each verb is a message to the room that does it, or the sentence why not."""

from textual.message import Message

from chatly_console.core.catalogue import CatalogueObject, Relation, Schema
from chatly_console.core.quote import quote_identifier
from chatly_console.schema.service import rows_of
from chatly_console.schema.subject import Subject
from chatly_console.shell.messages import OpenStatement, Say, ShowPolicies

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


def name_for_sql(found: CatalogueObject | Schema) -> str:
    """The name as SQL takes it, quoted only where needed."""
    return quote_identifier(found.name) if isinstance(found, Schema) else found.quoted
