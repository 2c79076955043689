"""Copying to the clipboard of the person's own terminal, over ssh too, and saying honestly what is known of it."""

import os
from collections.abc import Mapping

from textual.app import App

LARGEST = 1 << 20
"""Bytes; beyond it terminals drop the sequence, or the connection chokes on it."""
DOUBTFUL = 70_000
"""Bytes; some terminals and multiplexers take no more in one sequence."""
_WITHOUT = ("linux", "vt100", "vt102", "vt220", "cons25")
"""Terminals, as TERM names them, that have no clipboard which programs can set; the first is the bare Linux console."""


def copy(app: App[object], text: str, what: str) -> tuple[str, bool]:
    """Offer `text` to the terminal; returns a sentence to say, and whether anything was sent.

    A terminal never answers whether it took it, so the sentence never claims that it did more than send. Within the
    console the text can be pasted in any case.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LARGEST:
        return (
            f"Not copied, export it instead: {what} has {size:,} bytes, and terminals take at most {LARGEST:,}.",
            False,
        )
    # a lone surrogate cannot be sent; PostgreSQL never has one, a file may
    app.copy_to_clipboard(text.encode("utf-8", "replace").decode("utf-8"))
    terminal = "" if app.is_headless else without_clipboard(os.environ)
    if terminal:
        return f"{terminal} has no clipboard for programs: ctrl+v pastes {what} in this console only.", False
    doubt = "; some terminals take less, so check what you paste" if size > DOUBTFUL else ""
    length = f"{size:,} byte" if size == 1 else f"{size:,} bytes"
    return f"Sent {what} to the terminal's clipboard ({length}{doubt}).", True


def without_clipboard(environment: Mapping[str, str]) -> str:
    """What this terminal is called, if it is known to have no clipboard that programs can set; else empty.

    >>> without_clipboard({"TERM": "linux"}), without_clipboard({"TERM": "xterm-256color"})
    ('The terminal “linux”', '')
    """
    if environment.get("TERM_PROGRAM") == "Apple_Terminal":
        return "Terminal.app"
    term = environment.get("TERM", "")
    return f"The terminal “{term}”" if term in _WITHOUT else ""
