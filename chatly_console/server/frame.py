"""The statements that the executor puts before and after a user's statement, each in one round trip.

They go as one simple query, so all values stand in them as quoted constants.
"""

import re
from collections.abc import Mapping

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.core.request import Mode, Request

_DEALLOCATE = "deallocate all"

# A pooler may keep prepared statements of its own on the server connection: only those of PREPARE are ours.
_DEALLOCATE_OWN = (
    "do $chatly$ declare name text; begin for name in select s.name from pg_catalog.pg_prepared_statements s "
    "where s.from_sql loop execute pg_catalog.format('deallocate %I', name); end loop; end $chatly$"
)

# DISCARD ALL would do, but it must stand alone and so cost a round trip more.
_CLEAN = (
    "set session authorization default; reset role; reset all; close all; deallocate all; unlisten *; "
    "select pg_catalog.pg_advisory_unlock_all(); discard temp; discard sequences"
)

# What a rollback does not undo. It does undo settings, roles, temporary objects, cursors and LISTEN.
_CLEAN_AFTER_ROLLBACK = "select pg_catalog.pg_advisory_unlock_all(); deallocate all; discard sequences"

_SETTABLE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?\Z")
_SAYS_WHO = frozenset({"role", "session_authorization", "is_superuser", "row_security"})

# PostgREST clears nothing of the old form, but `auth.uid()` looks there first: an old setting would win.
_LEGACY_CLAIMS = ("sub", "role", "email", "aud", "exp")


def opening(request: Request, *, settings: Mapping[str, str], pre_request: str = "") -> str:
    """BEGIN with the transaction's own settings and, for an impersonation, what PostgREST makes of a request.

    `settings` are the role's own (ALTER ROLE ... SET), applied before the role as PostgREST does; `pre_request`
    is the name of its hook, already quoted.
    """
    access = "read only" if request.mode is Mode.READ_ONLY else "read write"
    return "; ".join([f"begin {access}", *becoming(request, settings, pre_request)])


def becoming(request: Request, settings: Mapping[str, str], pre_request: str) -> list[str]:
    """The statements that make a transaction the request's identity's, with its settings and limits."""
    identity = request.identity
    parts = [_set_local(name, value) for name, value in settings.items()]
    parts += timeouts(request)
    if identity.role is not None:
        parts.append(f"set local role {quote_identifier(identity.role)}")
        parts.append(_request_settings(identity.claims, read_only=request.mode is Mode.READ_ONLY))
        if pre_request:
            parts.append(f"select {pre_request}()")
    parts += [local_setting(name, value) for name, value in request.settings]
    return parts


def local_setting(name: str, value: str) -> str:
    """SET LOCAL for a setting that a caller chose; one that says who is asking, or as what, is refused."""
    if not _SETTABLE.match(name) or name.startswith(("request.", "transaction_")) or name in _SAYS_WHO:
        raise Failure(f"{name} cannot be set for one statement.", FailureKind.REFUSED)
    return _set_local(name, value)


def timeouts(request: Request, *, local: bool = True) -> list[str]:
    """The SET statements for the limits that the request carries (seconds, sent as milliseconds)."""
    scope = "local " if local else ""
    limits = (("statement_timeout", request.statement_timeout), ("lock_timeout", request.lock_timeout))
    return [f"set {scope}{name} to {max(1, round(limit * 1000))}" for name, limit in limits if limit is not None]


def rolling_back(*, transaction_pooler: bool) -> str:
    """What undoes an open transaction and leaves the connection as good as new.

    A pooler keeps the server connection until the whole query has ended, so all of it meets the same session.
    """
    clean = _CLEAN_AFTER_ROLLBACK
    return f"rollback; {clean.replace(_DEALLOCATE, _DEALLOCATE_OWN) if transaction_pooler else clean}"


def committing(*, transaction_pooler: bool) -> str:
    """What keeps the changes of an open transaction; `cleaning` comes after it where sessions are not shared.

    Behind a transaction pooler the next statement may meet another server connection, so this one is cleaned
    before it is given back. Deferred constraints and triggers run first, under the settings of the statement that
    caused them.
    """
    if not transaction_pooler:
        return "commit"
    return f"set constraints all immediate; {_CLEAN.replace(_DEALLOCATE, _DEALLOCATE_OWN)}; commit"


def cleaning() -> str:
    """What makes a connection outside a transaction as good as new, whatever a statement did to it."""
    return _CLEAN


def _request_settings(claims: str, *, read_only: bool) -> str:
    method = "GET" if read_only else "POST"
    values = {
        **{f"request.jwt.claim.{name}": "" for name in _LEGACY_CLAIMS},
        "request.jwt.claims": claims,
        "request.method": method,
        "request.path": "/",
        "request.headers": '{"accept":"*/*"}',
        "request.cookies": "{}",
    }
    calls = (f"pg_catalog.set_config({quote_literal(n)}, {quote_literal(v)}, true)" for n, v in values.items())
    return "select " + ", ".join(calls)


def _set_local(name: str, value: str) -> str:
    """As PostgREST does it: SET would take a list, such as that of search_path, for one name."""
    return f"select pg_catalog.set_config({quote_literal(name)}, {quote_literal(value)}, true)"
