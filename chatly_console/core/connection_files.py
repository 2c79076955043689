"""libpq's two files, as pure functions over their text: `pg_service.conf` and `.pgpass`."""

import re

from chatly_console.core.dsn_url import Parameters
from chatly_console.core.target import SOCKET_FOLDERS, ConnectionTarget, Endpoint

_FIELD = r"((?:[^:\\]|\\.|\\$)*)"
_PASSFILE_LINE = re.compile(":".join([_FIELD] * 5))


def service_parameters(text: str, service: str) -> Parameters | None:
    """The parameters of `[service]` in a service file; None where it has no such section."""
    found: Parameters | None = None
    for line in text.splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            if found is not None:
                return found
            if line == f"[{service}]":
                found = {}
        elif found is not None and "=" in line:
            key, _, value = line.partition("=")
            found.setdefault(key.strip(), value.strip())
    return found


def service_names(text: str) -> list[str]:
    """The sections of a service file, for a list to choose from."""
    return re.findall(r"^\s*\[([^\]]+)\]\s*$", text, re.MULTILINE)


def password_in_passfile(text: str, target: ConnectionTarget) -> str | None:
    """The password that a passfile has for the first of the target's servers that it names."""
    entries = [fields for line in text.splitlines() if (fields := _entry(line))]
    for place in target.places:
        wanted = (_passfile_host(place), str(place.port), target.database_name, target.user)
        for *pattern, password in entries:
            if all(p in ("*", w) for p, w in zip(pattern, wanted, strict=True)):
                return password
    return None


def _passfile_host(place: Endpoint) -> str:
    return "localhost" if place.host in SOCKET_FOLDERS else place.host or place.address


def _entry(line: str) -> list[str]:
    """The five fields of a line, unescaped; empty for a comment or something else."""
    if line.startswith("#"):
        return []
    fields = _PASSFILE_LINE.match(line)
    return [re.sub(r"\\(.)", r"\1", one) for one in fields.groups()] if fields else []
