"""Vi keys, as fingers know them: what vim does with a text and keys (`vi_cases.txt`), and what is the console's own."""

from pathlib import Path

import pytest

from chatly_console.query.vi import Vi
from chatly_console.query.vi.registers import Registers
from tests.query.vi_text import Lines, press

CASES = [
    line
    for line in Path(__file__).with_name("vi_cases.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("# ")
]


@pytest.mark.parametrize("case", CASES)
def test_keys_do_what_vim_does(case: str) -> None:
    before, keys, after = case.split(" » ")
    text = Lines(before.replace("⏎", "\n"))
    press(text, Vi(text), keys)
    assert text.marked() == after.replace("⏎", "\n")


def test_modes_are_told_and_escape_is_given_on_only_when_idle() -> None:
    text = Lines("^a b")
    vi = Vi(text)
    assert vi.feed("v")
    selected = vi.selected
    assert selected is not None and selected.places(text) == ((0, 0), (0, 1))
    assert vi.feed("ctrl+v") and vi.mode.value == "VISUAL BLOCK"
    press(text, vi, "␛")
    assert (vi.selected, vi.mode.value) == (None, "NORMAL")
    assert not vi.feed("escape")
    assert not vi.feed("f5")
    assert vi.feed("K") and vi.request == "tell"
    assert vi.feed("g") and vi.request == "" and vi.feed("d") and vi.request == "go there"
    vi.feed("i")
    assert not vi.feed("x") and not vi.feed("ctrl+v") and not vi.feed("left")
    assert vi.mode.value == "INSERT"


def test_what_is_typed_of_a_command_is_told_and_escape_gives_it_up() -> None:
    text = Lines("^a b c")
    vi = Vi(text)
    press(text, vi, "2d")
    assert vi.pending == "2d"
    press(text, vi, "␛dw/b")
    assert (vi.pending, text.marked(), vi.found) == ("/b", "^b c", ((0, 0), (0, 1)))
    press(text, vi, "c␈␈c")
    assert (vi.pending, text.marked()) == ("/c", "b ^c")
    press(text, vi, "␛")
    assert (vi.pending, vi.found, text.marked()) == ("", None, "^b c")
    press(text, vi, "/b⏎:s⏎/")
    vi.feed("up")
    assert vi.pending == "/b"


def test_macros_and_registers_are_told_and_clipboards_are_used() -> None:
    copied: list[str] = []
    text = Lines("^a b")
    vi = Vi(text, registers=Registers(copied.append, lambda: "pasted\n"))
    press(text, vi, '"+yw')
    assert copied == ["a "]
    press(text, vi, '"+yy"*p')
    assert copied[1:] == ["a b\n"] and text.marked() == "a b\n^pasted"
    press(text, vi, "qa")
    assert vi.pending == "@a"
    press(text, vi, "xq")
    assert vi.pending == ""


@pytest.mark.parametrize(
    ("keys", "asked"),
    [("n", "next"), ("N", "previous"), (":w", ""), (":wq⏎", "command"), (":w␛", ""), (":w␈␈x", ""), ("V:s⏎", "command"),
     ("gt", "next buffer"), ("gT", "buffer before"), ("==", "format"), ("gg=G", "format"), ("V=", "format"),
     ("gqip", "format"), ("*n", ""), ("/b⏎n", ""), ("ZZ", "command"), ("&", "command")],
)  # fmt: skip
def test_what_the_editor_has_to_do_is_asked_of_it(keys: str, asked: str) -> None:
    text = Lines("a ^b")
    vi = Vi(text)
    press(text, vi, keys)
    assert vi.request == asked


@pytest.mark.parametrize(
    ("keys", "said"),
    [("/zz⏎", "“zz” is not in the text."), ("p", "Nothing was yanked or deleted yet."), ("'x", "There is no mark x."),
     ("u", "There is nothing to take back."), ("/\\(⏎", "“\\(” is no pattern"), ('"xp', "Nothing is in register x.")],
)  # fmt: skip
def test_keys_that_lead_nowhere_say_so_and_change_nothing(keys: str, said: str) -> None:
    text = Lines("a ^b")
    vi = Vi(text)
    press(text, vi, keys)
    assert vi.said.startswith(said) and text.marked() == "a ^b"


def test_macros_that_call_themselves_end() -> None:
    text = Lines("^a\nb\nc")
    vi = Vi(text)
    press(text, vi, "qqqqqA;␛j@qq@q")
    assert text.marked() == "a;\nb;\nc^;"
    press(text, vi, "qwqqwix␛@wq@w")
    assert vi.said == "The macro was stopped: it types without an end."
    press(text, vi, "u")
    assert text.lines()[2].count("x") == 1


@pytest.mark.parametrize(
    ("keys", "said"),
    [("999999ix␛", "^xa b"), ("99999ox␛", "a b\n^x"), ("yw999999p", "^a b"), ("V999999>", "^a b"),
     ("yw/[[&&]⏎", "^a b"), ("999999*", "a ^b"), ("yy99999999p", "^a b")],
)  # fmt: skip
def test_a_count_with_a_digit_too_many_does_no_harm(keys: str, said: str) -> None:
    text = Lines("^a b" if "*" not in keys else "a ^b")
    vi = Vi(text)
    press(text, vi, keys)
    assert len("".join(text.lines())) <= 1_000_003
    if "i" not in keys:
        assert text.marked() == said
    press(text, vi, "␛u")
    assert text.lines() == ["a b"]


def test_a_long_macro_is_typed_in_turns_and_escape_stops_it() -> None:
    text = Lines("^1")
    vi = Vi(text, patience=-1.0)
    press(text, vi, "qq⌃aq999@q")
    is_busy = vi.is_busy
    press(text, vi, "␛")
    vi.go_on()
    assert (is_busy, vi.is_busy, vi.said, len(text.line(0))) == (True, False, "Stopped.", 2)
    stopped_at = int(text.line(0))
    press(text, vi, "99@qD")
    while vi.is_busy:
        vi.go_on()
    assert text.lines() == [str(stopped_at + 99)[:-1]]


def test_half_a_screen_and_the_height_of_the_line() -> None:
    text = Lines("^a" + "\na" * 99)
    vi = Vi(text)
    text.in_sight = (0, 19)
    assert vi.feed("ctrl+d") and text.cursor == (10, 0)
    assert vi.feed("ctrl+u") and text.cursor == (0, 0)
    assert vi.feed("pagedown") and text.cursor == (18, 0)
    assert vi.feed("ctrl+b") and text.cursor == (0, 0)
    press(text, vi, "3⌃e")
    assert (text.scrolled, text.cursor) == ((3, "top"), (3, 0))
    press(text, vi, "50Gzz")
    assert text.scrolled == (49, "middle")
    press(text, vi, "zt")
    assert text.scrolled == (49, "top")


def test_marks_move_with_what_is_put_in_above_them() -> None:
    text = Lines("a\nb\n^c d")
    vi = Vi(text)
    press(text, vi, "wma")
    vi.marks.edited(0, 0, 2)
    text.replace((0, 0), (0, 0), "x\ny\n")
    press(text, vi, "gg`a")
    assert text.marked() == "x\ny\na\nb\nc ^d"
    vi.marks.edited(1, 4, -3)
    text.replace((1, 1), (4, 3), "")
    press(text, vi, "gg'a")
    assert text.marked() == "x\n^y"


def test_what_was_completed_is_typed_again_and_moving_the_cursor_begins_anew() -> None:
    text = Lines("^\n")
    vi = Vi(text)
    press(text, vi, "ise")
    text.replace((0, 0), (0, 2), "select ")
    text.move((0, 7))
    vi.noted((0, 0), (0, 2), "se", "select ")
    press(text, vi, "1␛j.")
    assert text.marked() == "select 1\nselect ^1"
    press(text, vi, "3iab")
    text.move((1, 0))
    press(text, vi, "c␛ggP.")
    assert text.lines()[1] == "cselect ab1"


def test_wide_and_joined_characters_are_one() -> None:
    text = Lines("^e\u0301a 👩\u200d👧 漢")
    vi = Vi(text)
    press(text, vi, "lx")
    assert text.marked() == "e\u0301^ 👩\u200d👧 漢"
    press(text, vi, "lx$ix␛0x")
    assert text.marked() == "^  x漢"


def test_what_was_taken_back_is_done_again_by_either_key() -> None:
    text = Lines("^abc")
    vi = Vi(text)
    press(text, vi, "xuU")
    assert text.marked() == "^bc"
    press(text, vi, "u⌃r")
    assert text.marked() == "^bc"
