"""What is asked for the columns of a row: the fields of a new one, and the list that a value is chosen from."""

from collections.abc import Sequence

from chatly_console.core.catalogue import Catalogue, ColumnInfo
from chatly_console.core.quote import quote_identifier
from chatly_console.query.edit import Special, Value
from chatly_console.query.ui.parameter_form import Field
from chatly_console.shell.choose import Choice
from chatly_console.shell.grid.cells import NULL


def labels_of(column: ColumnInfo, catalogue: Catalogue) -> tuple[str, ...]:
    """The values that a column can have, where there are only a few: those of an enum, and true and false."""
    if column.type == "boolean":
        return ("true", "false")
    enums = [kind for kind in catalogue.types if kind.labels]
    named = [kind for kind in enums if kind.quoted == column.type]
    named += [kind for kind in enums if quote_identifier(kind.name) == column.type]
    return named[0].labels if named else ()


def choices_of(column: ColumnInfo, labels: Sequence[str]) -> list[Choice[tuple[Value]]]:
    """Those values as a list to choose from, with NULL and the default where the column takes them."""
    choices: list[Choice[tuple[Value]]] = [Choice(label, (label,)) for label in labels]
    if not column.not_null:
        choices.append(Choice(NULL, (None,)))
    if column.has_default:
        choices.append(Choice("default", (Special.DEFAULT,)))
    return choices


def fields_of(columns: Sequence[ColumnInfo], catalogue: Catalogue) -> list[Field]:
    """The fields of a new row."""
    return [_field(column, labels_of(column, catalogue)) for column in columns]


def _field(column: ColumnInfo, labels: Sequence[str]) -> Field:
    first = _first_value(column)
    required = "required" if first == "" else ""
    words = [f"one of {', '.join(labels)}" if labels else "", column.comment or ""]
    return Field(column.name, column.type, first, True, " · ".join(filter(None, words)), required)


def _first_value(column: ColumnInfo) -> Value:
    """What a new row begins with: the default, where there is one; else NULL, or a text to be typed."""
    if column.has_default or column.identity:
        return Special.DEFAULT
    return "" if column.not_null else None
