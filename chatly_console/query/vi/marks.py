"""Places that vi remembers: `a` to `z`, and those that it notes itself."""

from dataclasses import dataclass, field

from chatly_console.query.vi.text import Place, Text

BEFORE_JUMP, INSERTED, CHANGED = "'", "^", "."
FIRST_CHANGED, LAST_CHANGED, FIRST_SELECTED, LAST_SELECTED = "[", "]", "<", ">"


@dataclass
class Marks:
    """By name; a backquote names the same as a quote."""

    _places: dict[str, Place] = field(default_factory=dict)

    def put(self, name: str, place: Place) -> None:
        """Remember a place."""
        self._places[name.replace("`", BEFORE_JUMP)] = place

    def find(self, name: str, text: Text) -> Place | None:
        """The place, as far as the text still reaches there; None where there is no such mark."""
        found = self._places.get(name.replace("`", BEFORE_JUMP))
        if found is None:
            return None
        line = min(found[0], text.line_count - 1)
        behind = name == INSERTED
        return line, min(found[1], max(len(text.line(line)) - 1 + behind, 0))

    def edited(self, first: int, last: int, added: int) -> None:
        """The lines from `first` to `last` have become `added` more, or less: what stood below stands elsewhere."""
        for name, (line, column) in self._places.items():
            if line > last:
                self._places[name] = line + added, column
            elif line > last + added:
                self._places[name] = max(first, last + added), column
