"""Passwords taken out of statements before anything keeps them."""

import re

from chatly_console.core.sql.tokens import TokenKind, scan

HIDDEN = "'***'"

_URL = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://[^\s:/@'\"]*):[^\s'\"]*@(?=[^\s@'\"]*)")
_KEY_VALUE = re.compile(
    r"(?i)\b((?:ssl)?password|passwd|pwd)\s*=\s*(?:''(?:[^'\\]|\\.|''(?='))*''|'(?:[^'\\]|\\.)*'|[^\s'\",;]+)"
)
_SECRET_WORDS = frozenset(
    {"password", "passwd", "secret", "api_key", "apikey", "access_key", "secret_key", "service_key"}
)
_PASSING = frozenset({"encrypted", "is", "=", "=>", ":=", ":", "to"})
_SECRET_CALLS = frozenset(
    {"crypt", "pgp_sym_encrypt", "pgp_sym_decrypt", "create_secret", "update_secret", "hmac", "digest"}
)
_META_PASSWORD = re.compile(r"(?im)^(\s*\\password\b[^\n]*?)(\s+'[^\n]*')[^\n]*$")


def redact(sql: str) -> str:
    """`sql` without its passwords: role passwords, options of foreign servers, connection strings and
    secrets."""
    pieces: list[str] = []
    kept = 0
    for start, end in _secrets(sql):
        pieces += [sql[kept:start], HIDDEN]
        kept = end
    pieces.append(sql[kept:])
    text = _META_PASSWORD.sub(r"\1 ***", "".join(pieces))
    text = _URL.sub(r"\1:***@", text)
    return _KEY_VALUE.sub(_hide_value, text)


def _secrets(sql: str) -> list[tuple[int, int]]:
    """The string literals that stand where a password stands."""
    found: list[tuple[int, int]] = []
    before = ""
    calls: list[bool] = []
    for start, end, kind in scan(sql, 0, len(sql), into_bodies=False):
        if kind is TokenKind.COMMENT:
            continue
        raw = sql[start:end]
        if kind is TokenKind.STRING:
            if found and found[-1][1] == start:
                found[-1] = (found[-1][0], end)
            elif before in _SECRET_WORDS or (calls and calls[-1]):
                found.append((start, end))
            else:
                word = raw.strip("'").lower()
                before = word if word in _SECRET_WORDS else ""
            continue
        word = raw.lower()
        if raw == "(":
            calls.append(before in _SECRET_CALLS)
        elif raw == ")" and calls:
            calls.pop()
        if word not in _PASSING:
            before = word.strip('"')
    return found


def _hide_value(match: re.Match[str]) -> str:
    if match[0].endswith(HIDDEN) or match[0].endswith("***"):
        return match[0]
    return f"{match[1]}=***"
