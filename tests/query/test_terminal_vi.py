"""Vi keys in a real terminal, as fingers type them."""

import re
from pathlib import Path

from tests.query.console import CTRL_R, ENTER, ESC, F5, Console, alt

CTRL_A, CTRL_V = "\x01", "\x16"


def types(console: Console, command: str, text: str) -> None:
    """A command that begins to type, what is typed, and the Esc that ends it."""
    console.press(command)
    console.sees("INSERT")
    console.press(text)
    console.press(ESC)
    console.sees("NORMAL")


def shows(console: Console, *lines: str) -> None:
    """Wait until the editor's first lines are these."""
    pattern = r"\s*\n".join(rf"\s*{number}.?\s?{re.escape(line)}" for number, line in enumerate(lines, 1))
    console.until(lambda: re.search(rf"^{pattern}\s*$", console.text, re.MULTILINE))


def test_vi_fingers_find_what_they_know(console: Console, tmp_path: Path) -> None:
    console.press(alt("z"))
    console.sees("NORMAL")
    types(console, "i", f"select aaa,{ENTER}bbb,{ENTER}ccc,{ENTER}ddd from t1")
    motions_operators_and_counts(console)
    selections(console)
    searches_registers_and_macros(console)
    console.press(f":%s/a/42/g{ENTER}")
    console.sees("2 places replaced")
    shows(console, "select 42;", "b;", "ccc,", "select 42;")
    console.press(f"ggV{F5}")
    console.sees("1 row")
    the_consoles_own(console, tmp_path)


def motions_operators_and_counts(console: Console) -> None:
    types(console, "gg0wcw", "a")
    console.press("jf,2X")
    shows(console, "select a,", "b,", "ccc,", "ddd from t1")
    console.press(f"jj02dw$2{CTRL_A}")
    shows(console, "select a,", "b,", "ccc,", "t3")
    console.press("k0x.")
    shows(console, "select a,", "b,", "c,", "t3")
    console.press("uu")
    shows(console, "select a,", "b,", "ccc,", "t3")


def selections(console: Console) -> None:
    console.press("ggwvd")
    shows(console, "select ,", "b,", "ccc,", "t3")
    console.press("P2jVd")
    shows(console, "select a,", "b,", "t3")
    console.press(f"P0k{CTRL_V}j")
    console.sees("VISUAL BLOCK")
    types(console, "I", "--")
    shows(console, "select a,", "--b,", "--ccc,", "t3")
    console.press(f"j{CTRL_V}kld")
    shows(console, "select a,", "b,", "ccc,", "t3")


def searches_registers_and_macros(console: Console) -> None:
    console.press("gg/c")
    console.sees("/c▏")
    console.press(f"c{ENTER}ix")
    console.press(ESC)
    shows(console, "select a,", "b,", "xccc,", "t3")
    console.press('ux"ayyGV"ap')
    shows(console, "select a,", "b,", "cc,", "cc,")
    console.press(f"k:s/cc/ccc/{ENTER}")
    shows(console, "select a,", "b,", "ccc,", "cc,")
    console.press("ggqq")
    console.sees("@q")
    types(console, "A", "\x7f;")
    console.press("jq@q")
    shows(console, "select a;", "b;", "ccc,", "cc,")
    console.press("ggyyGVp")
    shows(console, "select a;", "b;", "ccc,", "select a;")


def the_consoles_own(console: Console, tmp_path: Path) -> None:
    console.press(f"{ESC}")
    console.sees("NORMAL")
    console.press(f"ggdd{CTRL_R}")
    console.sees("find in the history")
    console.press(ESC)
    console.goes("find in the history")
    (tmp_path / "my-editor").write_text('#!/bin/sh\nprintf "select 7 as \\"outside\\"" > "$1"; echo lent; read key\n')
    console.press(alt("v"))
    console.sees("lent")
    console.press(ENTER)
    shows(console, 'select 7 as "outside"')
