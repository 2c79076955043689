"""Where a connection goes and how it is protected: the one form of every connection string.

`core.dsn` makes these from what users paste; `server.connect_arguments` makes of them what the driver takes.
"""

import ipaddress
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Literal

from chatly_console.core.secret import Secret

Pooler = Literal["none", "session", "transaction", "unknown"]
"""What stands between us and the server; `unknown` has to be found out from its behaviour."""

DEFAULT_PORT = 5432
APPLICATION_NAME = "chatly-console"
SOCKET_FOLDERS = ("/run/postgresql", "/var/run/postgresql", "/tmp")  # noqa: S108 - where servers put their sockets
"""Where servers usually put their sockets; tried in this order where no host is named."""


class TlsMode(Enum):
    """How the way there is protected; libpq's `allow` is not here: it is plain text by another name."""

    DISABLE = "disable"
    PREFER = "prefer"
    """Only on this machine: TLS where the server has it."""
    REQUIRE = "require"
    VERIFY_CA = "verify-ca"
    VERIFY_FULL = "verify-full"

    @property
    def verifies(self) -> bool:
        """Whether the server's certificate is checked."""
        return self in (TlsMode.VERIFY_CA, TlsMode.VERIFY_FULL)


SYSTEM_CERTIFICATES = "system"
"""The value of `Tls.root_certificate` that means the machine's own certificate authorities."""


@dataclass(frozen=True, slots=True)
class Tls:
    """TLS as it was asked for and as our policy made it; files are paths, not yet read."""

    mode: TlsMode = TlsMode.PREFER
    root_certificate: str = ""
    certificate: str = ""
    key: str = ""
    key_password: Secret | None = None
    revocation_list: str = ""
    minimum_version: str = ""
    maximum_version: str = ""
    direct: bool = False
    """TLS from the first byte (`sslnegotiation=direct`, PostgreSQL 17 and later)."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One server of a target: its name, the address to go to (empty: look the name up), its port."""

    host: str
    port: int
    address: str = ""

    @property
    def is_socket(self) -> bool:
        """Whether this is a Unix socket's folder."""
        return self.host.startswith("/")

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine, as far as its name says."""
        if self.is_socket or self.host.lower() in ("localhost", "localhost."):
            return True
        try:
            return ipaddress.ip_address(self.host.partition("%")[0]).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host and not self.is_socket else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class ConnectionTarget:
    """Everything that is needed to connect. `repr` and `display` never show a secret.

    Without `endpoints` the usual socket folders are tried, then localhost. An empty `user` is the operating
    system's, an empty `database` the one named like the user. `settings` are server settings by name (from
    `options=-c name=value`); `options` is what of that text was not understood. `ignored` names parameters
    that were dropped; `warnings` are sentences for the person.
    """

    endpoints: tuple[Endpoint, ...] = ()
    default_port: int = DEFAULT_PORT
    database: str = ""
    user: str = ""
    password: Secret | None = field(default=None, repr=False)
    passfile: str = ""
    tls: Tls = field(default_factory=Tls)
    connect_timeout: float | None = None
    application_name: str = APPLICATION_NAME
    settings: tuple[tuple[str, str], ...] = ()
    options: str = ""
    target_session_attrs: str = "any"
    krbsrvname: str = ""
    pooler: Pooler = "unknown"
    name: str = ""
    ignored: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[Endpoint, ...]:
        """The endpoints, or where a server is looked for if none is named."""
        if self.endpoints:
            return self.endpoints
        return tuple(Endpoint(host, self.default_port) for host in (*SOCKET_FOLDERS, "localhost"))

    @property
    def is_local(self) -> bool:
        """Whether every server of the target is on this machine."""
        return all(place.is_local for place in self.places)

    @property
    def host(self) -> str:
        """The first server's name, address or socket folder; `localhost` where none is named."""
        return self.endpoints[0].host if self.endpoints else "localhost"

    @property
    def port(self) -> int:
        """The first server's port."""
        return self.places[0].port

    @property
    def place(self) -> str:
        """`host:port`, several with commas."""
        return ",".join(map(str, self.endpoints)) or f"localhost:{self.default_port}"

    @property
    def database_name(self) -> str:
        """The database that will be connected: named, or the user's own."""
        return self.database or self.user

    @property
    def display(self) -> str:
        """`host:port/database`, for a title or a sentence."""
        return f"{self.place}/{self.database_name}"

    def with_password(self, password: str | Secret) -> "ConnectionTarget":
        """The same target with this password."""
        return replace(self, password=password if isinstance(password, Secret) else Secret(password))

    def with_database(self, database: str) -> "ConnectionTarget":
        """The same server, another database."""
        return replace(self, database=database)

    def through(self, address: str, port: int) -> "ConnectionTarget":
        """The same server through a tunnel at `address`; TLS still verifies the server's own name."""
        return replace(self, endpoints=(Endpoint(self.host, port, address),))
