"""SQL as text: split by psql's rules, the statement at the cursor, and tokens for colouring."""

from chatly_console.core.sql.enclosed import can_be_enclosed
from chatly_console.core.sql.inline import Part, data_below, parts
from chatly_console.core.sql.script import Script, split, statement_at
from chatly_console.core.sql.statement import Statement
from chatly_console.core.sql.tokens import Token, TokenKind, tokens

__all__ = [
    "Part", "Script", "Statement", "Token", "TokenKind", "can_be_enclosed", "data_below", "parts", "split",
    "statement_at", "tokens",
]  # fmt: skip
