"""Whom one may be: the users of the API with where they belong, and the roles that the login may become."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatly_console.connections.identity_option import with_token_hook
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.values import Record
from chatly_console.policies.service import ROOM
from chatly_console.policies.tenancy import find_scheme
from chatly_console.server.database import Database
from chatly_console.server.shared_catalogue import SharedCatalogue
from chatly_console.server.sql_files import load_sql
from chatly_console.shell.identity_book import Candidate


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as whom one may run, and what a person knows of him: `owner of Nordlicht Optik`."""

    identity: Identity
    belongs: str = ""


async def find_people(database: Database, text: str = "", most: int = 50) -> list[Person]:
    """The users whose e-mail address, id or tenant contains `text`, those of different tenants first.

    A database without `auth.users`, or where the login may not read it, has none.
    """
    sql = load_sql(ROOM, "people").replace("(memberships)", f"({await _memberships(database)})", 1)
    try:
        rows: Sequence[Record] = await database.records(sql, text.strip(), most)
    except Failure as failure:
        if failure.kind is not FailureKind.SQL:
            raise
        return []
    return [Person(Identity.of_user(_object(row["claims"])), str(row["belongs"])) for row in rows]


async def find_roles(database: Database, text: str = "") -> list[Person]:
    """The roles that the login may become and whose name contains `text`; those of the API come with their claims."""
    rows: Any = await database.records(load_sql(ROOM, "roles"), text.strip())
    made = {"anon": Identity.anon(), "service_role": Identity.service_role()}
    return [Person(made.get(row["name"], Identity.of_role(row["name"])), row["traits"] or "") for row in rows]


async def read_personas(database: Database, most: int = 12) -> list[Person]:
    """Whom to ask where nobody was named: anon, and users, those of different tenants first."""
    users = await find_people(database, "", most)
    roles = {role.name for role in (await SharedCatalogue.of(database).as_it_stands()).roles}
    first = [Person(Identity.anon(), "not signed in")] if "anon" in roles else []
    return [*first, *(users if "authenticated" in roles else [])][:most]


class PeopleBook:
    """Who there is on a server, for the picker: users first, then roles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, text: str) -> list[Candidate]:
        """Users whose e-mail address, id or tenant contains the text, and roles whose name does."""
        people = [*await find_people(self._database, text), *await find_roles(self._database, text)]
        return [Candidate(person.identity, person.belongs) for person in people]

    async def complete(self, identity: Identity) -> Identity:
        """The identity as a token would name it: with the claims of the custom access token hook, if there is one."""
        if identity.role != "authenticated" or identity.claim_values().keys() <= {"sub"}:
            return identity
        return await with_token_hook(identity, self._database)


async def _memberships(database: Database) -> str:
    try:
        return (await find_scheme(database)).memberships
    except Failure as failure:
        if failure.kind not in (FailureKind.USAGE, FailureKind.SQL):
            raise
        return re.sub(r"^--.*\n", "", load_sql(ROOM, "no_memberships"))


def _object(value: object) -> dict[str, object]:
    loaded = json.loads(value) if isinstance(value, str) else value
    return loaded if isinstance(loaded, dict) else {}
