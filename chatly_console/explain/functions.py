"""The functions that a plan calls, as far as its expressions name them (VERBOSE shows what is selected, too)."""

import re

from chatly_console.explain.plan import Plan
from chatly_console.explain.sharing import EXPRESSIONS

_CALL = re.compile(r'(?<![\w".])(?:(?P<schema>"(?:[^"]|"")+"|[a-z_]\w*)\.)?(?P<name>"(?:[^"]|"")+"|[a-z_]\w*)\(')
_LITERAL = re.compile(r"'(?:[^']|'')*'")


def called_functions(plan: Plan) -> list[tuple[str, str]]:
    """Schema (empty where the plan shows none) and name of each, without doubles, in order."""
    found: set[tuple[str, str]] = set()
    for node in plan.nodes:
        for key in EXPRESSIONS:
            text = node.text(key)
            if "(" in text:
                found |= {(_plain(schema), _plain(name)) for schema, name in _CALL.findall(_LITERAL.sub("''", text))}
        if node.raw.get("Function Name"):
            found.add((node.text("Schema"), node.text("Function Name")))
    return sorted(found)


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
