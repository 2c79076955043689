"""As whom one may run: what a server knows, and what a typed text says by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from chatly_console.core.identity import Identity


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody as whom one may run, with a few words about him."""

    identity: Identity
    aside: str = ""


class IdentityBook(Protocol):
    """Who there is on the server."""

    async def find(self, text: str) -> Sequence[Candidate]:
        """Users whose e-mail address, id or tenant contains the text, and roles whose name does; raises Failure."""

    async def complete(self, identity: Identity) -> Identity:
        """The chosen identity with all claims that its token would have; raises Failure."""


class NobodyKnown:
    """The book of a server that cannot be asked: the roles that every Supabase project has."""

    async def find(self, text: str) -> Sequence[Candidate]:
        """The two roles of the API that need no user."""
        found = (Candidate(Identity.anon(), "not signed in"), Candidate(Identity.service_role(), "bypasses policies"))
        return [c for c in found if text.lower() in (c.identity.role or "")]

    async def complete(self, identity: Identity) -> Identity:
        """As it is."""
        return identity


def typed_candidates(text: str) -> tuple[list[Candidate], str]:
    """Whom the text itself names: the claims of a token, a role, or a `sub`; and what is wrong with it, in words."""
    text = text.strip()
    if text.startswith("{"):
        try:
            return [Candidate(Identity.from_claims(text), "these claims")], ""
        except ValueError as error:
            return [], str(error)
    if not text:
        return [], ""
    role = text.removeprefix("role ").strip() if text.startswith("role ") else ""
    if role:
        return [Candidate(Identity.of_role(role), "SET ROLE, no claims")], ""
    aside = "authenticated with this sub" if _is_uuid(text) else "no UUID: auth.uid() will fail"
    return [Candidate(Identity.authenticated(text), aside)], ""


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
