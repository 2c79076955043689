"""Whether a query may be put between parentheses, as `COPY (query) TO STDOUT` does."""

from chatly_console.core.sql.tokens import TokenKind, tokens


def can_be_enclosed(sql: str) -> bool:
    """Whether `sql` stays inside of parentheses that are put around it: one query, without `$1` parameters.

    A parenthesis of its own that closes ours would let the rest of the text be a statement of its own.
    """
    depth = 0
    for token in tokens(sql):
        if token.kind in (TokenKind.PARAMETER, TokenKind.COMMAND, TokenKind.DATA):
            return False
        if token.kind is TokenKind.OPERATOR:
            for character in sql[token.start : token.end]:
                depth += (character == "(") - (character == ")")
                if depth < 0 or character == ";":
                    return False
    return depth == 0
