"""Hostile text in every place of the grid, in a real terminal: nothing of it may reach the terminal as a command."""

import re
import select
import sys
import time
from collections.abc import Callable

import pyte
from ptyprocess import PtyProcess

FOREIGN = (
    b"\x1b]0;pwned",
    b"\x1b]52;c;cHduZWQ=",
    b"\x1b[HFAKE",
    b"\xc2\x9b",
    b"\xc2\x9d",
    "\u202e".encode(),
    b"\x00",
    b"\x1b]0;json",
)


class Terminal:
    """The program in a pseudo-terminal, every byte that it sent, and the screen that these make."""

    def __init__(self, what: str) -> None:
        argv = [sys.executable, "-m", "tests.shell.grid_app", what]
        self.process = PtyProcess.spawn(argv, dimensions=(40, 120))
        self.screen = pyte.Screen(120, 40)
        self.stream = pyte.ByteStream(self.screen)
        self.received = bytearray()

    def until(self, seen: Callable[[str], bool], seconds: float = 20) -> str:
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if select.select([self.process.fd], [], [], 0.05)[0]:
                data = self.process.read(65536)
                self.received += data
                # pyte does not know the private mode queries, and prints their ends
                self.stream.feed(re.sub(rb"\x1b\[[>=<?][0-9;]*[a-zA-Z$]+[a-z]?", b"", data))
            text = "\n".join(self.screen.display)
            if seen(text):
                return text
        raise AssertionError("never seen; the screen is\n" + "\n".join(self.screen.display))

    def press(self, keys: str) -> None:
        self.process.write(keys.encode())


def test_no_foreign_escape_reaches_the_terminal() -> None:
    terminal = Terminal("hostile")
    try:
        terminal.until(lambda text: "␛]0;pwned␇" in text and "[@click=app.bell]press[/]" in text)
        terminal.press("\r")
        terminal.until(lambda text: "row 1 of 14" in text and "␛]52;c" in text)
        terminal.press("\x1b[C" * 3)
        terminal.until(lambda text: "row 4 of 14" in text)
        terminal.press("\r")
        terminal.until(lambda text: "esc back" in text and "copy raw" in text)
        terminal.press("q")
        terminal.until(lambda text: "copy raw" not in text)
        terminal.press("q")
        terminal.until(lambda text: "row 4 of 14" not in text)
        terminal.press("$ g")
        terminal.until(lambda text: "copy raw" in text and "␛[2J␛[HFAKE>" in text)
        terminal.press("q")
        terminal.until(lambda text: "copy raw" not in text)
        terminal.press("gv")
        terminal.until(lambda text: "copy raw" in text and '"a": "\\u001b]0;json' in text)
        terminal.press("q")
        terminal.until(lambda text: "copy raw" not in text)
        terminal.press("s")
        terminal.until(lambda text: "sorted by {" in text)
        for foreign in FOREIGN:
            assert foreign not in terminal.received
        assert terminal.process.isalive()
    finally:
        terminal.process.terminate(force=True)
