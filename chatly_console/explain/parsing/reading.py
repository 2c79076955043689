"""Finds out what a text is, and reads the plans in it."""

from collections.abc import Mapping
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.explain.build import build_plan
from chatly_console.explain.parsing.frames import unframed
from chatly_console.explain.parsing.json_form import read_json
from chatly_console.explain.parsing.lines import NEW_LINES, Line
from chatly_console.explain.parsing.logs import entries_of
from chatly_console.explain.parsing.marked_up import out_of_markup
from chatly_console.explain.parsing.pieces import text_pieces
from chatly_console.explain.parsing.text_form import TextReader
from chatly_console.explain.parsing.xml_form import read_xml
from chatly_console.explain.parsing.yaml_form import BEGINS, read_yaml
from chatly_console.explain.plan import Plan

_PARAMETERS = "\nQuery Parameters: "
LONGEST = 200_000_000
"""Characters; a longer text is no plan."""


def read_plans(text: str) -> list[Plan]:
    """All plans in the text, in its order; raises `Failure` that names the line and why it cannot be read.

    The text may be of any form, framed by psql or another client, quoted, or a server's log.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    if not text.strip():
        raise Failure("There is nothing in it to read as a plan.", FailureKind.USAGE)
    if len(text) > LONGEST:
        raise Failure("It is too long to be a plan.", FailureKind.USAGE)
    entries = entries_of(text)
    if entries:
        return [plan for entry in entries for plan in _logged(entry.text, entry.number, entry.ms)]
    lines = out_of_markup(text)
    if lines is None:
        if text.lstrip()[0] in "[{" and not _is_marked(text):
            return [build_plan(keys, source=text) for keys in read_json(text.lstrip(), _skipped(text))]
        lines = unframed(text)
    return [build_plan(keys, source=text) for keys in _read(lines)]


def _is_marked(text: str) -> bool:
    """Whether psql has put its marks for new lines behind the lines of the document, without a frame around it."""
    return text[:10_000].split("\n", 1)[0].rstrip()[-1:] in NEW_LINES


def _skipped(text: str) -> int:
    return text.count("\n", 0, len(text) - len(text.lstrip())) + 1


def _read(lines: list[Line]) -> list[Mapping[str, Any]]:
    first = next((at for at, line in enumerate(lines) if line.text.strip()), 0)
    start = lines[first].text.strip() if lines else ""
    plain = "\n".join(line.text for line in lines[first:])
    number = lines[first].number if lines else 1
    begin = _json_begin(lines, first)
    if begin is not None:
        return read_json("\n".join(line.text for line in lines[begin:]), lines[begin].number)
    if "<explain" in plain:
        return read_xml(plain[plain.index("<explain") : plain.rindex(">") + 1], number)
    if BEGINS.match(start):
        return read_yaml(lines[first:])
    return [TextReader(piece).read() for piece in text_pieces(lines)]


def _json_begin(lines: list[Line], first: int) -> int | None:
    """The line at which JSON begins: the first, or after what was typed to get it."""
    for at in range(first, len(lines)):
        text = lines[at].text.strip()
        if text in ("[", "{") or text.startswith(("[{", '{"')):
            return at
        if "(cost=" in text or "(actual " in text or text.startswith("Plan:"):
            return None
    return None


def _logged(text: str, number: int, ms: float) -> list[Plan]:
    query, body = _query_text(text)
    lines = [Line(line.number + number - 1, line.text) for line in _lines(body, text)]
    plans = [build_plan(keys, source=text) for keys in _read(lines)]
    for plan in plans:
        plan.query, behind, parameters = (plan.query or query).partition(_PARAMETERS)
        if behind:
            plan.raw["Query Parameters"] = parameters
        if plan.execution_ms is None:
            plan.execution_ms = ms
    return plans


def _query_text(text: str) -> tuple[str, str]:
    """The statement, and what comes behind it, of an entry in text form."""
    if not text.startswith("Query Text: ") or text.startswith('Query Text: "'):
        return "", text
    lines = text.removeprefix("Query Text: ").split("\n")
    for at in range(1, len(lines)):
        if "(cost=" in lines[at] or "(actual " in lines[at]:
            return "\n".join(lines[:at]), "\n".join(lines[at:])
    return lines[0], "\n".join(lines[1:])


def _lines(body: str, whole: str) -> list[Line]:
    before = whole.count("\n") - body.count("\n")
    return [Line(before + at, line) for at, line in enumerate(body.split("\n"), 1)]
