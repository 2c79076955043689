"""Takes `host=h user='u v'` apart, by libpq's rules, and .NET's `Host=h;Username=u`.

No error of this module shows a value or a name that it does not know: either may be a piece of the password.
"""

import re

from chatly_console.core.dsn_url import Parameters
from chatly_console.core.failure import Failure, FailureKind

_KEY = re.compile(r"\s*([^\s=]+)\s*=\s*", re.DOTALL)
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'(?=\s|$)", re.DOTALL)
_BARE = re.compile(r"((?:[^\s\\']|\\.)*)(?=\s|$)", re.DOTALL)

_PIECE = re.compile(r"\s*([^=;]+?)\s*=\s*(\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'|[^;]*)\s*(?:;|$)")

_DOTNET = {
    "server": "host", "host": "host", "port": "port", "database": "dbname", "user id": "user",
    "userid": "user", "username": "user", "user name": "user", "password": "password", "ssl mode": "sslmode",
    "sslmode": "sslmode",
    "root certificate": "sslrootcert", "search path": "schema", "application name": "application_name",
    "timeout": "connect_timeout", "options": "options", "passfile": "passfile",
}  # fmt: skip


def keyword_parameters(text: str) -> Parameters:
    """The parameters of a `name=value` connection string."""
    found: Parameters = {}
    position = 0
    while text[position:].strip():
        key = _KEY.match(text, position)
        if key is None:
            raise _unclear()
        value = _QUOTED.match(text, key.end()) or _BARE.match(text, key.end())
        if value is None:
            raise _unclear()
        found[key[1]] = re.sub(r"\\(.)", r"\1", value[1], flags=re.DOTALL)
        position = value.end()
    return found


def is_semicolon_string(text: str) -> bool:
    """Whether this is .NET's form: `Host=…;Database=…`."""
    first, semicolon, rest = text.partition(";")
    keys = [piece.partition("=")[0].strip().lower() for piece in (first, rest) if piece.strip()]
    return bool(semicolon) and first.count("=") == 1 and all(key in _DOTNET for key in keys)


def semicolon_parameters(text: str) -> Parameters:
    """The parameters of .NET's form, under libpq's names where they have one."""
    found: Parameters = {}
    position = 0
    while text[position:].strip(" ;"):
        piece = _PIECE.match(text, position)
        if piece is None:
            raise _unclear()
        position = piece.end()
        key, value = piece[1], piece[2]
        quote = value[:1] if value[:1] in ("'", '"') and len(value) > 1 else ""
        plain = value[1:-1].replace(quote * 2, quote) if quote else value.strip()
        found[_DOTNET.get(key.lower(), key)] = plain
    if "sslmode" in found:
        found["sslmode"] = re.sub(r"(?<=verify)(?=ca|full)", "-", found["sslmode"].lower())
    return found


def _unclear() -> Failure:
    return Failure(
        "The connection string cannot be taken apart: each part must be name=value.",
        FailureKind.USAGE,
        hint="Put a value with spaces or quotes in single quotes (a quote is \\', a backslash \\\\), or "
        "leave the password out and be asked for it.",
    )
