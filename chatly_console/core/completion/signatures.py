"""The call that the cursor is in: the signatures of the function, and which argument is being written."""

from dataclasses import dataclass

from chatly_console.core.catalogue import Routine
from chatly_console.core.completion.lexed import Group, Word, is_word, path_to, tree_of, words_around
from chatly_console.core.completion.names import Names
from chatly_console.core.completion.sources import dotted_before, is_query
from chatly_console.core.sql import TokenKind

_NO_CALLS = ("in", "values", "into", "using", "over", "as", "any", "references", "table", "on", "exists")


@dataclass(frozen=True, slots=True)
class Signature:
    """One overload: its name, its arguments as the server writes them, and which of these the cursor is at."""

    name: str
    arguments: tuple[str, ...]
    result: str
    current: int
    start: int
    """Where the name stands in the text."""


def signatures_at(text: str, cursor: int, names: Names) -> tuple[Signature, ...]:
    """The overloads of the innermost call around the cursor, those that take so many arguments first."""
    path = path_to(tree_of(words_around(text, cursor), len(text)), cursor)
    for outer, inner in zip(reversed(path[:-1]), reversed(path[1:]), strict=True):
        if is_query(inner.items):
            return ()
        head = [item for item in outer.items if item.start < inner.start]
        name, at = dotted_before(head, len(head))
        last = head[-1] if head else None
        if not name or not isinstance(last, Word) or last.kind is not TokenKind.FUNCTION:
            continue
        if at and is_word(head[at - 1], *_NO_CALLS):
            return ()
        routines = names.routines_named(name)
        if routines:
            current = sum(is_word(item, ",") and item.start < cursor for item in inner.items)
            return tuple(_signature(routine, current, head[at].start) for routine in _fitting(routines, inner, current))
    return ()


def _fitting(routines: list[Routine], group: Group, current: int) -> list[Routine]:
    """Those first that take at least as many arguments as are written."""
    written = sum(is_word(item, ",") for item in group.items) + bool(group.items)
    needed = max(written, current + 1)
    return sorted(
        routines, key=lambda routine: len(arguments_of(routine)) < needed and "VARIADIC" not in routine.arguments
    )


def _signature(routine: Routine, current: int, start: int) -> Signature:
    arguments = arguments_of(routine)
    if arguments and arguments[-1].startswith("VARIADIC"):
        current = min(current, len(arguments) - 1)
    return Signature(routine.name, arguments, routine.result, current, start)


def arguments_of(routine: Routine) -> tuple[str, ...]:
    """The arguments one by one; a comma within the parentheses of a type, or in a quoted name, divides nothing."""
    parts: list[str] = []
    depth, quoted, begun = 0, False, 0
    for place, character in enumerate(routine.arguments):
        quoted ^= character == '"'
        if not quoted:
            depth += (character == "(") - (character == ")")
            if character == "," and depth == 0:
                parts.append(routine.arguments[begun:place].strip())
                begun = place + 1
    rest = routine.arguments[begun:].strip()
    return tuple([*parts, rest] if rest else parts)
