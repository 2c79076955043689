"""Rows as text for files, the clipboard and pipes: CSV, TSV, JSON, Markdown, INSERT, and a table for terminals.

Each encoder is fed page by page and keeps nothing of what it has written, so that a result of any size passes
through in constant memory. Values are raw; only the table, which is for terminals, makes them safe.
"""

import json
from collections.abc import Callable, Sequence
from typing import Protocol

from chatly_console.core.insert_format import InsertEncoder, unique_names
from chatly_console.core.text import cell_width, fit, safe_text
from chatly_console.core.values import Column, Row


class Encoder(Protocol):
    """One format: `header`, then `rows` any number of times, then `footer`, make up the whole text."""

    def header(self, columns: Sequence[Column]) -> str:
        """What comes first; to be called once, before any rows."""

    def rows(self, rows: Sequence[Row]) -> str:
        """These rows."""

    def footer(self) -> str:
        """What comes last."""


def _csv_value(value: str | None) -> str:
    if value is None:
        return ""
    if value in ("", "\\.") or "," in value or '"' in value or "\n" in value or "\r" in value:
        return '"' + value.replace('"', '""') + '"'
    return value


def _csv_column(values: Sequence[str | None]) -> Sequence[str]:
    """One column of a page. Most need no quotes, and one look at all their text together shows it."""
    if all(values):
        text = "\0".join(values)  # type: ignore[arg-type]  # there is no NULL among them
        # a backslash alone needs no quotes, but to look for one character is far quicker than for two
        if not ("," in text or '"' in text or "\n" in text or "\r" in text or "\\" in text):
            return values  # type: ignore[return-value]
    # `_csv_value` at its place: to call it for each takes twice the time
    return [
        ""
        if v is None
        else '"' + v.replace('"', '""') + '"'
        if '"' in v or "," in v or "\n" in v or "\r" in v or v in ("", "\\.")
        else v
        for v in values
    ]


class CsvEncoder:
    """CSV as `COPY ... CSV` writes it: NULL is empty, the empty text is `""`, quotes only where they are needed."""

    def header(self, columns: Sequence[Column]) -> str:
        """The names."""
        # psql writes an empty name as nothing, but a lone one must not look like an empty line
        lone = len(columns) == 1
        return ",".join(_csv_value(c.name) if c.name or lone else "" for c in columns) + "\n"

    def rows(self, rows: Sequence[Row]) -> str:
        """These rows, a column at a time: twice as quick as the csv module, and it keeps NULL from ''."""
        if not rows:
            return ""
        columns = [_csv_column(values) for values in zip(*rows, strict=True)]
        return "\n".join(map(",".join, zip(*columns, strict=True)) if columns else [""] * len(rows)) + "\n"

    def footer(self) -> str:
        """Nothing."""
        return ""


def _column(values: Sequence[str | None], marks: str, change: Callable[[str], str], null: str) -> Sequence[str]:
    """One column of a page, with `null` for NULL, and with every value changed where there is any of the `marks`."""
    full = all(values)
    text = "\0".join(values if full else [value for value in values if value is not None])  # type: ignore[arg-type]
    if any(mark in text for mark in marks):
        return [null if value is None else change(value) for value in values]
    return values if full else [null if value is None else value for value in values]  # type: ignore[return-value]


