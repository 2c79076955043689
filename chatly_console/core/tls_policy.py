"""Decides how a connection is protected: at least `require` off this machine, never plain by accident."""

from collections.abc import Mapping

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.secret import Secret
from chatly_console.core.target import SYSTEM_CERTIFICATES, Tls, TlsMode

_MODES = {
    "disable": "disable", "allow": "allow", "prefer": "prefer", "require": "require",
    "verify-ca": "verify-ca", "verify-full": "verify-full", "verifyca": "verify-ca",
    "verifyfull": "verify-full", "no-verify": "require", "true": "require", "1": "require", "yes": "require",
    "on": "require", "false": "disable", "0": "disable", "no": "disable", "off": "disable",
}  # fmt: skip
_VERSIONS = ("", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")


def decide_tls(parameters: Mapping[str, str], *, is_local: bool, home: str) -> tuple[Tls, tuple[str, ...]]:
    """The protection for these parameters and what to tell the person about it."""
    asked = _asked_mode(parameters)
    mode, remarks = _mode(asked, is_local=is_local)
    root = parameters.get("sslrootcert", "")
    if root and mode is TlsMode.REQUIRE:
        # libpq does the same: who names a root certificate wants it checked.
        mode = TlsMode.VERIFY_CA
    if root == SYSTEM_CERTIFICATES and asked not in ("disable",):
        # Any owner of any public certificate would pass without the name.
        mode = TlsMode.VERIFY_FULL
    return (
        Tls(
            mode=mode,
            root_certificate=_path(root, home),
            certificate=_path(parameters.get("sslcert", ""), home),
            key=_path(parameters.get("sslkey", ""), home),
            key_password=Secret(parameters["sslpassword"]) if parameters.get("sslpassword") else None,
            revocation_list=_path(parameters.get("sslcrl", ""), home),
            minimum_version=_version(parameters, "ssl_min_protocol_version"),
            maximum_version=_version(parameters, "ssl_max_protocol_version"),
            direct=_is_direct(parameters, mode),
        ),
        remarks,
    )


def _asked_mode(parameters: Mapping[str, str]) -> str:
    if parameters.get("sslaccept", "").lower() == "strict":
        return "verify-full"
    text = parameters.get("sslmode") or parameters.get("ssl") or ""
    if not text and parameters.get("requiressl") == "1":
        return "require"
    if not text:
        return ""
    found = _MODES.get(text.lower().replace("_", "-"))
    if found is None:
        raise Failure("sslmode must be one of disable, prefer, require, verify-ca, verify-full.", FailureKind.USAGE)
    return found


def _mode(asked: str, *, is_local: bool) -> tuple[TlsMode, tuple[str, ...]]:
    if asked in ("", "prefer", "allow"):
        if is_local:
            return TlsMode.PREFER, ()
        remark = f"sslmode={asked} would allow plain text: raised to require." if asked else ""
        return TlsMode.REQUIRE, (remark,) if remark else ()
    mode = TlsMode(asked)
    if mode is TlsMode.DISABLE and not is_local:
        return mode, ("TLS is off (sslmode=disable): the password and all data cross the network in plain text.",)
    return mode, ()


def _version(parameters: Mapping[str, str], name: str) -> str:
    text = parameters.get(name, "")
    if text not in _VERSIONS:
        raise Failure(f"{name} must be one of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3.", FailureKind.USAGE)
    return text


def _is_direct(parameters: Mapping[str, str], mode: TlsMode) -> bool:
    text = parameters.get("sslnegotiation", "") or "postgres"
    if text not in ("postgres", "direct"):
        raise Failure("sslnegotiation must be postgres or direct.", FailureKind.USAGE)
    if text == "direct" and mode in (TlsMode.DISABLE, TlsMode.PREFER):
        raise Failure("sslnegotiation=direct needs sslmode=require, verify-ca or verify-full.", FailureKind.USAGE)
    return text == "direct"


def _path(text: str, home: str) -> str:
    return f"{home}{text[1:]}" if home and text.startswith("~/") else text
