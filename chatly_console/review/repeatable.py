"""Whether running a migration twice is harmless, judged by the form of its statements."""

import re
from collections.abc import Iterable

_FLAGS = re.IGNORECASE | re.DOTALL
_HARMLESS = re.compile(
    r"\s*(?:"
    r"create\s+(?:unlogged\s+|temp(?:orary)?\s+)?(?:table|schema|extension|sequence|statistics|(?:unique\s+)?index"
    r"(?:\s+concurrently)?|materialized\s+view)\s+if\s+not\s+exists\b"
    r"|create\s+or\s+replace\b|drop\s+(?:[a-z]+\s+){1,2}?if\s+exists\b|comment\s+on\b|grant\b|revoke\b"
    r"|alter\s+default\s+privileges\b|alter\s+table\s+\S+\s+(?:enable|disable|force|no\s+force)\s+row\b"
    r"|alter\s+(?:role|database|statistics)\s+\S+\s+set\b|alter\s+\w+\s+\S+\s+owner\s+to\b|set\b|select\b|analyze\b"
    r"|insert\b.*\bon\s+conflict\b|do\b|update\b|delete\b"
    r"|alter\s+table\s+(?:if\s+exists\s+)?\S+\s+(?:add\s+column\s+if\s+not\s+exists|drop\s+(?:column|constraint)\s+if\s+exists)\b"
    r")",
    _FLAGS,
)
_CREATE = re.compile(r"\s*create\s+(policy|trigger)\s+(\S+)\s.*?\bon\s+([^\s(]+)", _FLAGS)
_DROP = re.compile(r"\s*drop\s+(policy|trigger)\s+if\s+exists\s+(\S+)\s+on\s+([^\s;]+)", _FLAGS)


def unrepeatable(statements: Iterable[str]) -> list[str]:
    """The statements, without leading comments, that fail or add something when they are run again.

    A policy or trigger may be made after it was dropped where it existed. What a DO block holds is not looked into.
    """
    dropped: set[tuple[str, str, str]] = set()
    found = []
    for statement in statements:
        drop, create = _DROP.match(statement), _CREATE.match(statement)
        if drop is not None:
            dropped.add((drop[1].lower(), drop[2], drop[3]))
        elif create is not None and (create[1].lower(), create[2], create[3]) in dropped:
            continue
        elif _HARMLESS.match(statement) is None:
            found.append(statement)
    return found
