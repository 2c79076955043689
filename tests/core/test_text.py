"""What a person sees of hostile text, and that nothing else gets through."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from chatly_console.core.text import cell_text, cell_width, cut, fit, safe_text

BIDI = {chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)}
ANY_TEXT = st.text(
    st.one_of(
        st.characters(codec=None, exclude_categories=()),
        st.sampled_from(
            "\x00\x07\x1b\x7f\x85\x9b\x9d\u2028\u202e\u2066\u200d\ufe0f\u200c\ud800\n\r\t👩🏽❤ع़क\U000e0041"
        ),
    ),
    max_size=40,
)


def assert_harmless(shown: str, allowed: str = "") -> None:
    for character in shown:
        if character in allowed:
            continue
        assert unicodedata.category(character) not in ("Cc", "Cs", "Cn", "Zl", "Zp"), hex(ord(character))
        assert unicodedata.category(character) != "Cf" or character == "\u200c"
        assert character not in BIDI


@given(ANY_TEXT)
@settings(max_examples=1500, deadline=None)
def test_nothing_harmful_is_ever_left(text: str) -> None:
    shown = safe_text(text)
    assert_harmless(shown)
    assert safe_text(shown) == shown
    assert cell_width(shown) == cell_len(shown)


@given(ANY_TEXT)
@settings(max_examples=500, deadline=None)
def test_of_several_lines_only_newlines_stay(text: str) -> None:
    shown = safe_text(text, one_line=False)
    assert_harmless(shown, allowed="\n")
    assert safe_text(shown, one_line=False) == shown


@given(ANY_TEXT, st.integers(0, 30), st.booleans())
@settings(max_examples=500, deadline=None)
def test_a_fitted_text_takes_exactly_its_cells(text: str, width: int, right: bool) -> None:
    assert cell_len(fit(safe_text(text), width, right=right)) == width
    assert cell_len(cell_text(text, width)) <= width


def test_every_character_is_as_wide_as_the_screen_library_says() -> None:
    differing = []
    for code in (*range(0x33000), *range(0xE0000, 0xE0200), *range(0xF0000, 0x110000, 251)):
        shown = safe_text(chr(code))
        if cell_width(shown) != cell_len(shown):
            differing.append(hex(code))
    assert differing == []


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("", ""),
        ("\x1b]0;pwned\x07", "␛]0;pwned␇"),
        ("\x9b2J", "\\u009b2J"),
        ("a\x00b\x7f", "a␀b␡"),
        ("one\ntwo\tthree\r", "one⏎two⇥three␍"),
        ("user\u202egnp.exe", "user\\u202egnp.exe"),
        ("ad\u200dmin", "ad\\u200dmin"),
        ("ad\u200bmin", "ad\\u200bmin"),
        ("\ud800", "\\ud800"),
        ("x\U000e0041", "x\\U000e0041"),
        ("[@click=app.bell]x[/]", "[@click=app.bell]x[/]"),
        ("👍🏽", "👍"),
        ("👨‍👩‍👧", "👨👩👧"),
        ("❤️ and 1️⃣", "❤ and 1⃣"),
        ("متجر النور", "متجر النور"),
        ("می‌خواهم", "می‌خواهم"),
        ("\u0301x", "◌\u0301x"),
    ],
)
def test_what_is_shown(raw: str, shown: str) -> None:
    assert safe_text(raw) == shown


def test_several_lines_keep_their_shape() -> None:
    assert safe_text("a\r\n\tb\rc", one_line=False) == "a\n        b␍c"
    assert safe_text("\nà\n\u0301b", one_line=False) == "\nà\n◌\u0301b"


def test_a_cut_falls_between_graphemes() -> None:
    assert cut("cafe\u0301 miro", 5) == "cafe\u0301…"
    assert cut("漢字かな", 6) == "漢字…"
    assert fit("12", 5, right=True) == "   12"


def test_a_megabyte_shows_its_beginning() -> None:
    assert cell_text("x" * 1_000_000, 8) == "xxxxxxx…"
    assert cell_text("\u0301" * 1_000_000, 8).endswith("…")
