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


_TSV_ESCAPES = str.maketrans(
    {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"}
)


class TsvEncoder:
    """Tab-separated as `COPY` writes it: NULL is `\\N`, tabs and newlines in values are escaped."""

    def header(self, columns: Sequence[Column]) -> str:
        """The names."""
        return self.rows([tuple(c.name for c in columns)])

    def rows(self, rows: Sequence[Row]) -> str:
        """These rows."""
        lines = []
        for row in rows:
            lines.append("\t".join(["\\N" if v is None else v.translate(_TSV_ESCAPES) for v in row]))
        return "".join([line + "\n" for line in lines])

    def footer(self) -> str:
        """Nothing."""
        return ""


_quoted: Callable[[str], str] = json.JSONEncoder(ensure_ascii=False).encode


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
        keys = self._keys
        return [
            "{" + ", ".join([k + ("null" if v is None else _quoted(v)) for k, v in zip(keys, row, strict=True)]) + "}"
            for row in rows
        ]

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


class MarkdownEncoder:
    """A Markdown table; NULL is *null*, the empty text is empty."""

    def header(self, columns: Sequence[Column]) -> str:
        """The names, and the line that says on which side the values stand."""
        names = " | ".join(c.name.translate(_MARKDOWN) for c in columns)
        sides = " | ".join("---:" if c.is_numeric else "---" for c in columns)
        return f"| {names} |\n| {sides} |\n"

    def rows(self, rows: Sequence[Row]) -> str:
        """These rows."""
        return "".join(
            [
                "| " + " | ".join(["*null*" if v is None else v.translate(_MARKDOWN) for v in row]) + " |\n"
                for row in rows
            ]
        )

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
        cells = [["∅" if v is None else safe_text(v) for v in row] for row in rows]
        self._count += len(rows)
        lines = self._start(cells) if self._widths is None else []
        assert self._widths is not None
        for line in cells:
            lines.append(self._line(line, self._widths))
        return "".join([line + "\n" for line in lines])

    def footer(self) -> str:
        """The number of rows."""
        head = "".join([line + "\n" for line in self._start([])]) if self._widths is None else ""
        return f"{head}({self._count:,} row{'' if self._count == 1 else 's'})\n"

    def _start(self, cells: list[list[str]]) -> list[str]:
        names = [safe_text(column.name) for column in self._columns]
        self._widths = [max(map(cell_width, column)) for column in zip(names, *cells, strict=True)]
        names = [
            (" " * ((width - cell_width(name)) // 2) + name) for name, width in zip(names, self._widths, strict=True)
        ]
        head = " " + " | ".join(fit(n, w) for n, w in zip(names, self._widths, strict=True))
        return [head.rstrip(), "+".join("-" * (width + 2) for width in self._widths)]

    def _line(self, values: list[str], widths: list[int]) -> str:
        parts = []
        for value, width, column in zip(values, widths, self._columns, strict=True):
            parts.append(fit(value, max(width, cell_width(value)), right=column.is_numeric))
        return (" " + " | ".join(parts)).rstrip()


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
