"""Reads the JSON form of EXPLAIN: arrays, single objects (auto_explain), and what clients wrap around them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.explain.parsing.repeated import put_key


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        found = {}
        for name, value in pairs:
            put_key(found, name, value)
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_object)
_DEEPEST = 6
"""How deep clients nest a plan in rows and columns of their own."""


def read_json(text: str, first_line: int = 1) -> list[Mapping[str, Any]]:
    """The statements of one or more JSON documents, one after the other."""
    found: list[Mapping[str, Any]] = []
    at = 0
    while at < len(text):
        rest = len(text) - len(text[at:].lstrip().lstrip(",;"))
        if rest >= len(text) or text[rest] not in "[{":
            break
        try:
            value, at = _DECODER.raw_decode(text, rest)
        except json.JSONDecodeError as error:
            line = first_line + text.count("\n", 0, error.pos)
            raise Failure(
                f"Line {line:,} cannot be read as JSON: {error.msg[0].lower()}{error.msg[1:]}.", FailureKind.USAGE
            ) from error
        except RecursionError as error:
            raise Failure("The JSON is nested too deeply to be a plan.", FailureKind.USAGE) from error
        found += _statements(value, _DEEPEST)
    if not found:
        raise Failure("This JSON holds no plan: there is no object with the key Plan.", FailureKind.USAGE)
    return found


def _statements(value: object, depth: int) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            value = _DECODER.decode(value)
        except ValueError:
            return
    if isinstance(value, Mapping):
        if isinstance(value.get("Plan"), Mapping):
            yield value
        elif "Node Type" in value:
            yield {"Plan": value}
        elif depth:
            for part in value.values():
                yield from _statements(part, depth - 1)
    elif isinstance(value, list) and depth:
        for part in value:
            yield from _statements(part, depth - 1)
