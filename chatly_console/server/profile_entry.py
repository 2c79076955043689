"""One `[profiles.NAME]` table of the configuration file: its keys, their types, and what is wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from chatly_console.core.dsn import Surroundings, parse_dsn
from chatly_console.core.failure import Failure
from chatly_console.core.target import APPLICATION_NAME, ConnectionTarget, Pooler, TlsMode
from chatly_console.server.profiles import (
    ENVIRONMENTS,
    POOL_SIZE,
    Environment,
    Profile,
    default_environment,
    environment_warning,
)

ADDRESS_KEYS = (
    "host", "hostaddr", "port", "database", "user", "service", "passfile", "sslmode", "sslrootcert",
    "sslcert", "sslkey", "sslcrl", "sslnegotiation", "connect_timeout", "application_name", "options",
    "target_session_attrs",
)  # fmt: skip
"""What stands for a `dsn` in a table of the file, by libpq's names (`database` is its `dbname`)."""

SECONDS_KEYS = (
    "statement_timeout", "lock_timeout", "idle_in_transaction_timeout", "idle_timeout", "cursor_idle_timeout",
)  # fmt: skip
_SECRET_KEYS = ("password", "sslpassword", "passwd", "pass", "pgpassword")
_POOLERS = ("none", "session", "transaction", "unknown")
_OTHER_KEYS = ("dsn", "environment", "pool_size", "read_only", "colour", "color", "ssh", "pooler")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{3}(?:[0-9A-Fa-f]{3})?|[a-z][a-z_-]*")
_SSH_HOST = re.compile(r"[^-\s][^\s]*")


class EntryError(Exception):
    """A sentence about one entry, and the key that it is about (empty: the whole table)."""

    def __init__(self, sentence: str, key: str = "") -> None:
        super().__init__(sentence)
        self.key = key


def profile_of_entry(name: str, entry: Mapping[str, object], around: Surroundings) -> Profile:
    """The profile of a table; raises EntryError with a sentence that never shows a secret."""
    for key in entry:
        if key.lower() in _SECRET_KEYS:
            raise EntryError(password_refused(name), key)
    target = _target(name, entry, around)
    environment = _choice(entry, "environment", ENVIRONMENTS)
    warning = "" if environment else environment_warning(target)
    chosen = cast(Environment, environment or default_environment(target))
    unknown = [key for key in entry if key not in (*ADDRESS_KEYS, *SECONDS_KEYS, *_OTHER_KEYS)]
    remarks = [f"“{key}” means nothing in a profile and is ignored." for key in unknown]
    return Profile(
        name=name,
        target=target,
        environment=chosen,
        pool_size=_whole(entry, "pool_size", POOL_SIZE, 1, 100),
        read_only=_truth(entry, "read_only", chosen == "production"),
        colour=_matching(entry, "colour", _COLOUR) or _matching(entry, "color", _COLOUR),
        ssh=_matching(entry, "ssh", _SSH_HOST),
        statement_timeout=_seconds(entry, "statement_timeout"),
        lock_timeout=_seconds(entry, "lock_timeout"),
        idle_in_transaction_timeout=_seconds(entry, "idle_in_transaction_timeout"),
        idle_timeout=_seconds(entry, "idle_timeout"),
        cursor_idle_timeout=_seconds(entry, "cursor_idle_timeout"),
        origin="file",
        dsn=_text(entry, "dsn"),
        warnings=(*target.warnings, *((warning,) if warning else ()), *remarks),
    )


