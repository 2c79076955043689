"""What the proof of isolation tried and what it found."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from chatly_console.core.failure import Failure
from chatly_console.policies.isolation.leak import Leak
from chatly_console.policies.tenancy import Tenancy


@dataclass(frozen=True, slots=True)
class Bypass:
    """A way past the policies that exists, whether or not it leaks today."""

    kind: str
    object: str
    roles: str
    note: str = ""
    """What became of trying it."""
    leads_past: bool = False
    """Whether trying it had success."""


@dataclass(slots=True)
class Proof:
    """What was tried and what was found."""

    tenancy: Tenancy
    users: int = 0
    written: tuple[str, ...] = ()
    """What was written to, by name."""
    writes: int = 0
    """Writes that were really attempted."""
    thorough: bool = False
    """Whether each user tried every other tenant, where else the users of one tenant shared them."""
    calls: int = 0
    """Calls of functions that run as their owner."""
    leaks: list[Leak] = field(default_factory=list)
    bypasses: list[Bypass] = field(default_factory=list)
    errors: list[tuple[str, Failure]] = field(default_factory=list)
    milliseconds: float = 0.0
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def pairs(self) -> int:
        """Ordered pairs of tenants."""
        count = len(self.tenancy.tenants)
        return count * (count - 1)

    @property
    def is_sound(self) -> bool:
        """Whether everything could be tried, and nothing leaked."""
        return not self.leaks and not self.errors

    @property
    def sentence(self) -> str:
        """The result in one line."""
        found = f"{len(self.leaks):,} leak{'s' * (len(self.leaks) != 1)}" if self.leaks else "no leak"
        commands = "4 commands" if self.written else "SELECT"
        return (
            f"{len(self.tenancy.tenants):,} tenants, {self.pairs:,} pairs, {len(self.tenancy.relations)} tables and "
            f"views, {self.users:,} users, {commands}: {found} ({self.milliseconds / 1000:.1f} s)"
        )
