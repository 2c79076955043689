"""How well a name matches the letters that were typed."""

import re
from collections.abc import Iterable, Iterator

EXACT, BEGINS, WORD_BEGINS, INSIDE, SCATTERED = range(5)
"""The classes of matches, the best first."""
_SCATTERED_FROM = 2
"""Letters from which letters in order are a match: one letter is in almost every name."""


class Matcher:
    """Compares names with typed letters, whatever their case."""

    def __init__(self, typed: str) -> None:
        self.typed = typed.lower()
        pattern = ".*?".join(map(re.escape, self.typed)) if len(self.typed) >= _SCATTERED_FROM else r"(?!)"
        self._scattered = re.compile(pattern, re.DOTALL).match

    def grade(self, lower: str) -> int | None:
        """The class of the match of a name in small letters; None where it does not match."""
        typed = self.typed
        if not typed:
            return BEGINS
        at = lower.find(typed)
        if at == 0:
            return EXACT if len(lower) == len(typed) else BEGINS
        if at > 0:
            return WORD_BEGINS if lower[at - 1] in "_. -(" or f"_{typed}" in lower else INSIDE
        return SCATTERED if self._scattered(lower) else None

    def among(self, lowered: Iterable[str]) -> Iterator[tuple[int, int]]:
        """Place and class of each name that matches."""
        grade = self.grade
        for place, lower in enumerate(lowered):
            found = grade(lower)
            if found is not None:
                yield place, found

    def letters(self, label: str) -> list[int]:
        """Which characters of a label were typed, for the eye."""
        lower, typed = label.lower(), self.typed
        if not typed or len(lower) != len(label):
            return []
        at = lower.find(f"_{typed}") + 1 if f"_{typed}" in lower and not lower.startswith(typed) else lower.find(typed)
        if at >= 0:
            return list(range(at, at + len(typed)))
        found: list[int] = []
        for letter in typed:
            at = lower.find(letter, found[-1] + 1 if found else 0)
            if at < 0:
                return []
            found.append(at)
        return found
