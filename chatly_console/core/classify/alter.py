"""The lock of ALTER TABLE, action by action, as measured on PostgreSQL 18."""

from chatly_console.core.classify.types import strongest
from chatly_console.core.classify.words import Words

_LIGHT = (
    ("validate", "constraint"),
    ("cluster", "on"),
    ("set", "without", "cluster"),
    ("set", "statistics"),
    ("attach", "partition"),
    ("set", "("),
    ("reset", "("),
)


def alter_table_lock(words: Words) -> str:
    """The strongest lock of the actions on the table itself."""
    return strongest([_action_lock(action) for action in _actions(words.top)])


def _actions(top: list[str]) -> list[list[str]]:
    actions: list[list[str]] = [[]]
    for word in top:
        if word == ",":
            actions.append([])
        else:
            actions[-1].append(word)
    return actions


def _action_lock(action: list[str]) -> str:
    if _has(action, "detach", "partition"):
        return "SHARE UPDATE EXCLUSIVE" if "concurrently" in action else "ACCESS EXCLUSIVE"
    if any(_has(action, *light) for light in _LIGHT):
        return "SHARE UPDATE EXCLUSIVE"
    if _has(action, "enable", "trigger") or _has(action, "disable", "trigger"):
        return "SHARE ROW EXCLUSIVE"
    if _has(action, "foreign", "key") and "column" not in action:
        return "SHARE ROW EXCLUSIVE"
    return "ACCESS EXCLUSIVE"


def _has(action: list[str], *words: str) -> bool:
    count = len(words)
    return any(tuple(action[index : index + count]) == words for index in range(len(action)))
