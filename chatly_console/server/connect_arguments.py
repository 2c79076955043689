"""Turns a target into the driver's arguments, so that nothing is left for the driver to guess.

Every argument that asyncpg would else take from the environment or from files is given: PG* variables and the
passfile have been read by `core.dsn` and `server.secrets`, by libpq's rules.
"""

import getpass
import ssl
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.target import SYSTEM_CERTIFICATES, ConnectionTarget, Tls, TlsMode

CONNECT_TIMEOUT = 10.0
"""Seconds for a connection where the target says nothing."""

_VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}


def connect_arguments(target: ConnectionTarget) -> dict[str, object]:
    """Keyword arguments for `asyncpg.connect` and `asyncpg.create_pool`; reads the certificate files.

    An unknown password is given as empty: None would send the driver looking. Raises Failure (USAGE) for
    a certificate that cannot be read.
    """
    user = target.user or getpass.getuser()
    places = target.places
    return {
        "host": [place.address or place.host for place in places],
        "port": [place.port for place in places],
        "user": user,
        "password": target.password.reveal() if target.password else "",
        "database": target.database or user,
        "ssl": _ssl_argument(target),
        "direct_tls": target.tls.direct,
        "timeout": target.connect_timeout or CONNECT_TIMEOUT,
        "server_settings": server_settings(target),
        "target_session_attrs": target.target_session_attrs,
        "krbsrvname": target.krbsrvname or "postgres",
        "gsslib": "gssapi",
        "statement_cache_size": 0 if target.pooler == "transaction" else 100,
    }


def server_settings(target: ConnectionTarget) -> dict[str, str]:
    """What is sent when a session starts; a pooler refuses all but the name (there, use SET LOCAL)."""
    settings = {"application_name": target.application_name}
    if target.pooler in ("session", "transaction"):
        return settings
    settings |= dict(target.settings)
    if target.options:
        settings["options"] = target.options
    return settings


def _ssl_argument(target: ConnectionTarget) -> ssl.SSLContext | str | bool:
    if target.tls.mode is TlsMode.DISABLE or all(place.is_socket for place in target.places):
        return False
    if target.tls.mode is TlsMode.PREFER:
        return "prefer"
    return tls_context(target)


class _NamedContext(ssl.SSLContext):
    """Verifies the server's own name where the connection goes to an address (`hostaddr`, a tunnel)."""

    names: dict[str, str]

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        """Put the name that belongs to the address in the place of the address."""
        if isinstance(server_hostname, str):
            server_hostname = self.names.get(server_hostname, server_hostname)
        return super().wrap_bio(incoming, outgoing, server_side, server_hostname, session)


def tls_context(target: ConnectionTarget) -> ssl.SSLContext:
    """The TLS context for `require`, `verify-ca` or `verify-full`."""
    tls = target.tls
    context = _NamedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.names = {place.address: place.host for place in target.places if place.address}
    context.minimum_version = _VERSIONS[tls.minimum_version or "TLSv1.2"]
    if tls.maximum_version:
        context.maximum_version = _VERSIONS[tls.maximum_version]
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if ssl.HAS_ALPN:
        context.set_alpn_protocols(["postgresql"])
    if tls.mode.verifies:
        _verify(context, tls)
    if tls.certificate:
        _load_own_certificate(context, tls)
    return context


def _verify(context: ssl.SSLContext, tls: Tls) -> None:
    root = tls.root_certificate or _default_root()
    context.verify_mode = ssl.CERT_REQUIRED
    # Public authorities vouch for everybody: without the name their certificates say nothing.
    context.check_hostname = tls.mode is TlsMode.VERIFY_FULL or root == SYSTEM_CERTIFICATES
    if root == SYSTEM_CERTIFICATES:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    else:
        _load(context, root, "root certificate (sslrootcert)")
    if tls.revocation_list:
        _load(context, tls.revocation_list, "revocation list (sslcrl)")
        context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_CHAIN


def _default_root() -> str:
    """libpq's own place for the root certificate, else the machine's authorities."""
    own = Path.home() / ".postgresql" / "root.crt"
    return str(own) if own.is_file() else SYSTEM_CERTIFICATES


def _load(context: ssl.SSLContext, path: str, what: str) -> None:
    try:
        context.load_verify_locations(cafile=path)
    except (OSError, ssl.SSLError) as error:
        raise _unreadable(what, path, error) from None


def _load_own_certificate(context: ssl.SSLContext, tls: Tls) -> None:
    password = tls.key_password.reveal() if tls.key_password else ""
    try:
        context.load_cert_chain(tls.certificate, tls.key or None, password=lambda: password)
    except (OSError, ssl.SSLError) as error:
        raise _unreadable("client certificate (sslcert, sslkey)", tls.certificate, error) from None


def _unreadable(what: str, path: str, error: OSError) -> Failure:
    reason = error.strerror if error.strerror and not isinstance(error, ssl.SSLError) else "it is no PEM certificate"
    return Failure(f"The {what} {path} cannot be used: {reason}.", FailureKind.USAGE)
