"""Who tries to reach other tenants' rows: one user of every role in every tenant, an outsider, and anon."""

import json
import uuid
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.policies.isolation.leak import Witness
from chatly_console.policies.service import ROOM
from chatly_console.policies.tenancy import Tenancy
from chatly_console.server.database import Database
from chatly_console.server.shared_catalogue import SharedCatalogue
from chatly_console.server.sql_files import load_sql

ANON = "anon"
NOBODY = "a user of no tenant"


async def choose_witnesses(database: Database, tenancy: Tenancy) -> list[Witness]:
    """The witnesses with the claims of their tokens; each user once, with all tenants that he belongs to."""
    own: dict[str, set[str]] = {}
    for tenant, user, _ in tenancy.members:
        own.setdefault(user, set()).add(tenant)
    chosen: dict[tuple[str, str], str] = {}
    for tenant, user, role in tenancy.members:
        chosen.setdefault((tenant, role), user)
    known = {role.name for role in (await SharedCatalogue.of(database).as_it_stands()).roles}
    first = [Witness(ANON, Identity.anon())] if ANON in known else []
    if "authenticated" not in known:
        return first
    identities = await _identities(database, sorted(set(chosen.values())))
    outsider = Witness(NOBODY, Identity.authenticated(str(uuid.UUID(int=0))))
    members = {
        user: Witness(tenant, identities[user], tuple(sorted(own[user])), role)
        for (tenant, role), user in chosen.items()
    }
    return [*first, outsider, *members.values()]


async def _identities(database: Database, users: list[str]) -> dict[str, Identity]:
    """The users as their tokens name them; where auth.users cannot be read, by their ids alone."""
    try:
        rows: Any = await database.records(load_sql(ROOM, "users"), json.dumps(users))
    except Failure as failure:
        if failure.kind is not FailureKind.SQL:
            raise
        rows = []
    found = {row["id"]: row["claims"] for row in rows}
    loaded = {user: json.loads(c) if isinstance(c, str) else c for user, c in found.items()}
    return {user: Identity.of_user(loaded[user]) if user in loaded else Identity.authenticated(user) for user in users}
