"""As whom a statement runs: the login itself, or a role with the claims of a request.

One frozen object travels from the picker to the executor and into headers, history and exports, so that no path can
forget it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime


class Strength:
    """How firmly an impersonation holds; the screen always says which."""

    BOUNDARY = "boundary"
    """A login of its own that may become nothing else: what is typed cannot leave it."""
    ADVISORY = "advisory"
    """SET LOCAL ROLE on a connection that may do more, verified after every statement."""


def _canonical(claims: dict[str, object]) -> str:
    return json.dumps(claims, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Identity:
    """The role and the request claims under which statements run; `role` None is the login itself.

    `claims` is canonical JSON (sorted keys), empty without a request; `label` is what a person calls this identity,
    such as an e-mail address. The label may come from the database: treat it as hostile text.
    """

    role: str | None = None
    claims: str = ""
    label: str = ""
    since: datetime = field(default_factory=lambda: datetime.now(UTC), compare=False)

    @property
    def is_login(self) -> bool:
        """Whether nothing is impersonated."""
        return self.role is None

    @property
    def subject(self) -> str | None:
        """The `sub` claim, or None where there is none."""
        sub = self.claim_values().get("sub")
        return None if sub is None else str(sub)

    def claim_values(self) -> dict[str, object]:
        """The claims as a dictionary, empty where there are none."""
        if not self.claims:
            return {}
        loaded = json.loads(self.claims)
        assert isinstance(loaded, dict)
        return loaded

    def describe(self) -> str:
        """The words for a header: `authenticated ada@nordlicht.example`, or empty for the login."""
        if self.role is None:
            return ""
        name = self.label or self.subject or ""
        return f"{self.role} {name}".rstrip()

    def starting_now(self) -> "Identity":
        """The same identity, taken on at this moment."""
        return replace(self, since=datetime.now(UTC))

    @classmethod
    def anon(cls) -> "Identity":
        """A visitor who is not signed in, as the API sees him."""
        return cls("anon", _canonical({"role": "anon"}))

    @classmethod
    def service_role(cls) -> "Identity":
        """The API's key that bypasses row level security."""
        return cls("service_role", _canonical({"role": "service_role"}))

    @classmethod
    def authenticated(cls, sub: str, email: str = "", **claims: object) -> "Identity":
        """A signed-in user by `sub` (a UUID, or text for an external provider); further claims by name."""
        values: dict[str, object] = {
            "aud": "authenticated",
            "role": "authenticated",
            "sub": sub,
            "aal": "aal1",
        }
        if email:
            values["email"] = email
        return cls("authenticated", _canonical(values | claims), email)

    @classmethod
    def of_user(cls, user: Mapping[str, object]) -> "Identity":
        """A user of `auth.users` with the claims that the auth server would put into the token.

        Times and session numbers are left out, so that the same user is always the same identity.
        """
        claims: dict[str, object] = {
            name: user[name] for name in ("phone", "app_metadata", "user_metadata", "is_anonymous") if user.get(name)
        }
        role = str(user.get("role") or "authenticated")
        found = cls.authenticated(str(user["id"]), str(user.get("email") or ""), **claims)
        return (
            found
            if role == "authenticated"
            else cls(role, _canonical({**found.claim_values(), "role": role}), found.label)
        )

    @classmethod
    def of_role(cls, role: str) -> "Identity":
        """Any role that the login may become, without a request."""
        return cls(role)

    @classmethod
    def from_claims(cls, text: str, role: str | None = None) -> "Identity":
        """An identity from hand-made claims; raises ValueError with a sentence where `text` is no JSON object.

        The role is the argument, else the claim `role`, else `authenticated`.
        """
        try:
            claims = json.loads(text)
        except ValueError as error:
            raise ValueError(f"The claims are not JSON: {error}") from error
        if not isinstance(claims, dict):
            raise ValueError('The claims must be a JSON object, such as {"sub": "…"}.')
        named = role or str(claims.get("role") or "authenticated")
        label = str(claims.get("email") or "")
        return cls(named, _canonical({**claims, "role": claims.get("role", named)}), label)


LOGIN = Identity(since=datetime(1970, 1, 1, tzinfo=UTC))
"""Nobody impersonated: statements run as the login role of the connection."""
