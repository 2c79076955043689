"""Reads whatever users paste as a connection string, with libpq's environment and files around it.

`parse_dsn` takes URLs (of PostgreSQL, SQLAlchemy, JDBC, Prisma), `name=value` strings, .NET strings and a
pasted psql command; `from_environment` takes the PG* variables alone. Both are pure: files are read by the
function given to them.
"""

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from chatly_console.core.connection_files import password_in_passfile, service_parameters
from chatly_console.core.dsn_keywords import is_semicolon_string, keyword_parameters, semicolon_parameters
from chatly_console.core.dsn_url import Parameters, url_parameters
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.target import ConnectionTarget, Endpoint, Pooler, Tls, TlsMode
from chatly_console.core.target_from import build_target, translate

__all__ = [
    "ConnectionTarget", "Endpoint", "Pooler", "Surroundings", "Tls", "TlsMode", "from_environment",
    "parse_dsn", "password_in_passfile",
]  # fmt: skip

ReadFile = Callable[[str], str | None]
"""The text of a file, or None where it is not there or may not be read."""

_URL = re.compile(r"(?:jdbc:)?(?:postgresql|postgres|pgsql|cockroachdb)(?:\+\w+)?://", re.IGNORECASE)
_ASSIGNMENT = re.compile(r"(?:export\s+)?[A-Z][A-Z0-9_]*\s*=\s*(?=[\"']?\w*:?\w+(?:\+\w+)?://)")

_VARIABLES = {
    "PGHOST": "host", "PGHOSTADDR": "hostaddr", "PGPORT": "port", "PGDATABASE": "dbname", "PGUSER": "user",
    "PGPASSWORD": "password", "PGPASSFILE": "passfile", "PGOPTIONS": "options",
    "PGAPPNAME": "application_name",
    "PGSSLMODE": "sslmode", "PGREQUIRESSL": "requiressl", "PGSSLCERT": "sslcert", "PGSSLKEY": "sslkey",
    "PGSSLROOTCERT": "sslrootcert", "PGSSLCRL": "sslcrl", "PGSSLNEGOTIATION": "sslnegotiation",
    "PGSSLMINPROTOCOLVERSION": "ssl_min_protocol_version",
    "PGSSLMAXPROTOCOLVERSION": "ssl_max_protocol_version",
    "PGCONNECT_TIMEOUT": "connect_timeout", "PGTARGETSESSIONATTRS": "target_session_attrs",
    "PGKRBSRVNAME": "krbsrvname",
}  # fmt: skip
_SETTING_VARIABLES = {"PGTZ": "TimeZone", "PGDATESTYLE": "DateStyle", "PGGEQO": "geqo"}


def _no_file(path: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What libpq looks at beside the connection string itself; by default nothing."""

    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    read_file: ReadFile = _no_file
    home: str = ""
    os_user: str = ""


NOWHERE = Surroundings()


def parse_dsn(text: str, around: Surroundings = NOWHERE) -> ConnectionTarget:
    """The target that `text` names; raises Failure (USAGE), which never shows any part of a password."""
    return _complete(translate(_parameters(text)), around)


def from_environment(around: Surroundings) -> ConnectionTarget:
    """The target that the PG* variables and service files name, as psql without arguments would take it."""
    return _complete({}, around)


def _parameters(text: str) -> Parameters:
    text = text.strip()
    if text.startswith("psql "):
        return _psql_parameters(text)
    text = _ASSIGNMENT.sub("", text, count=1)
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`":
        text = text[1:-1].strip()
    if "\0" in text or "\n" in text:
        raise Failure("A connection string is one line of text.", FailureKind.USAGE)
    url = _URL.match(text)
    if url is not None:
        return url_parameters(text[url.end() :])
    if is_semicolon_string(text):
        return semicolon_parameters(text)
    if "=" in text and "://" not in text.partition("=")[0]:
        return keyword_parameters(text)
    raise Failure(
        "This is not a PostgreSQL connection string.",
        FailureKind.USAGE,
        hint="Write postgresql://user@host:5432/database, or host=… port=… user=… dbname=…",
    )


def _psql_parameters(text: str) -> Parameters:
    """The parameters of a pasted `psql -h host -p 5432 -U user -d database`, or `psql 'postgresql://…'`."""
    options = {"-h": "host", "-p": "port", "-U": "user", "-d": "dbname"}
    options |= {"--host": "host", "--port": "port", "--username": "user", "--dbname": "dbname"}
    try:
        words = shlex.split(text)[1:]
    except ValueError:
        words = []
    if not words:
        raise Failure("This psql command cannot be taken apart.", FailureKind.USAGE)
    found: Parameters = {}
    positional = iter(("dbname", "user"))
    while words:
        word = words.pop(0)
        name, equals, value = word.partition("=")
        if word[:2] in options and len(word) > 2:
            found[options[word[:2]]] = word[2:]
        elif word in options and words:
            found[options[word]] = words.pop(0)
        elif equals and name in options:
            found[options[name]] = value
        elif not word.startswith("-"):
            found[next(positional, "")] = word
    found.pop("", None)
    database = found.get("dbname", "")
    if "=" in database or "://" in database:
        return _parameters(found.pop("dbname")) | found
    return found


def _complete(parameters: Parameters, around: Surroundings) -> ConnectionTarget:
    """Fill in from the service file, then from the environment, as libpq does, and build the target."""
    service = parameters.pop("service", "") or around.environ.get("PGSERVICE", "")
    merged = dict(parameters)
    if service:
        merged = translate(_service(service, around)) | merged
    variables = {name: around.environ[v] for v, name in _VARIABLES.items() if around.environ.get(v)}
    if "host" in merged and "hostaddr" not in merged:
        variables.pop("hostaddr", None)
    if "host" in merged or "hostaddr" in merged:
        variables.pop("host", None)
    merged = translate(variables) | merged
    settings = [(name, around.environ[v]) for v, name in _SETTING_VARIABLES.items() if around.environ.get(v)]
    return build_target(merged, settings, home=around.home, os_user=around.os_user)


def _service(service: str, around: Surroundings) -> Parameters:
    own = around.environ.get("PGSERVICEFILE") or (f"{around.home}/.pg_service.conf" if around.home else "")
    system = around.environ.get("PGSYSCONFDIR", "")
    files = [path for path in (own, f"{system}/pg_service.conf" if system else "") if path]
    for path in files:
        text = around.read_file(path)
        found = None if text is None else service_parameters(text, service)
        if found is not None:
            return found
    raise Failure(
        f"There is no service “{service}” in {' or '.join(files) or 'any service file'}.",
        FailureKind.USAGE,
        hint="Set PGSERVICEFILE, or add the service to ~/.pg_service.conf.",
    )
