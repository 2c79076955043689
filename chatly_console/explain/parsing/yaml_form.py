"""Reads the YAML form of EXPLAIN: the few things that PostgreSQL writes of it, indented keys with JSON values.

No YAML library: the server's output needs none of YAML's many other features, and pasted text had better not have them.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.explain.parsing.lines import Line
from chatly_console.explain.parsing.repeated import put_key

_KEY = re.compile(r"""(?P<key>"(?:[^"\\]|\\.)*"|[^\s"'\[{#-][^:]*?):(?:\s+(?P<value>.*))?$""")
BEGINS = re.compile(r"(?:- )?(?:Plan:\s*|Query Text: \".*)$")


def read_yaml(lines: list[Line]) -> list[Mapping[str, Any]]:
    """The statements; raises `Failure` that names the line."""
    said = [(line.number, len(line.text) - len(line.text.lstrip()), line.text.strip()) for line in lines]
    reader = _Reader([found for found in said if found[2] and found[2] != "---"])
    found: list[Mapping[str, Any]] = []
    while not reader.ended:
        value = reader.block()
        found += [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, Mapping)]
    if not any(isinstance(part.get("Plan"), Mapping) for part in found):
        raise Failure("This YAML holds no plan: there is no key Plan.", FailureKind.USAGE)
    return [part for part in found if "Plan" in part]


class _Reader:
    def __init__(self, lines: list[tuple[int, int, str]]) -> None:
        self._lines = lines
        self._at = 0

    @property
    def ended(self) -> bool:
        return self._at >= len(self._lines)

    def block(self) -> Any:
        """The list or the object that begins at this line."""
        _, indent, text = self._lines[self._at]
        return self._list(indent) if text.startswith("- ") or text == "-" else self._object(indent)

    def _list(self, indent: int) -> list[Any]:
        found: list[Any] = []
        while not self.ended:
            number, here, text = self._lines[self._at]
            if here != indent or not (text.startswith("- ") or text == "-"):
                break
            inside = text[2:].lstrip()
            if _KEY.match(inside):
                self._lines[self._at] = (number, here + len(text) - len(inside), inside)
                found.append(self._object(self._lines[self._at][1]))
            else:
                found.append(self._scalar(number, inside))
                self._at += 1
        return found

    def _object(self, indent: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not self.ended:
            number, here, text = self._lines[self._at]
            if here != indent or text.startswith("- "):
                break
            entry = _KEY.match(text)
            if entry is None:
                raise _failed(number, "there is neither a key nor a value in it")
            key = str(json.loads(entry["key"])) if entry["key"].startswith('"') else entry["key"]
            self._at += 1
            if entry["value"]:
                put_key(found, key, self._scalar(number, entry["value"].strip()))
            elif not self.ended and self._lines[self._at][1] > indent:
                put_key(found, key, self.block())
            else:
                found[key] = None
        if not found:
            raise _failed(self._lines[min(self._at, len(self._lines) - 1)][0], "its indentation fits nothing above it")
        return found

    def _scalar(self, number: int, text: str) -> Any:
        try:
            return json.loads(text)
        except ValueError:
            if text[:1] in "\"'[{":
                raise _failed(number, "a quoted value does not end") from None
            return text


def _failed(number: int, why: str) -> Failure:
    return Failure(f"Line {number:,} cannot be read as YAML: {why}.", FailureKind.USAGE)
