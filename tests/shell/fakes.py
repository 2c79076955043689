"""A database and a profile without a server, for tests of the frame."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from chatly_console.core.failure import Failure
from chatly_console.core.identity import Identity
from chatly_console.core.link import Link, LinkState
from chatly_console.shell.session import Opener, Progress, Session

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@dataclass
class FakeProfile:
    name: str = "chatly-demo"
    environment: str = "local"
    read_only: bool = False
    colour: str = ""
    pool_size: int = 8


@dataclass
class FakeFacts:
    host: str = "embedded:18.6"
    database: str = "chatly"
    user: str = "postgres"
    version: str = "18.6"
    version_number: int = 180006
    standby: bool = False
    transaction_pooler: bool = False


@dataclass
class FakeDatabase:
    facts: FakeFacts = field(default_factory=FakeFacts)
    link: Link = field(default_factory=lambda: Link(since=NOON))
    pool_in_use: int = 2
    pool_size: int = 8
    closed: bool = False
    held: str = ""
    callbacks: list[Callable[[Link], object]] = field(default_factory=list)

    def subscribe(self, callback: Callable[[Link], object]) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback)

    def set_link(self, state: LinkState, sentence: str = "") -> None:
        self.link = Link(state, sentence, NOON)
        for callback in list(self.callbacks):
            callback(self.link)

    async def strength(self, identity: Identity) -> str:
        return self.held

    async def close(self) -> None:
        self.closed = True


def make_session(profile: FakeProfile | None = None, database: FakeDatabase | None = None) -> Session:
    return Session(cast(Any, profile or FakeProfile()), cast(Any, database or FakeDatabase()))


def opener_of(session: Session) -> Opener:
    async def open_session(progress: Progress) -> Session:
        progress("opening")
        return session

    return open_session


def failing_opener(failure: Failure) -> Opener:
    async def open_session(progress: Progress) -> Session:
        raise failure

    return open_session


def waiting_opener(wait: Callable[[], Awaitable[object]], words: str = "waiting for db.example") -> Opener:
    async def open_session(progress: Progress) -> Session:
        progress(words)
        await wait()
        return make_session()

    return open_session
