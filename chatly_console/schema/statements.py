"""Statements that definitions of all kinds have in common: grants, and how statements stand together."""

from collections.abc import Iterable

from chatly_console.core.quote import quote_identifier
from chatly_console.core.relation_details import Grant
from chatly_console.core.sql import TokenKind, tokens
from chatly_console.core.text import safe_text

_BARE = frozenset({TokenKind.KEYWORD, TokenKind.TYPE, TokenKind.IDENTIFIER, TokenKind.FUNCTION})


def in_small_letters(sql: str) -> str:
    """The same SQL with its keywords in small letters: what the server writes reads like what is written here.

    A bare word in capital letters is a keyword in any case: the server quotes names that have some.
    """
    pieces, at = [], 0
    for token in tokens(sql):
        if token.kind in _BARE:
            pieces += [sql[at : token.start], sql[token.start : token.end].lower()]
            at = token.end
    return "".join([*pieces, sql[at:]])


def remark(words: str) -> str:
    """A comment of SQL, on one line whatever names are in it: what follows a line break would be run."""
    return f"-- {safe_text(words)}"


def grants_definition(
    noun: str, name: str, grants: Iterable[Grant], owner: str, *, by_default: bool = False
) -> list[str]:
    """GRANT statements for everybody but the owner, who has all rights anyway; what others handed on, as these others.

    `by_default` is for routines, which everybody may execute unless that was taken away.
    """
    granted: dict[tuple[str, str, bool], list[str]] = {}
    everybody = False
    for grant in grants:
        everybody |= grant.grantee == "public"
        if grant.grantee != owner and not (by_default and grant.grantee == "public"):
            column = f" ({quote_identifier(grant.column)})" if grant.column else ""
            key = (grant.grantor or owner, grant.grantee, grant.is_grantable)
            granted.setdefault(key, []).append(grant.privilege.lower() + column)
    statements = [f"revoke all on {noun} {name} from public;"] if by_default and not everybody else []
    for grantor, grantee, grantable in _as_handed_on(granted, owner):
        to = grantee if grantee == "public" else quote_identifier(grantee)
        option = " with grant option" if grantable else ""
        privileges = ", ".join(granted[grantor, grantee, grantable])
        statement = f"grant {privileges} on {noun} {name} to {to}{option};"
        as_other = f"set role {quote_identifier(grantor)};\n{statement}\nreset role;"
        statements.append(statement if grantor == owner else as_other)
    return statements


def _as_handed_on(granted: Iterable[tuple[str, str, bool]], owner: str) -> list[tuple[str, str, bool]]:
    """The same, each after the one by which its grantor got the right to grant."""
    rest, ordered, may = list(granted), list[tuple[str, str, bool]](), {owner}
    while rest:
        now = [one for one in rest if one[0] in may] or rest
        ordered += now
        may |= {grantee for _, grantee, _ in now}
        rest = [one for one in rest if one not in now]
    return ordered


def grouped(statements: list[str]) -> list[str]:
    """Statements of one line that begin alike stand together; the others have a blank line around them."""
    groups: list[str] = []
    last = ""
    for statement in statements:
        verb = statement.split(" ", 1)[0] if "\n" not in statement else ""
        if verb and verb == last:
            groups[-1] += f"\n{statement}"
        else:
            groups.append(statement)
        last = verb
    return groups