_TSV_ESCAPES = str.maketrans(
    {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"}
)


_TSV_MARKS = "\\\t\n\r\b\f\v"


def _tsv_value(value: str) -> str:
    return value.translate(_TSV_ESCAPES)


class TsvEncoder:
    """Tab-separated as `COPY` writes it: NULL is `\\N`, tabs and newlines in values are escaped."""

    def header(self, columns: Sequence[Column]) -> str:
        """The names."""
        return self.rows([tuple(c.name for c in columns)])

    def rows(self, rows: Sequence[Row]) -> str:
        """These rows."""
        columns = [_column(values, _TSV_MARKS, _tsv_value, "\\N") for values in zip(*rows, strict=True)]
        lines = map("\t".join, zip(*columns, strict=True)) if columns else [""] * len(rows)
        return "".join([line + "\n" for line in lines])

    def footer(self) -> str:
        """Nothing."""
        return ""


_quoted: Callable[[str], str] = json.encoder.encode_basestring


class JsonLinesEncoder:
    """One JSON object a line: values as text, exactly as shown; NULL as null."""

    def __init__(self) -> None:
        self._keys: list[str] = []

    def header(self, columns: Sequence[Column]) -> str:
        """Nothing; the names are in each object."""
        self._keys = [_quoted(name) + ": " for name in unique_names(columns)]
        return ""

    def objects(self, rows: Sequence[Row]) -> list[str]:
        """Each row as an object."""
        if not rows:
            return []
        columns = [
            [key + "null" if value is None else key + _quoted(value) for value in values]
            for key, values in zip(self._keys, zip(*rows, strict=True), strict=True)
        ]
        return (
            ["{" + line + "}" for line in map(", ".join, zip(*columns, strict=True))] if columns else ["{}"] * len(rows)
        )

    def rows(self, rows: Sequence[Row]) -> str:
        """These rows."""
        return "".join([line + "\n" for line in self.objects(rows)])

    def footer(self) -> str:
        """Nothing."""
        return ""


class JsonEncoder(JsonLinesEncoder):
    """One JSON array of objects."""

    def __init__(self) -> None:
        super().__init__()
        self._separator = "\n"

    def header(self, columns: Sequence[Column]) -> str:
        """The bracket."""
        return super().header(columns) + "["

    def rows(self, rows: Sequence[Row]) -> str:
        """These rows, with a comma before each but the first."""
        if not rows:
            return ""
        text = self._separator + ",\n".join(self.objects(rows))
        self._separator = ",\n"
        return text

    def footer(self) -> str:
        """The other bracket."""
        return "]\n" if self._separator == "\n" else "\n]\n"


_MARKDOWN = str.maketrans({"|": "\\|", "\\": "\\\\", "\n": "<br>", "\r": "", "<": "&lt;", ">": "&gt;", "&": "&amp;",
                           "`": "\\`", "*": "\\*", "_": "\\_"})  # fmt: skip


_MARKDOWN_MARKS = "".join(map(chr, _MARKDOWN))


def _markdown_value(value: str) -> str:
    return value.translate(_MARKDOWN)


class MarkdownEncoder:
    """A Markdown table; NULL is *null*, the empty text is empty."""

    def header(self, columns: Sequence[Column]) -> str:
        """The names, and the line that says on which side the values stand."""
        names = " | ".join(c.name.translate(_MARKDOWN) for c in columns)
        sides = " | ".join("---:" if c.is_numeric else "---" for c in columns)
        return f"| {names} |\n| {sides} |\n"

    def rows(self, rows: Sequence[Row]) -> str:
        """These rows."""
        columns = [_column(values, _MARKDOWN_MARKS, _markdown_value, "*null*") for values in zip(*rows, strict=True)]
        lines = map(" | ".join, zip(*columns, strict=True)) if columns else [""] * len(rows)
        return "".join([f"| {line} |\n" for line in lines])

    def footer(self) -> str:
        """Nothing."""
        return ""


class TableEncoder:
    """Columns in line, as psql shows them, safe for a terminal. The first page decides the widths."""

    def __init__(self) -> None:
        self._columns: Sequence[Column] = ()
        self._widths: list[int] | None = None
        self._count = 0

    def header(self, columns: Sequence[Column]) -> str:
        """Nothing yet: the widths are known with the first page."""
        self._columns = columns
        return ""

    def rows(self, rows: Sequence[Row]) -> str:
        """These rows, with the names above the first."""
        columns = [_shown_column(values) for values in zip(*rows, strict=True)]
        self._count += len(rows)
        lines = self._start(columns) if self._widths is None else []
        assert self._widths is not None
        padded = [
            _padded(column, width, right=definition.is_numeric)
            for column, width, definition in zip(columns, self._widths, self._columns, strict=True)
        ] if rows else []  # fmt: skip
        lines += (
            [(" " + " | ".join(line)).rstrip() for line in zip(*padded, strict=True)] if padded else [""] * len(rows)
        )
        return "".join([line + "\n" for line in lines])

    def footer(self) -> str:
        """The number of rows."""
        head = "".join([line + "\n" for line in self._start([])]) if self._widths is None else ""
        return f"{head}({self._count:,} row{'' if self._count == 1 else 's'})\n"

    def _start(self, columns: Sequence[Sequence[str]]) -> list[str]:
        names = [safe_text(column.name) for column in self._columns]
        columns = columns or [()] * len(names)
        self._widths = [max(map(cell_width, (name, *column))) for name, column in zip(names, columns, strict=True)]
        names = [
            (" " * ((width - cell_width(name)) // 2) + name) for name, width in zip(names, self._widths, strict=True)
        ]
        head = " " + " | ".join(fit(n, w) for n, w in zip(names, self._widths, strict=True))
        return [head.rstrip(), "+".join("-" * (width + 2) for width in self._widths)]


def _shown_column(values: Sequence[str | None]) -> Sequence[str]:
    """One column of a page, safe for a terminal: most need no more than one look at all their text together."""
    text = "".join([value for value in values if value is not None])
    if text.isascii() and text.isprintable():
        return ["∅" if value is None else value for value in values]
    return ["∅" if value is None else safe_text(value) for value in values]


def _padded(values: Sequence[str], width: int, *, right: bool) -> list[str]:
    """Values of one column in `width` cells; a longer one takes what it needs."""
    spaces = " " * width
    if right:
        return [spaces[: width - cells] + value if (cells := cell_width(value)) < width else value for value in values]
    return [value + spaces[cells:] if (cells := cell_width(value)) < width else value for value in values]


_ENCODERS: dict[str, Callable[[], Encoder]] = {
    "table": TableEncoder,
    "csv": CsvEncoder,
    "tsv": TsvEncoder,
    "json": JsonEncoder,
    "jsonl": JsonLinesEncoder,
    "markdown": MarkdownEncoder,
}
FORMATS = (*_ENCODERS, "insert")
"""The names of the formats."""


def encoder(name: str, *, table: str | Sequence[str] = "result") -> Encoder:
    """A fresh encoder; `table` is what INSERT statements go into, as one name or as schema and name."""
    return InsertEncoder(table) if name == "insert" else _ENCODERS[name]()


def encode(
    name: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    header: bool = True,
    table: str | Sequence[str] = "result",
) -> str:
    """A few rows at once, such as for the clipboard; without `header`, only the rows."""
    chosen = encoder(name, table=table)
    head = chosen.header(columns)
    body = chosen.rows(rows)
    return head + body + chosen.footer() if header else body
