"""One value as lines: JSON as a tree that folds, bytea as hex, any other text wrapped. Pure, and safe to draw."""

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, overload

from chatly_console.core.text import cell_width, safe_text
from chatly_console.core.values import Column

Kind = Literal["plain", "name", "text", "number", "word", "muted"]
_JSON_OIDS = frozenset({114, 3802})
BYTEA_OID = 17
_HEX_WIDTH = 76
"""Cells that a line of sixteen bytes takes; in less there are eight."""
_LONGEST_LINE = 4000
"""Characters of one JSON text on its line; the whole is one `y` away."""


@dataclass(slots=True)
class Line:
    """Spans of text with what they are; `end` is the line after the last one that folds into this one, or 0."""

    spans: tuple[tuple[str, Kind], ...]
    end: int = 0
    folded: tuple[tuple[str, Kind], ...] = ()


def cell_lines(value: str, column: Column, width: int) -> Sequence[Line]:
    """The lines of one value in `width` cells, by its type; with a megabyte, call it in a thread."""
    if column.type_oid == BYTEA_OID and value.startswith("\\x"):
        return list(_hex_lines(value, 16 if width >= _HEX_WIDTH else 8))
    if column.type_oid in _JSON_OIDS or (value[:1] in "{[" and column.type_oid == 25):
        lines = _json_lines(value)
        if lines is not None:
            return lines
    return list(_text_lines(value, max(1, width)))


def _text_lines(value: str, width: int) -> Iterator[Line]:
    for line in safe_text(value, one_line=False).split("\n"):
        if len(line) <= width and cell_width(line) <= width:
            yield Line(((line, "plain"),))
        else:
            for piece in wrapped(line, width):
                yield Line(((piece, "plain"),))


def wrapped(line: str, width: int) -> Iterator[str]:
    """The line in pieces of `width` cells, broken between words unless that would leave most of a piece empty."""
    start = 0
    while start < len(line):
        full = start + (width if line.isascii() else max(_fitting(line, start, width), 1))
        if full >= len(line):
            yield line[start:]
            return
        space = line.rfind(" ", start, full + 1)
        if space - start < (full - start) // 2:
            yield line[start:full]
            start = full
        else:
            yield line[start:space]
            start = space + 1


def _fitting(line: str, start: int, width: int) -> int:
    """How many characters from `start` on have room in `width` cells."""
    used = 0
    for count, character in enumerate(line[start : start + 4 * width]):
        used += cell_width(character)
        if used > width:
            return count
    return len(line[start : start + 4 * width])


def _hex_lines(value: str, at_once: int) -> Iterator[Line]:
    step = 2 * at_once
    for start in range(2, max(3, len(value)), step):
        digits = value[start : start + step]
        try:
            data = bytes.fromhex(digits)
        except ValueError:
            yield Line(((safe_text(digits), "plain"),))
            continue
        left, right = f"{data[:8].hex(' '):<23}  ", f"{data[8:].hex(' '):<23}  " if at_once > 8 else ""
        readable = "".join([chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in data])
        yield Line(
            (
                (f"{(start - 2) // 2:08x}  ", "muted"),
                (left + right, "plain"),
                (readable, "text"),
            )
        )


class _Number(str):
    """A number as it is written: more digits than a float has stay."""


_Record = tuple[str, int, str | None, object, str, int]
"""What a line is (`open`, `close`, `empty`, `number`, `scalar`), depth, name, value, what follows, how many are in it.

Tuples of plain values, of which a megabyte of JSON makes hundreds of thousands: the garbage collector looks at each of
them but once, and at as many lines again and again.
"""


class _JsonLines(Sequence[Line]):
    """The lines of a JSON value, each made when it is drawn."""

    def __init__(self, value: object) -> None:
        self._records: list[_Record] = []
        self._ends = array("I")
        self._add(value, None, 0, "")

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        what, depth, name, value, after, count = self._records[index]
        indent: tuple[tuple[str, Kind], ...] = (("  " * depth, "plain"),)
        if name is not None:
            indent += ((_text(name), "name"), (": ", "muted"))
        if what in ("scalar", "number"):
            shown: tuple[str, Kind] = (str(value), "number") if what == "number" else _scalar(value)
            return Line((*indent, shown, (after, "muted")))
        if what != "open":
            return Line((*indent, (f"{value}{after}", "muted")))
        closing, unit = ("}", "key") if value == "{" else ("]", "item")
        words = f"{value} … {closing}{after}  {count:,} {unit}{'' if count == 1 else 's'}"
        return Line((*indent, (str(value), "muted")), self._ends[index], (*indent, (words, "muted")))

    def _add(self, value: object, name: str | None, depth: int, after: str) -> None:
        if not isinstance(value, tuple | list):
            number = isinstance(value, _Number)
            self._append(("number" if number else "scalar", depth, name, str(value) if number else value, after, 0))
            return
        pairs = isinstance(value, tuple)
        if not value:
            self._append(("empty", depth, name, "{}" if pairs else "[]", after, 0))
            return
        opened, last = len(self._records), len(value) - 1
        self._append(("open", depth, name, "{" if pairs else "[", after, len(value)))
        for index, item in enumerate(value):
            key, inner = item if pairs else (None, item)
            self._add(inner, key, depth + 1, "," if index < last else "")
        self._append(("close", depth, None, "}" if pairs else "]", after, 0))
        self._ends[opened] = len(self._records)

    def _append(self, record: _Record) -> None:
        self._records.append(record)
        self._ends.append(0)


def _json_lines(value: str) -> Sequence[Line] | None:
    try:
        # pairs and not a dict: `json` (unlike jsonb) keeps repeated keys, and a reader must see them
        parsed = json.loads(
            value, parse_int=_Number, parse_float=_Number, parse_constant=_Number, object_pairs_hook=tuple
        )
        return _JsonLines(parsed)
    except (ValueError, RecursionError):
        return None


def _scalar(value: object) -> tuple[str, Kind]:
    if isinstance(value, str):
        return _text(value), "text"
    return {None: "null", True: "true", False: "false"}[value], "word"  # type: ignore[index]


def _text(value: str) -> str:
    shown = json.dumps(value[:_LONGEST_LINE], ensure_ascii=False)
    more = f" … {len(value):,} characters" if len(value) > _LONGEST_LINE else ""
    return safe_text(shown) + more
