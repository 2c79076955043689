"""`ctrl+a` and `ctrl+x`: a number in the text made larger or smaller."""

import re

_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|0[bB][01]+|-?\d+")
_LARGEST = 1 << 64


def counted_up(line: str, column: int, by: int, *, end: int | None = None) -> tuple[str, int] | None:
    """The line with the number at the column, or the next behind it, made larger, and where that ends; None for none.

    >>> counted_up("limit 9", 0, 1)
    ('limit 10', 7)
    >>> counted_up("x - 0x0f", 0, 1)
    ('x - 0x10', 7)
    """
    reach = len(line) if end is None else end
    for match in _NUMBER.finditer(line, 0 if end is None else column, reach):
        if match.end() > column:
            written = _written(match[0], by)
            return line[: match.start()] + written + line[match.end() :], match.start() + len(written) - 1
    return None


def _written(number: str, by: int) -> str:
    prefix = number[:2].lower()
    if prefix in ("0x", "0b"):
        base = 16 if prefix == "0x" else 2
        value = (int(number[2:], base) + by) % _LARGEST
        digits = f"{value:x}" if base == 16 else f"{value:b}"
        if base == 16 and any(sign.isupper() for sign in reversed(number[2:]) if sign.isalpha()):
            digits = digits.upper()
        return number[:2] + digits.rjust(len(number) - 2, "0")
    value = int(number) + by
    digits = number.removeprefix("-")
    width = len(digits) if digits.startswith("0") and len(digits) > 1 else 0
    return f"{'-' if value < 0 else ''}{str(abs(value)).rjust(width, '0')}"
