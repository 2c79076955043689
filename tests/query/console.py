"""The Query pane in a real terminal: its keys as a terminal sends them, and what a person does again and again."""

import base64
import re

from tests.shell.terminal import Terminal

ESC, ENTER, TAB, BACKSPACE, DELETE = "\x1b", "\r", "\t", "\x7f", "\x1b[3~"
DOWN, RIGHT = "\x1b[B", "\x1b[C"
HOME, SHIFT_DOWN, SHIFT_RIGHT = "\x1b[H", "\x1b[1;2B", "\x1b[1;2C"
CTRL_C, CTRL_F, CTRL_G, CTRL_N, CTRL_O, CTRL_Q = "\x03", "\x06", "\x07", "\x0e", "\x0f", "\x11"
CTRL_R, CTRL_S, CTRL_Z = "\x12", "\x13", "\x1a"
ALT_LEFT, ALT_RIGHT, EMPTY = "\x1b[1;3D", "\x1b[1;3C", "\x1b[F\x15"
CTRL_SLASH, F5, ALL = "\x1f", "\x1b[15~", "\x1b[18~"


def alt(key: str) -> str:
    return f"\x1b{key}"


class Console(Terminal):
    """The console, and what a person does with it again and again."""

    def goes(self, words: str) -> None:
        self.until(lambda: words not in self.text)

    def line(self, words: str) -> str:
        return next((line for line in self.screen.display if words in line), "")

    def has_line(self, pattern: str) -> None:
        """Wait until a line of the screen matches."""
        self.until(lambda: any(re.search(pattern, line) for line in self.screen.display))

    def write(self, text: str) -> None:
        """Put this in the place of the editor's text."""
        self.press(f"{ALL}{DELETE}{text}")

    def run(self, sql: str, seen: str) -> None:
        """Run this in the place of the editor's text, and see what comes of it."""
        self.write(f"{sql}{F5}")
        self.sees(seen)

    def to_rows(self) -> None:
        self.press(ESC)
        self.sees("/ filter")

    def to_editor(self) -> None:
        self.press(f"{CTRL_O}a")
        self.until(lambda: "letter: go there" not in self.text and "/ filter" not in self.text)

    def copied(self, since: int) -> str:
        """What was sent to the terminal's clipboard since that byte."""
        found = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\)", self.raw[since:])
        return base64.b64decode(found[-1]).decode() if found else ""

    def copies(self, key: str) -> str:
        since = len(self.raw)
        self.press(key)
        self.until(lambda: self.copied(since))
        return self.copied(since)
