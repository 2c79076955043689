"""Leaks of one kind taken together: the same table, command and way; thousands may be one mistake."""

from collections.abc import Iterable
from dataclasses import dataclass

from chatly_console.policies.isolation.leak import Leak
from chatly_console.policies.policy import Command
from chatly_console.policies.tenancy import Relation


@dataclass(frozen=True, slots=True)
class LeakKind:
    """What leaks of a relation by a command in one way."""

    relation: Relation
    command: Command
    how: str
    leaks: tuple[Leak, ...]

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies that let any of them through, as far as they were worked out."""
        return tuple(dict.fromkeys(name for leak in self.leaks for name in leak.policies))

    @property
    def extent(self) -> str:
        """How far it goes, in words."""
        users = len({leak.identity for leak in self.leaks})
        others = len({leak.other for leak in self.leaks if leak.other})
        words = f"{users:,} user{'s' * (users != 1)}"
        return f"{words}, rows of {others:,} tenant{'s' * (others != 1)}" if others else f"{words}, all rows"


def kinds_of(leaks: Iterable[Leak]) -> list[LeakKind]:
    """The kinds, in the order in which each was found first."""
    found: dict[tuple[Relation, Command, str], list[Leak]] = {}
    for leak in leaks:
        found.setdefault((leak.relation, leak.command, leak.how), []).append(leak)
    return [LeakKind(*key, tuple(alike)) for key, alike in found.items()]
