"""Whether an expression can be indexed: only one that always makes the same of the same columns.

This leaves out what is plainly none; the server has the last word.
"""

import re

from chatly_console.advisor.indexes.deparsed import bare_of_strings
from chatly_console.advisor.indexes.table_info import TableInfo

_CHANGES = re.compile(
    r"\b(?:now|random|clock_timestamp|statement_timestamp|timeofday|age|to_char|to_date|to_timestamp|concat|concat_ws"
    r"|format|quote_literal|current_setting|nextval|CURRENT_\w+|LOCALTIME\w*|SESSION_USER)\b"
)
"""What is not the same for ever of the same columns."""
_DISTANCE = re.compile(r"<->|<=>|<#>|<\+>")


def may_be_constant(expression: str, table: TableInfo) -> bool:
    """Whether it looks as if it depended on nothing but its columns: on no time zone, no setting, no time."""
    text = bare_of_strings(expression).replace("''::text", "''")
    if _CHANGES.search(text):
        return False
    used = [facts for name, facts in table.columns.items() if re.search(rf"(?<![\w.]){re.escape(name)}(?![\w(])", text)]
    with_zone = [facts for facts in used if facts.type == "timestamp with time zone"]
    to_text = re.search(r"::(?:text|character varying)", text) and any(facts.category == "D" for facts in used)
    return not to_text and len(with_zone) <= text.count(" AT TIME ZONE ")


def may_be_sorted(key: str, table: TableInfo) -> bool:
    """Whether a B-tree could give this order: that of a column, or of an expression other than a distance."""
    return not key.startswith("(") or (may_be_constant(key, table) and not _DISTANCE.search(bare_of_strings(key)))
