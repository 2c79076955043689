"""Who asks in the tests of row level security, and what each may do: said a second time, in another form.

The policies are written with arrays of ids from helper functions. Here the same rules are plain SQL over the members
and the rows, read as superuser, so that a mistake in the one is not repeated by the other.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

ADA = "ada@nordlicht.example"
BEN = "ben@miro.example"
TRAVELLER = "noor@agency.example"
OUTSIDER = "walter@nowhere.example"

PERSONAS = {
    "anon": "",
    "owner A": ADA,
    "agent A": "agent of nordlicht",
    "member A": "member of nordlicht",
    "agent of A and member of B": TRAVELLER,
    "owner B": "owner of miro",
    "agent B": BEN,
    "suspended member": "suspended",
    "without a client": OUTSIDER,
    "service_role": "",
}


@dataclass(frozen=True)
class Persona:
    name: str
    role: str
    user_id: str | None


async def persona(connection: "asyncpg.Connection[asyncpg.Record]", name: str) -> Persona:
    said = PERSONAS[name]
    if name in ("anon", "service_role"):
        return Persona(name, name, None)
    if "@" in said:
        user = await connection.fetchval("select id::text from auth.users where email = $1", said)
    elif said == "suspended":
        user = await connection.fetchval("select min(user_id::text) from client_members where status = 'suspended'")
    else:
        role, slug = said.split(" of ")
        user = await connection.fetchval(
            "select min(m.user_id::text) from client_members m join platform_clients c on c.id = m.platform_client_id "
            "join auth.users u on u.id = m.user_id where c.slug = $2 and m.role = $1 and m.status = 'active' "
            "and u.email not in ($3, $4)",
            role,
            slug,
            TRAVELLER,
            BEN,
        )
    assert user, name
    return Persona(name, "authenticated", user)


@asynccontextmanager
async def acting(connection: "asyncpg.Connection[asyncpg.Record]", who: Persona) -> AsyncIterator[None]:
    """Run the block as the API would for this persona; whatever it changed is undone."""
    step = connection.transaction()
    await step.start()
    try:
        claims = {"role": who.role} | ({"sub": who.user_id} if who.user_id else {})
        await connection.execute("select set_config('request.jwt.claims', $1, true)", json.dumps(claims))
        await connection.execute(f"set local role {who.role}")
        yield
    finally:
        await step.rollback()


RANK = (
    "coalesce((select array_position(array['member','agent','owner'], m.role) from client_members m "
    "where m.platform_client_id = {client} and m.user_id = {user} and m.status = 'active'), 0)"
)
_OF_CLIENT = RANK.format(client="t.platform_client_id", user="$1::uuid")
_INBOX = f"({_OF_CLIENT} = 3 or {_OF_CLIENT} = 2 and (t.assigned_to is null or t.assigned_to = $1))"
_MAIL = (
    f"({_OF_CLIENT} = 3 or {_OF_CLIENT} = 2 and exists (select from conversations c "
    "where c.id = t.conversation_id and (c.assigned_to is null or c.assigned_to = $1)))"
)
_FILE = f"({_OF_CLIENT} = 3 or {_OF_CLIENT} = 2 and t.uploaded_by = $1)"
_SELF = RANK.format(client="t.id", user="$1::uuid")

NOBODY = "false"
RULES: dict[str, dict[str, str]] = {
    "plans": {
        "select": "(t.is_public or exists (select from platform_clients c join client_members m "
        "on m.platform_client_id = c.id where c.plan_id = t.id and m.user_id = $1 and m.status = 'active'))",
        "update": NOBODY,
        "delete": NOBODY,
    },
    "platform_clients": {"select": f"{_SELF} >= 1", "update": f"{_SELF} = 3", "delete": NOBODY},
    "client_members": {
        "select": f"({_OF_CLIENT} >= 1 or t.user_id = $1)",
        "update": f"{_OF_CLIENT} = 3",
        "delete": f"({_OF_CLIENT} = 3 or t.user_id = $1)",
    },
    "channels": {"select": f"{_OF_CLIENT} >= 1", "update": f"{_OF_CLIENT} = 3", "delete": f"{_OF_CLIENT} = 3"},
    "social_contacts": {"select": f"{_OF_CLIENT} >= 1", "update": f"{_OF_CLIENT} >= 2", "delete": f"{_OF_CLIENT} = 3"},
    "conversations": {"select": _INBOX, "update": _INBOX, "delete": f"{_OF_CLIENT} = 3"},
    "messages": {
        "select": _MAIL,
        "update": f"({_MAIL} and ({_OF_CLIENT} = 3 or t.sent_by = $1))",
        "delete": f"{_OF_CLIENT} = 3",
    },
    "document_files": {"select": f"{_OF_CLIENT} >= 1", "update": _FILE, "delete": _FILE},
    "documents": {"select": f"{_OF_CLIENT} >= 1", "update": f"{_OF_CLIENT} >= 2", "delete": f"{_OF_CLIENT} >= 2"},
    "appointments": {"select": f"{_OF_CLIENT} >= 1", "update": f"{_OF_CLIENT} >= 2", "delete": f"{_OF_CLIENT} = 3"},
}
"""For each table and command: the rows on which the user $1 may do it."""

CHANGED_COLUMN = {
    "plans": "name",
    "platform_clients": "name",
    "client_members": "display_name",
    "channels": "display_name",
    "social_contacts": "display_name",
    "conversations": "subject",
    "messages": "status",
    "document_files": "status",
    "documents": "content",
    "appointments": "title",
}
