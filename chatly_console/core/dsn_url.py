"""Takes a connection URL apart, also one whose password was pasted without percent-encoding.

No error of this module shows any part of the URL: whatever could not be read may be a piece of the password.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from chatly_console.core.failure import Failure, FailureKind

Parameters = dict[str, str]
"""Connection parameters by libpq's names; several hosts and ports are separated by commas, as there."""

_HOST = r"(?:\[[0-9A-Fa-f:.]+(?:%[\w.%-]+)?\]|[\w.~%-]*)"
_HOSTS = re.compile(rf"{_HOST}(?::\d*)?(?:,{_HOST}(?::\d*)?)*", re.ASCII)
_KEY = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_MAY_HOLD_AT = {"user", "application_name", "options", "password"}


def url_parameters(body: str) -> Parameters:
    """The parameters of a URL, given what follows `://`."""
    userinfo, place = _split_userinfo(body)
    hosts, database, query = _split_place(place)
    user, has_password, password = userinfo.partition(":")
    found: Parameters = {}
    if user:
        found["user"] = _decode(user, "user")
    if has_password and password:
        found["password"] = _decode(password, "password")
    found |= _host_parameters(hosts)
    if database:
        found["dbname"] = _decode(database, "dbname")
    found |= _query_parameters(query)
    return found


def _split_userinfo(body: str) -> tuple[str, str]:
    """`user:password` and the rest, at the `@` that leaves a host, a database and parameters behind it.

    A password may hold any of `@ : / # %`. The reading by the standard comes first; then each later `@`.
    """
    end = _first_of(body, "/?")
    standard = body.rfind("@", 0, end)
    if standard < 0:
        if _is_plausible(body):
            return "", body
        if _HOSTS.fullmatch(body[:end]) and _database_has_at(body):
            raise _unclear()
    elif _is_plausible(body[standard + 1 :]):
        return body[:standard], body[standard + 1 :]
    elif _HOSTS.fullmatch(body[standard + 1 : end]) and _database_has_at(body[standard + 1 :]):
        raise _unclear()
    for position in _positions(body, "@", max(standard + 1, end)):
        named = body[:position].partition(":")
        if named[1] and not re.search(r"[/?#]", named[0]) and _is_plausible(body[position + 1 :]):
            return body[:position], body[position + 1 :]
    raise _unclear()


def _database_has_at(place: str) -> bool:
    """Whether one reading of `host/data@base` is that of a database with an `@` in its name."""
    _, _, path = place.partition("/")
    return "@" in path and "/" not in path and "?" not in path.partition("@")[0]


def _is_plausible(place: str) -> bool:
    """Whether this reads as hosts, a database and known-looking parameters, and hides no second `@`."""
    hosts, database, query = _split_place(place)
    if not _HOSTS.fullmatch(hosts) or re.search(r"[@/#]", database):
        return False
    for pair in filter(None, query.split("&")):
        key, equals, value = pair.partition("=")
        if not equals or not _KEY.fullmatch(key) or ("@" in value and key not in _MAY_HOLD_AT):
            return False
    return True


def _split_place(place: str) -> tuple[str, str, str]:
    before, _, query = place.partition("?")
    hosts, _, database = before.partition("/")
    return hosts, database, query


def _host_parameters(hosts: str) -> Parameters:
    names, ports = [], []
    for one in hosts.split(","):
        host, port = (one, "") if one.endswith("]") else _split_port(one)
        names.append(_decode(host.removeprefix("[").removesuffix("]"), "host"))
        ports.append(port)
    found: Parameters = {}
    if any(names):
        found["host"] = ",".join(names)
    if any(ports):
        found["port"] = ",".join(ports)
    return found


def _split_port(one: str) -> tuple[str, str]:
    host, colon, port = one.rpartition(":")
    return (host, port) if colon else (one, "")


def _query_parameters(query: str) -> Parameters:
    found: Parameters = {}
    for pair in filter(None, query.split("&")):
        key, _, value = pair.partition("=")
        found[_decode(key, "parameter")] = _decode(value, "parameter")
    return found


def _decode(text: str, what: str) -> str:
    decoded = unquote(text, errors="surrogateescape")
    if any("\ud800" <= character <= "\udfff" for character in decoded):
        raise Failure(f"The connection string has percent-escapes in its {what} that are not UTF-8.", FailureKind.USAGE)
    if "\0" in decoded:
        raise Failure(f"The connection string has a NUL character in its {what}.", FailureKind.USAGE)
    return decoded


def _positions(text: str, character: str, start: int) -> Iterator[int]:
    position = text.find(character, start)
    while position >= 0:
        yield position
        position = text.find(character, position + 1)


def _first_of(text: str, characters: str) -> int:
    return min((p for c in characters if (p := text.find(c)) >= 0), default=len(text))


def _unclear() -> Failure:
    return Failure(
        "The connection URL cannot be taken apart for certain.",
        FailureKind.USAGE,
        hint="Percent-encode the password (@ is %40, : is %3A, / is %2F, ? is %3F, # is %23, % is %25), "
        "put an IPv6 address in brackets, or leave the password out and be asked for it.",
    )
