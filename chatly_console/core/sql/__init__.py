"""SQL as text: split by psql's rules, the statement at the cursor, and tokens for colouring."""

from chatly_console.core.sql.script import Script, split, statement_at
from chatly_console.core.sql.statement import Statement

__all__ = ["Script", "Statement", "split", "statement_at"]
