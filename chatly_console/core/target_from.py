"""From named parameters to a target: the dialects of other drivers, the poolers, and our TLS policy."""

import re
from collections.abc import Sequence

from chatly_console.core.dsn_url import Parameters
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.pooler import pooler_of
from chatly_console.core.secret import Secret
from chatly_console.core.target import (
    APPLICATION_NAME,
    DEFAULT_PORT,
    ConnectionTarget,
    Endpoint,
)
from chatly_console.core.tls_policy import decide_tls

_RENAMED = {
    "database": "dbname", "username": "user", "applicationname": "application_name",
    "connecttimeout": "connect_timeout", "currentschema": "schema", "search_path": "schema",
    "sslca": "sslrootcert", "fallback_application_name": "application_name",
    "targetservertype": "target_session_attrs",
}  # fmt: skip
"""Other drivers' names, in lower case, for what libpq has too."""

_KNOWN = {
    "host", "hostaddr", "port", "dbname", "user", "password", "passfile", "service", "connect_timeout",
    "application_name", "options", "target_session_attrs", "krbsrvname", "schema", "ssl", "sslmode",
    "sslaccept", "requiressl", "sslrootcert", "sslcert", "sslkey", "sslpassword", "sslcrl", "sslnegotiation",
    "ssl_min_protocol_version", "ssl_max_protocol_version", "pgbouncer", "prepared_threshold",
    "prepare_threshold", "preparethreshold", "statement_cache_size", "prepared_statement_cache_size",
}  # fmt: skip

_WITHOUT_EFFECT = {
    "channel_binding", "require_auth", "client_encoding", "keepalives", "keepalives_idle",
    "keepalives_interval", "keepalives_count", "tcp_user_timeout", "gssencmode", "gsslib", "gssdelegation",
    "sslcompression", "sslsni", "sslcertmode", "sslcrldir", "requirepeer", "load_balance_hosts",
    "min_protocol_version", "max_protocol_version", "replication", "scram_client_key", "scram_server_key",
    "connection_limit", "pool_timeout", "socket_timeout",
}  # fmt: skip
"""Known names that we drop: they are none of a password, so a message may name them."""

_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z _-]*PASSWORD\]|<[a-z_ -]*password>|\[PASSWORD\]|\{password\}", re.IGNORECASE)
_SESSION_ATTRIBUTES = {
    "any": "any", "read-write": "read-write", "read-only": "read-only", "primary": "primary",
    "standby": "standby", "prefer-standby": "prefer-standby", "master": "primary", "secondary": "standby",
    "slave": "standby", "preferprimary": "any", "prefersecondary": "prefer-standby",
    "preferslave": "prefer-standby",
}  # fmt: skip


def translate(parameters: Parameters) -> Parameters:
    """The same parameters under libpq's names; those that nobody knows keep theirs behind a `?`.

    A name that nobody knows right behind a password is taken for a piece of it, and refused.
    """
    found: Parameters = {}
    previous = ""
    for key, value in parameters.items():
        name = key if key in _KNOWN else _RENAMED.get(key.lower(), key.lower())
        if name not in _KNOWN and name not in _WITHOUT_EFFECT:
            if previous == "password":
                raise Failure(
                    "The password in the connection string is not encoded: what follows it cannot be read.",
                    FailureKind.USAGE,
                    hint="Percent-encode it in a URL (& is %26, = is %3D), or put it in single quotes behind "
                    "password= otherwise.",
                )
            name = f"?{name}"
        elif name in _WITHOUT_EFFECT:
            name = f"?{name}"
        found[name] = value
        previous = name
    return found


