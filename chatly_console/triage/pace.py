"""How often the server is asked: a good guest slows down where asking costs more than a quarter of the time."""

from dataclasses import dataclass

STEPS = (1.0, 2.0, 5.0, 10.0, 30.0)
"""The intervals to choose from, in seconds."""
_SHARE = 0.25
_NEW = 0.1


@dataclass
class Pace:
    """The chosen interval, whether it is paused, and what the last tick cost."""

    interval: float = 2.0
    paused: bool = False
    cost: float = 0.0
    usual: float = 0.0
    """What a tick costs as a rule, in seconds: the mean of about the last twenty, without the first, which connects."""
    _ticks: int = 0

    def took(self, seconds: float) -> None:
        """Note what a tick cost."""
        self.usual += (seconds - self.usual) * (max(1 / self._ticks, _NEW) if self._ticks else 1.0)
        self.cost = seconds
        self._ticks += 1

    @property
    def delay(self) -> float:
        """Seconds until the next tick: longer than the interval where a tick costs more than a quarter of it."""
        return max(self.interval, self.cost / _SHARE)

    @property
    def slowed(self) -> bool:
        """Whether it asks less often than it was told to."""
        return self.delay > self.interval

    def faster(self) -> None:
        """The next shorter interval."""
        self.interval = max((step for step in STEPS if step < self.interval), default=STEPS[0])

    def slower(self) -> None:
        """The next longer interval."""
        self.interval = min((step for step in STEPS if step > self.interval), default=STEPS[-1])

    @property
    def words(self) -> str:
        """The rate and what it costs, for the pane's title."""
        if self.paused:
            return "paused"
        words = f"every {self.delay:.1f} s (slowed)" if self.slowed else f"every {self.interval:.0f} s"
        cost = self.cost if self.slowed else self.usual
        return f"{words} · tick {cost * 1000:.0f} ms"
