"""Vi keys: the motions, operators and modes that fingers know, over any text that can be read and replaced."""

from chatly_console.query.vi.edits import Mode
from chatly_console.query.vi.machine import Vi
from chatly_console.query.vi.text import Place, Text

__all__ = ["Mode", "Place", "Text", "Vi"]