def build_target(
    parameters: Parameters, settings: Sequence[tuple[str, str]], *, home: str = "", os_user: str = ""
) -> ConnectionTarget:
    """The target of these (translated) parameters; `settings` are server settings, weaker than theirs."""
    endpoints, default_port = _endpoints(parameters)
    options, leftover = _options(parameters.get("options", ""))
    all_settings = dict(settings) | options
    if parameters.get("schema"):
        all_settings.setdefault("search_path", parameters["schema"])
    password = parameters.get("password")
    warnings: list[str] = []
    if password is not None and _PLACEHOLDER.fullmatch(password):
        password = None
        warnings.append("The connection string has a placeholder for the password: it will be asked for.")
    draft = ConnectionTarget(endpoints, default_port)
    tls, remarks = decide_tls(parameters, is_local=draft.is_local, home=home)
    pooler, remark = pooler_of(endpoints, parameters)
    user = parameters.get("user", "") or os_user
    return ConnectionTarget(
        endpoints=endpoints,
        default_port=default_port,
        database=parameters.get("dbname", "") or user,
        user=user,
        password=Secret(password) if password else None,
        passfile=parameters.get("passfile", "") or (f"{home}/.pgpass" if home else ""),
        tls=tls,
        connect_timeout=_seconds(parameters.get("connect_timeout", "")),
        application_name=parameters.get("application_name") or APPLICATION_NAME,
        settings=tuple(all_settings.items()),
        options=leftover,
        target_session_attrs=_session_attributes(parameters.get("target_session_attrs", "")),
        krbsrvname=parameters.get("krbsrvname", ""),
        pooler=pooler,
        ignored=tuple(name[1:] for name in parameters if name.startswith("?")),
        warnings=(*warnings, *remarks, *remark),
    )


def _endpoints(parameters: Parameters) -> tuple[tuple[Endpoint, ...], int]:
    hosts = parameters["host"].split(",") if parameters.get("host") else []
    addresses = parameters["hostaddr"].split(",") if parameters.get("hostaddr") else []
    ports = [_port(port) for port in parameters.get("port", "").split(",")]
    count = max(len(hosts), len(addresses))
    if hosts and addresses and len(hosts) != len(addresses):
        raise Failure("The connection string has not as many addresses as hosts.", FailureKind.USAGE)
    if len(ports) == 1:
        ports *= max(count, 1)
    if len(ports) != max(count, 1):
        raise Failure("The connection string has not as many ports as hosts.", FailureKind.USAGE)
    if not any(hosts) and not any(addresses):
        return (), ports[0]
    named = zip(hosts or [""] * count, ports, addresses or [""] * count, strict=True)
    return tuple(
        Endpoint(host.strip() or address or "localhost", port, address) for host, port, address in named
    ), ports[0]


def _port(text: str) -> int:
    if not text.strip():
        return DEFAULT_PORT
    if text.strip().isascii() and text.strip().isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise Failure("The port of the connection string must be a number from 1 to 65535.", FailureKind.USAGE)


def _seconds(text: str) -> float | None:
    if not text:
        return None
    if not re.fullmatch(r"-?\d{1,9}(?:\.\d*)?", text.strip(), re.ASCII):
        raise Failure("connect_timeout must be a number of seconds.", FailureKind.USAGE)
    seconds = float(text)
    return seconds if seconds > 0 else None


def _session_attributes(text: str) -> str:
    found = _SESSION_ATTRIBUTES.get(text.lower() or "any")
    if found is None:
        raise Failure(
            "target_session_attrs must be any, read-write, read-only, primary, standby or prefer-standby.",
            FailureKind.USAGE,
        )
    return found


def _options(text: str) -> tuple[dict[str, str], str]:
    """Settings of `-c name=value` and `--name=value`, and the words that are something else."""
    words = [re.sub(r"\\(.)", r"\1", word) for word in re.findall(r"(?:[^\s\\]|\\.)+", text)]
    settings: dict[str, str] = {}
    leftover = []
    while words:
        word = words.pop(0)
        if word == "-c" and words:
            word = "-c" + words.pop(0)
        name, equals, value = word[2:].partition("=")
        if word[:2] in ("-c", "--") and equals and name:
            settings[name.replace("-", "_")] = value
        else:
            leftover.append(re.sub(r"([\s\\])", r"\\\1", word))
    return settings, " ".join(leftover)
