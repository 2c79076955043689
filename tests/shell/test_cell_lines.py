"""One value as lines: broken between words, bytes in the columns that the screen has."""

from chatly_console.core.values import Column
from chatly_console.shell.grid.cell_lines import cell_lines, wrapped

TEXT, BYTES = Column("t", 25), Column("b", 17, "bytea")


def lines(value: str, width: int, column: Column = TEXT) -> list[str]:
    return ["".join(piece for piece, _ in line.spans) for line in cell_lines(value, column, width)]


def test_long_text_is_broken_between_words() -> None:
    assert lines("the quick brown fox jumps", 10) == ["the quick", "brown fox", "jumps"]
    assert lines("exactly ten\nand more", 7) == ["exactly", "ten", "and", "more"]


def test_what_has_no_place_to_break_is_cut_and_nothing_is_lost() -> None:
    assert lines("0123456789" * 3, 12) == ["012345678901", "234567890123", "456789"]
    assert lines("a " + "x" * 20, 10) == ["a xxxxxxxx", "xxxxxxxxxx", "xx"], "an almost empty line helps nobody"
    assert "".join(wrapped("漢字" * 30, 9)) == "漢字" * 30
    assert max(map(len, wrapped("漢字" * 30, 9))) == 4, "wide characters take two cells"
    assert list(wrapped("漢字", 1)) == ["漢", "字"]


def test_bytes_are_seen_as_hex_and_as_text_in_any_width() -> None:
    value = "\\x" + b"Hello, \x00\xff world: 123".hex()
    assert lines(value, 90, BYTES) == [
        "00000000  48 65 6c 6c 6f 2c 20 00  ff 20 77 6f 72 6c 64 3a  Hello, ·· world:",
        "00000010  20 31 32 33                                        123",
    ]
    assert lines(value, 66, BYTES)[:2] == [
        "00000000  48 65 6c 6c 6f 2c 20 00  Hello, ·",
        "00000008  ff 20 77 6f 72 6c 64 3a  · world:",
    ]
