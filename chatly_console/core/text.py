"""Text from outside made fit for the screen: nothing in it can steer the terminal, hide, or misalign.

Names, cells, errors, notices and files are hostile until they have been through `safe_text`. What it returns
has no control, surrogate or bidirectional character, whatever came in, and every character's width is one on
which the screen library and the terminals agree. Copy and export use the raw value, never this one.
"""

import re
import unicodedata

_TAB_COLUMNS = 8
_ELLIPSIS = "…"
_NEVER_SHOWN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Printable by category, yet nothing is seen of them: fillers and variation selectors."""
_CONTEXT = re.compile("[\u200c\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
"""Joiners, presentation selectors and skin tones: fair in their place, and abuse elsewhere."""
_ALIGNED = re.compile("[\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u2400-\u2421\u2500-\u25fc…⏎⇥]*")
"""Characters known to take one cell each; text of nothing else needs no measuring."""


class _Replacements(dict[int, str]):
    """What each code point is shown as: worked out on first sight, then remembered."""

    def __missing__(self, code: int) -> str:
        shown = self[code] = _shown(chr(code))
        return shown


def _shown(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    category = unicodedata.category(character)
    hidden = category in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp") or _NEVER_SHOWN.match(character)
    return escaped(character) if hidden else character


def escaped(character: str) -> str:
    r"""The visible stand-in of a character that must not be shown: `\u202e`, `\U000e0041`."""
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


_LINES = _Replacements({0x0A: "\n", 0x200C: "\u200c"})
_ONE_LINE = _Replacements({0x0A: "⏎", 0x09: "⇥", 0x200C: "\u200c"})


def safe_text(text: str, *, one_line: bool = True) -> str:
    """Return `text` with everything visible that could steer the terminal, hide or reorder text.

    Control characters become their pictures (␛), the invisible ones their escapes (`\\u202e`). On one line a
    newline is ⏎ and a tab ⇥; otherwise newlines stay, and tabs are expanded.
    """
    if text.isprintable() and (text.isascii() or not (_NEVER_SHOWN.search(text) or _CONTEXT.search(text))):
        return _anchored(text)
    if not one_line:
        text = text.replace("\r\n", "\n").expandtabs(_TAB_COLUMNS)
    if not text.isascii():
        text = _CONTEXT.sub(_in_context, text)
    if one_line:
        return _anchored(text.translate(_ONE_LINE))
    return "\n".join(map(_anchored, text.translate(_LINES).split("\n")))


def safe_characters(text: str, *, one_line: bool = False) -> str:
    """The text fit for the screen, character for character, so that each stays where it is: for text that is edited.

    Tabs stay what they are, or (in one line) become a picture like other control characters.
    """
    if text.isprintable() and text.isascii():
        return text
    return "".join(_alike(character, one_line) for character in text)


def _alike(character: str, one_line: bool) -> str:
    if (character.isprintable() and character.isascii()) or (character == "\t" and not one_line):
        return character
    safe = safe_text(character, one_line=one_line)
    return safe if len(safe) == 1 else safe[1] if safe.startswith("◌") else "\N{REPLACEMENT CHARACTER}"


def _anchored(text: str) -> str:
    """Give a leading combining mark a letter of its own, or it would sit on what stands before the text."""
    return "◌" + text if text and not text.isascii() and _width_of(text[0]) == 0 else text


def _in_context(match: re.Match[str]) -> str:
    """What to show of a joiner, selector or skin tone: nothing where it belongs to an emoji, else the escape.

    Terminals disagree on the width of joined emoji, so these are shown side by side, plain. Between letters
    of the scripts that need it, the non-joiner stays (it takes no room), and the joiner goes.
    """
    text, start, character = match.string, match.start(), match[0]
    before = next((c for c in reversed(text[max(0, start - 4) : start]) if not _CONTEXT.match(c)), "")
    if not before:
        return escaped(character)
    category = unicodedata.category(before)
    if character in "\u200c\u200d" and not before.isascii() and category[0] in "LM":
        after = text[match.end() : match.end() + 1]
        joins = bool(after) and not after.isascii() and unicodedata.category(after)[0] in "LM"
        if joins and unicodedata.east_asian_width(before) == "N":
            return character if character == "\u200c" else ""
        return escaped(character)
    if character == "\u200c":
        return escaped(character)
    keycap = character == "\ufe0f" and text[match.end() : match.end() + 1] == "\u20e3"
    return "" if category in ("So", "Sm") or keycap else escaped(character)


_WIDE_SINCE_UNICODE_16 = (
    (0x2630, 0x2637),
    (0x268A, 0x268F),
    (0x4DC0, 0x4DFF),
    (0x1D300, 0x1D356),
    (0x1D360, 0x1D376),
)


def _measured(character: str) -> int:
    code = ord(character)
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Mc", "Cc", "Cf") or 0x1160 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FF:
        return 0
    if any(first <= code <= last for first, last in _WIDE_SINCE_UNICODE_16):
        return 2
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class _Widths(dict[str, int]):
    def __missing__(self, character: str) -> int:
        width = self[character] = _measured(character)
        return width


_WIDTHS = _Widths()
_width_of = _WIDTHS.__getitem__


def cell_width(text: str) -> int:
    """The terminal cells that safe text takes; equal to the screen library's own measure of it."""
    if text.isascii() or _ALIGNED.fullmatch(text):
        return len(text)
    return sum(map(_width_of, text))


def cut(text: str, width: int) -> str:
    """Safe text of at most `width` cells, cut between graphemes, with … where something is missing."""
    head = text[: 4 * width + 16]
    if len(head) == len(text) and cell_width(text) <= width:
        return text
    if width <= 1:
        return _ELLIPSIS[:width]
    if head[:width].isascii():
        return head[: width - 1] + _ELLIPSIS
    used = 0
    for index, character in enumerate(head):
        used += _width_of(character)
        if used > width - 1:
            return head[:index] + _ELLIPSIS
    return head + _ELLIPSIS


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Safe text in exactly `width` cells: cut with … if too long, else padded, on the left if `right`."""
    shown = cut(text, width)
    padding = " " * (width - cell_width(shown))
    return padding + shown if right else shown + padding


def cell_text(value: str, width: int) -> str:
    """A raw value on one line in at most `width` cells; its cost depends on `width`, not on the value."""
    limit = 4 * width + 16
    if len(value) <= limit:
        return cut(safe_text(value), width)
    return cut(safe_text(value[:limit]) + _ELLIPSIS, width)
