"""Copying to the clipboard of the person's own terminal, over ssh too, and saying honestly what is known of it."""

from textual.app import App

LARGEST = 1 << 20
"""Bytes; beyond it terminals drop the sequence, or the connection chokes on it."""
DOUBTFUL = 70_000
"""Bytes; some terminals and multiplexers take no more in one sequence."""


def copy(app: App[object], text: str, what: str) -> tuple[str, bool]:
    """Offer `text` to the terminal; returns a sentence to say, and whether anything was sent.

    A terminal never answers whether it took it, so the sentence never claims that it did more than send.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LARGEST:
        return (
            f"Not copied, export it instead: {what} has {size:,} bytes, and terminals take at most {LARGEST:,}.",
            False,
        )
    # a lone surrogate cannot be sent; PostgreSQL never has one, a file may
    app.copy_to_clipboard(text.encode("utf-8", "replace").decode("utf-8"))
    doubt = "; some terminals take less, so check what you paste" if size > DOUBTFUL else ""
    length = f"{size:,} byte" if size == 1 else f"{size:,} bytes"
    return f"Sent {what} to the terminal's clipboard ({length}{doubt}).", True
