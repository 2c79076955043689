"""Whom `--as WHO` and `--claims JSON` mean: a role of the API, or a user found by UUID or e-mail address."""

import json
from argparse import Namespace
from dataclasses import replace
from uuid import UUID

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql


async def identity_of(arguments: Namespace, database: Database) -> Identity:
    """The identity that the command line asks for; the login itself where it asks for none."""
    who: str | None = arguments.run_as
    claims: str | None = arguments.claims
    if claims is not None:
        try:
            return Identity.from_claims(claims, who if who in ("anon", "authenticated", "service_role") else None)
        except ValueError as error:
            raise Failure(str(error), FailureKind.USAGE) from error
    return LOGIN if who is None else await resolve(who, database)


async def resolve(who: str, database: Database) -> Identity:
    """The identity that a person names: `anon`, `service_role`, a user's UUID or e-mail address.

    A UUID that auth.users does not have is taken as it is: tokens outlive their users, and a plain server has no
    such table. An unknown address is refused, because nobody could say whose it is.
    """
    if who == "anon":
        return Identity.anon()
    if who == "service_role":
        return Identity.service_role()
    user_id = _uuid(who)
    if user_id is None and "@" not in who:
        raise Failure(
            f"“{who}” is nobody: give anon, service_role, a user's UUID, or an e-mail address.", FailureKind.USAGE
        )
    try:
        found = await database.records(load_sql("chatly_console.connections", "auth_user"), user_id, who)
    except Failure as failure:
        if user_id is None or failure.kind is not FailureKind.SQL:
            raise _unreadable(failure) from failure
        return Identity.authenticated(user_id)
    if not found:
        if user_id is None:
            raise Failure(f"No user of auth.users has the address {who}.", FailureKind.USAGE)
        return Identity.authenticated(user_id)
    return await with_token_hook(Identity.of_user(_object(found[0]["claims"])), database)


async def with_token_hook(identity: Identity, database: Database) -> Identity:
    """The identity with the claims that the project's custom access token hook makes, where it is a function here.

    The hook is asked as the auth server's role, read-only, and only for a user; a hook that fails is a Failure, since
    without it nobody would get a token.
    """
    user_id = _uuid(identity.subject or "")
    if user_id is None:
        return identity
    hooks = await database.records(load_sql("chatly_console.connections", "token_hook"))
    if not hooks:
        return identity
    name, asker = str(hooks[0]["name"]), Identity.of_role(str(hooks[0]["asker"])) if hooks[0]["asker"] else LOGIN
    event = {"user_id": user_id, "claims": identity.claim_values(), "authentication_method": "password"}
    try:
        answered = await database.records(
            f"select {name}($1::text::jsonb) as answer", json.dumps(event), identity=asker
        )
    except Failure as failure:
        raise Failure(f"The hook {name} failed: {failure.sentence}", failure.kind, failure.sqlstate) from failure
    claims = _object(answered[0]["answer"]).get("claims")
    if not isinstance(claims, dict):
        raise Failure(f"The hook {name} returned no claims, so this user would get no token.", FailureKind.SQL)
    made = Identity.from_claims(json.dumps(claims))
    return replace(made, label=identity.label)


def _object(value: object) -> dict[str, object]:
    loaded = json.loads(value) if isinstance(value, str) else value
    return loaded if isinstance(loaded, dict) else {}


def _uuid(text: str) -> str | None:
    try:
        return str(UUID(text)) if len(text) >= 32 else None
    except ValueError:
        return None


def _unreadable(failure: Failure) -> Failure:
    if failure.kind is not FailureKind.SQL:
        return failure
    return Failure(
        f"Users cannot be looked up here: {failure.sentence}",
        failure.kind,
        failure.sqlstate,
        hint="Give the user's UUID, or hand-made --claims.",
    )
