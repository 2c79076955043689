"""Vi keys: the motions, operators and modes that fingers know, over any text that can be read and replaced."""

from chatly_console.query.vi.machine import Vi
from chatly_console.query.vi.selected import Mode, Selected
from chatly_console.query.vi.text import Place, Text

__all__ = ["Mode", "Place", "Selected", "Text", "Vi"]
