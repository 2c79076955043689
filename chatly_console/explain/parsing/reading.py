"""Finds out what a text is, and reads the plans in it."""

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.explain.build import build_plan
from chatly_console.explain.parsing.json_form import read_json
from chatly_console.explain.parsing.text_form import TextReader
from chatly_console.explain.plan import Plan


def read_plans(text: str) -> list[Plan]:
    """All plans in the text, in its order; raises `Failure` that names the line and why it cannot be read."""
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    if not text.strip():
        raise Failure("There is nothing in it to read as a plan.", FailureKind.USAGE)
    if text.lstrip()[0] in "[{":
        first = text.count("\n", 0, len(text) - len(text.lstrip())) + 1
        return [build_plan(keys, source=text) for keys in read_json(text.lstrip(), first)]
    return [build_plan(TextReader().read(text.split("\n")), source=text)]
