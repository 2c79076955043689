"""Finding a text in a text, and replacing it; without case unless it is typed with capitals."""

import re


def find(text: str, needle: str, start: int, step: int) -> int | None:
    """The offset of a match: at or behind `start` (step 0), behind it (1), or before it (-1); around the ends."""
    if not needle:
        return None
    if needle == needle.lower():
        lowered = text.lower()
        text = lowered if len(lowered) == len(text) else text
    if step < 0:
        found = text.rfind(needle, 0, max(start, 0) + len(needle) - 1) if start > 0 else -1
        return _or_none(found if found >= 0 else text.rfind(needle))
    found = text.find(needle, start + (step > 0))
    return _or_none(found if found >= 0 else text.find(needle))


def count(text: str, needle: str) -> int:
    """How many matches there are, by the same rule of case."""
    if not needle:
        return 0
    return (text.lower() if needle == needle.lower() else text).count(needle)


def replace_all(text: str, needle: str, by: str) -> tuple[str, int]:
    """`text` with every match replaced, and how many there were."""
    number = count(text, needle)
    if not number:
        return text, 0
    if needle != needle.lower():
        return text.replace(needle, by), number
    pattern = re.compile(re.escape(needle), re.IGNORECASE)
    return pattern.subn(lambda match: by, text)


def _or_none(offset: int) -> int | None:
    return offset if offset >= 0 else None
