"""Where a text of the last session ends and what is typed now begins: the two must not become one statement unseen."""

from chatly_console.core.classify.words import Words

_BEGINS = frozenset(
    {"select", "with", "values", "table", "insert", "update", "delete", "merge", "explain", "create", "alter", "drop",
     "truncate", "begin", "commit", "rollback", "show", "set", "call", "do", "copy", "vacuum", "analyze", "grant",
     "revoke"}
)  # fmt: skip
"""Words with which a person begins a statement on a line of its own."""
_LOOKED_AT = 2_000


def runs_into(old: str, typed: str) -> bool:
    """Whether what is typed at the end of `old` would be glued to it, as no continuation of it is.

    >>> runs_into("select * from t", "select 1"), runs_into("select * from t", " where"), runs_into("", "s")
    (True, False, False)
    """
    return bool(old) and not old[-1].isspace() and typed[:1].isalpha()


def mixes(old: str, start: int, sql: str) -> bool:
    """Whether the statement `sql` at character `start` was left open by `old` and goes on with a new one.

    A clause that is written on belongs to the old statement, and so does anything behind a text that was changed.

    >>> mixes("delete from t", 0, "delete from t\\nselect 1"), mixes("select 1", 0, "select 1\\nwhere true")
    (True, False)
    """
    left_open = old[start:]
    added = sql[len(left_open) :]
    if not left_open or not added or not sql.startswith(left_open):
        return False
    words = added.lstrip()
    on_new_line = "\n" in added[: len(added) - len(words)] or left_open[-1] == "\n"
    return on_new_line and Words(words[:_LOOKED_AT]).text(0) in _BEGINS


def begins_statement(text: str, at: int) -> bool:
    """Whether a new statement seems to begin at a character: it is the first of a line, and such a word stands there.

    >>> begins_statement("select 1\\nselect 2", 9), begins_statement("select 1 select 2", 9)
    (True, False)
    """
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return at > 0 and not line.strip() and Words(text[at : at + 40]).text(0) in _BEGINS