def entry_of_target(target: ConnectionTarget) -> dict[str, str | int | float | bool]:
    """The keys by which the file says the same target; the password is not among them."""
    tls = target.tls
    options = [f"-c {k}={v}".replace("\\", "\\\\") for k, v in target.settings]
    ports = [place.port for place in target.endpoints] or [target.default_port]
    found: dict[str, str | int | float | bool] = {
        "host": ",".join(place.host for place in target.endpoints),
        "hostaddr": ",".join(place.address for place in target.endpoints if place.address),
        "port": ports[0] if len(ports) == 1 else ",".join(map(str, ports)),
        "database": target.database,
        "user": target.user,
        "sslmode": tls.mode.value if tls.mode is not TlsMode.PREFER else "",
        "sslrootcert": tls.root_certificate,
        "sslcert": tls.certificate,
        "sslkey": tls.key,
        "sslcrl": tls.revocation_list,
        "sslnegotiation": "direct" if tls.direct else "",
        "connect_timeout": target.connect_timeout or "",
        "application_name": "" if target.application_name == APPLICATION_NAME else target.application_name,
        "options": " ".join(filter(None, (*(_escaped(o) for o in options), target.options))),
        "target_session_attrs": "" if target.target_session_attrs == "any" else target.target_session_attrs,
        "pooler": "" if target.pooler == "unknown" else target.pooler,
    }
    return {key: value for key, value in found.items() if value != ""}


def _escaped(option: str) -> str:
    """A word of `options` whose value may hold spaces."""
    head, _, value = option.partition("=")
    return f"{head}={value.replace(' ', chr(92) + ' ')}"


def password_refused(name: str) -> str:
    """The sentence for a password in the file: where it belongs, and how it gets there."""
    return (
        "A password does not belong in the configuration file: take it out, and put it in the keyring with "
        f"`chatly-console profiles set-password {name}`."
    )


def _target(name: str, entry: Mapping[str, object], around: Surroundings) -> ConnectionTarget:
    address = {key: entry[key] for key in ADDRESS_KEYS if key in entry}
    dsn = _text(entry, "dsn")
    if bool(dsn) == bool(address):
        raise EntryError(f"Profile “{name}” needs either dsn or host, port, database, user.", "dsn")
    for key, value in address.items():
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise EntryError(f"“{key}” must be a text or a number.", key)
    try:
        if dsn and parse_dsn(dsn).password is not None:
            raise EntryError(password_refused(name), "dsn")
        target = parse_dsn(dsn or _keywords(address), around)
    except Failure as failure:
        raise EntryError(" ".join(filter(None, (failure.sentence, failure.hint))), "dsn") from None
    pooler = _choice(entry, "pooler", _POOLERS)
    return replace(target, name=name, pooler=cast(Pooler, pooler) if pooler else target.pooler)


def _keywords(address: Mapping[str, object]) -> str:
    """The same as a `name=value` connection string."""

    def quoted(value: object) -> str:
        return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"

    return " ".join(f"{'dbname' if k == 'database' else k}={quoted(v)}" for k, v in address.items())


def _text(entry: Mapping[str, object], key: str) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str):
        raise EntryError(f"“{key}” must be a text.", key)
    return value.strip()


def _choice(entry: Mapping[str, object], key: str, choices: tuple[str, ...]) -> str:
    value = _text(entry, key)
    if value and value not in choices:
        raise EntryError(f"“{key}” must be one of {', '.join(choices)}.", key)
    return value


def _matching(entry: Mapping[str, object], key: str, pattern: re.Pattern[str]) -> str | None:
    value = _text(entry, key)
    if value and not pattern.fullmatch(value):
        raise EntryError(f"“{key}” cannot be used as it is.", key)
    return value or None


def _truth(entry: Mapping[str, object], key: str, default: bool) -> bool:
    value = entry.get(key, default)
    if not isinstance(value, bool):
        raise EntryError(f"“{key}” must be true or false.", key)
    return value


def _whole(entry: Mapping[str, object], key: str, default: int, least: int, most: int) -> int:
    value = entry.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise EntryError(f"“{key}” must be a whole number from {least} to {most}.", key)
    return value


def _seconds(entry: Mapping[str, object], key: str) -> float | None:
    value: Any = entry.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e7:
        raise EntryError(f"“{key}” must be a number of seconds above 0.", key)
    return float(value)
