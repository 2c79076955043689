"""Reads the XML form of EXPLAIN; what declares a document type (and so entities) is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.explain.parsing.repeated import put_key

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?$")
_LISTS = {"Plans", "Workers", "Triggers", "Grouping Sets"}
_TEXTS = {"Relation Name", "Schema", "Alias", "Index Name", "CTE Name", "Function Name", "Subplan Name", "Node Type",
          "Trigger Name", "Constraint Name", "Relation", "Query Text", "Filter", "Table Function Name",
          "Tuplestore Name", "Item", "Query Identifier"}  # fmt: skip
_HYPHENS = {"Full sort Groups": "Full-sort Groups", "Pre sorted Groups": "Pre-sorted Groups",
            "One Time Filter": "One-Time Filter"}  # fmt: skip
_BOOLEANS = {"true": True, "false": False}


@dataclass(slots=True)
class _Element:
    name: str
    children: list["_Element"] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


def read_xml(text: str, first_line: int = 1) -> list[Mapping[str, Any]]:
    """The statements; raises `Failure` that names the line."""
    root = _parse(text, first_line)
    values = [_value(query) for query in _queries(root)]
    found: list[Mapping[str, Any]] = [value for value in values if isinstance(value, dict) and "Plan" in value]
    if not found:
        raise Failure("This XML holds no plan: there is no element Plan in it.", FailureKind.USAGE)
    return found


def _queries(element: _Element) -> list[_Element]:
    if any(child.name == "Plan" for child in element.children):
        return [element]
    return [query for child in element.children for query in _queries(child)]


def _parse(text: str, first_line: int) -> _Element:
    top = _Element("")
    stack = [top]

    def begin(name: str, _: dict[str, str]) -> None:
        element = _Element(_key(name))
        stack[-1].children.append(element)
        stack.append(element)

    def refuse(*_: object) -> None:
        raise Failure("This XML declares a document type, which a plan does not.", FailureKind.USAGE)

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda name: stack.pop() and None
    parser.CharacterDataHandler = lambda data: stack[-1].text.append(data)
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(f"<all>{re.sub(r'<[?]xml.*?[?]>', '', text)}</all>", True)
    except expat.ExpatError as error:
        line = first_line + error.lineno - 1
        raise Failure(f"Line {line:,} cannot be read as XML: {expat.ErrorString(error.code)}.",
                      FailureKind.USAGE) from error  # fmt: skip
    return top


def _key(name: str) -> str:
    words = name.replace("I-O-", "I/O-").replace("-", " ")
    return _HYPHENS.get(words, words)


def _value(element: _Element) -> Any:
    children = element.children
    if not children and element.name in _LISTS:
        return []
    if not children:
        return _scalar(element.name, "".join(element.text))
    if element.name in _LISTS or all(child.name in ("Item", element.name) for child in children):
        return [_value(child) for child in children]
    if element.name == "Settings":
        return {child.name: "".join(child.text) for child in children}
    keys: dict[str, Any] = {}
    for child in children:
        put_key(keys, child.name, _value(child))
    return keys


def _scalar(name: str, text: str) -> Any:
    if name not in _TEXTS and _NUMBER.match(text):
        return float(text) if "." in text else int(text)
    return _BOOLEANS.get(text, text)
