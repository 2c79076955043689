"""Judgements on the server in words, and which of them are the likeliest causes of trouble."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "bad", "unknown"]
View = Literal["activity", "blocking", "statements", "health"]
MARKS: dict[Level, str] = {"ok": "✓", "warn": "▲", "bad": "✗", "unknown": "·"}
MB, GB = 1024**2, 1024**3


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on something is said: seconds, bytes, and shares of 1."""

    long: float = 300.0
    very_long: float = 3600.0
    idle_in_transaction: float = 60.0
    wait_bad: float = 30.0
    nearly_full: float = 0.80
    full: float = 0.95
    lag: float = 10.0
    lag_bad: float = 60.0
    cache: float = 0.90
    temp_a_minute: float = 256 * MB
    temp_written: float = GB
    temp_in_use: float = 256 * MB
    temp_in_use_bad: float = 10 * GB
    slot: float = 256 * MB
    slot_bad: float = 10 * GB


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judgement: `short` for the row of all of them, `sentence` where it is a cause of trouble."""

    name: str
    level: Level
    short: str
    sentence: str = ""
    view: View = "activity"
    weight: float = 0.0
    """Which of several troubles is said first."""
    series: tuple[float, ...] = ()
    standing: bool = False
    """Whether it has been so for long: however bad, it never stands before what goes wrong just now."""


def causes(verdicts: Sequence[Verdict], most: int = 3) -> list[Verdict]:
    """The likeliest causes of trouble, the gravest first."""
    troubles = [one for one in verdicts if one.level in ("bad", "warn") and one.sentence]
    return sorted(troubles, key=lambda one: (one.level != "bad" or one.standing, -one.weight))[:most]
