"""The tenants of the demo and the users who belong to them."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

CONTACTS, FILES, APPOINTMENTS = 5_000, 1_250, 1_500
"""How many of each there are at scale 1."""

CHUNKS_OF_FILE = 8
CHANNEL_KINDS = ("whatsapp", "instagram", "messenger")

OUTSIDER = "walter@nowhere.example"
"""The user who belongs to no client."""
TRAVELLER = "noor@agency.example"
"""The user who belongs to two: agent of the largest client, member of the second."""

ANY_UUID = ~((0xF << 76) | (0xC << 60))
VERSION_4 = (0x4 << 76) | (0x8 << 60)
"""128 random bits, masked by the first and marked by the second, are a UUID."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan and its limits."""

    id: str
    code: str
    name: str
    price_cents: int
    max_members: int
    max_contacts: int
    max_files: int
    is_public: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A user in a client."""

    user_id: str
    email: str
    name: str
    role: str
    status: str = "active"


@dataclass(frozen=True, slots=True)
class Client:
    """A tenant, with how much of everything it has."""

    id: str
    name: str
    slug: str
    country: str
    language: str
    time_zone: str
    status: str
    plan: Plan
    members: tuple[Member, ...]
    channels: tuple[tuple[str, str], ...]
    """Id and kind."""
    contacts: int
    files: int
    appointments: int

    def answering(self) -> list[Member]:
        """Who answers contacts: agents and owners at work."""
        return [m for m in self.members if m.role in ("agent", "owner") and m.status == "active"]


@dataclass(frozen=True, slots=True)
class People:
    """Everybody in the demo."""

    plans: tuple[Plan, ...]
    clients: tuple[Client, ...]
    outsider: Member

    def users(self) -> dict[str, Member]:
        """Each user once, by id."""
        return {m.user_id: m for client in self.clients for m in client.members} | {
            self.outsider.user_id: self.outsider
        }


def new_id(random: Random) -> str:
    """A random UUID (version 4) from `random`; several times faster than `uuid.UUID`, which counts here."""
    digits = f"{random.getrandbits(128) & ANY_UUID | VERSION_4:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def shares(total: int, count: int) -> list[int]:
    """`total` divided among `count` by Zipf's law, at least one each; the sum is exact."""
    weights = [1 / rank for rank in range(1, count + 1)]
    parts = [max(1, int(total * weight / sum(weights))) for weight in weights]
    parts[0] += total - sum(parts)
    return parts


def people(folder: Path, random: Random, scale: int) -> People:
    """The plans, clients and users; `scale` multiplies what the clients have, not their number."""
    written = tomllib.loads((folder / "clients.toml").read_text(encoding="utf-8"))
    rows = written["clients"]
    plans = _plans(random)
    traveller = Member(new_id(random), TRAVELLER, "Noor Haddad", "agent")
    amounts = zip(
        rows,
        shares(CONTACTS * scale, len(rows)),
        shares(FILES * scale, len(rows)),
        shares(APPOINTMENTS * scale, len(rows)),
        strict=True,
    )
    clients = [
        _client(place, row, written["given_names"], plans, traveller, random, contacts, files, appointments)
        for place, (row, contacts, files, appointments) in enumerate(amounts)
    ]
    return People(plans, tuple(clients), Member(new_id(random), OUTSIDER, "Walter Nowak", ""))


def _plans(random: Random) -> tuple[Plan, ...]:
    return (
        Plan(new_id(random), "starter", "Starter", 2_900, 6, 250, 100, True),
        Plan(new_id(random), "team", "Team", 9_900, 20, 2_500, 1_000, True),
        Plan(new_id(random), "business", "Business", 29_900, 50, 25_000, 10_000, True),
        Plan(new_id(random), "enterprise", "Enterprise (by contract)", 149_000, 1_000, 10_000_000, 1_000_000, False),
    )


def _client(
    place: int,
    row: Sequence[str],
    given_names: Sequence[str],
    plans: Sequence[Plan],
    traveller: Member,
    random: Random,
    contacts: int,
    files: int,
    appointments: int,
) -> Client:
    name, slug, country, language, time_zone = row
    members = _members(place, slug, given_names, random)
    if place == 0:
        members.append(traveller)
    elif place == 1:
        members.append(Member(traveller.user_id, traveller.email, traveller.name, "member"))
    plan = next(
        p
        for p in plans
        if p.max_members >= len(members) and p.max_contacts >= contacts * 1.2 and p.max_files >= files * 1.2
    )
    kinds = CHANNEL_KINDS if place < 25 else CHANNEL_KINDS[: 1 + place % 3]
    return Client(
        id=new_id(random),
        name=name,
        slug=slug,
        country=country,
        language=language,
        time_zone=time_zone,
        status="suspended" if place == 36 else "trial" if place > 36 else "active",
        plan=plan,
        members=tuple(members),
        channels=tuple((new_id(random), kind) for kind in kinds),
        contacts=contacts,
        files=files,
        appointments=appointments,
    )


def _members(place: int, slug: str, given_names: Sequence[str], random: Random) -> list[Member]:
    """One owner or two, agents by the size of the client, and one or two who only read."""
    agents = max(1, 8 - place) if place < 8 else 1 + place % 2
    roles = ["owner"] * (2 if place < 3 else 1) + ["agent"] * agents + ["member"] * (1 + place % 2)
    names = random.sample(given_names, len(roles))
    # The two whom the guide and the screens name.
    if place == 0:
        names[roles.index("owner")] = "Ada"
    elif place == 1:
        names[roles.index("agent")] = "Ben"
    return [
        Member(
            new_id(random),
            f"{given.lower()}@{slug}.example",
            given,
            role,
            "suspended" if role == "member" and place % 7 == 3 else "active",
        )
        for given, role in zip(names, roles, strict=True)
    ]
