"""What the statements had counted at moments in the past, so that any window since then can be chosen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chatly_console.triage.statements import Key, Statement

Counters = Mapping[Key, Statement]
WINDOWS = (60.0, 300.0, 900.0, 3600.0)
"""The windows to choose from, in seconds, beside those since the pane was opened and since the server's reset."""
_KEPT = ((80.0, 10.0), (1000.0, 60.0), (3900.0, 300.0))
"""Up to which age counts are kept how far apart, in seconds: some 35 of them."""


@dataclass
class Counts:
    """The counts of the last hour, the thinner the older, and the very first."""

    first: tuple[float, Counters] | None = None
    _kept: list[tuple[float, Counters]] = field(default_factory=list)

    def add(self, now: float, statements: Iterable[Statement]) -> None:
        """Keep what was counted now; a statement that did not run since shares its counters with the count before."""
        before = self._kept[-1][1] if self._kept else {}
        counted: dict[Key, Statement] = {}
        for one in statements:
            known = before.get(one.key)
            counted[one.key] = known if known is not None and known == one else one
        if self.first is None:
            self.first = (now, counted)
        self._kept.append((now, counted))
        self._thin(now)

    def _thin(self, now: float) -> None:
        """Keep the first count of each slot of time; the slots stand still, so what is kept once is kept on."""
        kept: dict[tuple[float, int], tuple[float, Counters]] = {}
        for at, counted in self._kept:
            apart = next((apart for oldest, apart in _KEPT if now - at <= oldest), None)
            if apart is not None:
                kept.setdefault((apart, int(at // apart)), (at, counted))
        self._kept = list(kept.values())

    def before(self, now: float, seconds: float) -> tuple[float, Counters] | None:
        """The count that begins a window of `seconds`, and when it was taken; the oldest where none is old enough."""
        old_enough = [one for one in self._kept if now - one[0] >= seconds]
        return old_enough[-1] if old_enough else self._kept[0] if self._kept else None

    @property
    def moments(self) -> Sequence[float]:
        """When the counts were taken that are kept."""
        return [at for at, _ in self._kept]
