"""A pseudo-terminal with a program in it, for what only a real process can show."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyte
from ptyprocess import PtyProcess

ROOT = Path(__file__).parents[2]
BLINK = 512
"""Bytes that a blinking cursor takes at most."""


class Terminal:
    """Starts a program, reads its screen, and never leaves it behind."""

    def __init__(self, arguments: list[str], environment: dict[str, str], size: tuple[int, int] = (100, 30)) -> None:
        width, height = size
        self.screen = pyte.Screen(width, height)
        self.raw = b""
        self._stream = pyte.ByteStream(self.screen)
        around = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        everything = {**around, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **environment}
        self.process = PtyProcess.spawn(
            [sys.executable, *arguments], cwd=str(ROOT), env=everything, dimensions=(height, width)
        )

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def read(self, seconds: float = 0.05) -> None:
        """Take what the program has written."""
        import select

        if select.select([self.process.fd], [], [], seconds)[0]:
            try:
                data = os.read(self.process.fd, 65536)
            except OSError:
                return
            self.raw += data
            self._stream.feed(data)

    def until(self, condition: Callable[[], object], seconds: float = 40.0) -> None:
        """Read until something is true."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"not within {seconds} s; on the screen:\n{self.text}"
            self.read()

    def sees(self, words: str) -> None:
        self.until(lambda: words in self.text)

    def settles(self, quiet: float = 0.15, seconds: float = 5.0) -> None:
        """Read until the program has drawn nothing for a moment; what blinks or counts is not waited for."""
        end = time.monotonic() + seconds
        last = time.monotonic()
        while time.monotonic() < end and time.monotonic() - last < quiet:
            before = len(self.raw)
            self.read()
            last = time.monotonic() if len(self.raw) - before > BLINK else last

    def press(self, keys: str) -> None:
        self.process.write(keys.encode())

    def ended(self, seconds: float) -> int:
        """Wait for the end; returns the exit status, negative for a signal."""
        end = time.monotonic() + seconds
        while self.process.isalive():
            assert time.monotonic() < end, f"still alive after {seconds} s"
            if not self.process.closed:
                self.read(0.02)
            else:
                time.sleep(0.02)
        for _ in range(10):
            if not self.process.closed:
                self.read(0.01)
        status = self.process.exitstatus
        return -int(self.process.signalstatus or 0) if status is None else int(status)

    def close(self) -> None:
        """Hang up, and end the program if it is still there."""
        if self.process.isalive():
            self.process.kill(signal.SIGKILL)
        if not self.process.closed:
            self.process.close(force=True)
