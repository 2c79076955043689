"""The pane's first line: what is searched, how, as whom and how much of it is seen."""

from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget

from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.text import safe_text
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.operators import settings_words
from chatly_console.vectors.service import Settings


@dataclass(frozen=True, slots=True)
class Heading:
    """What the line says; `visible` is how many rows the identity sees, None while nobody has counted."""

    column: VectorColumn | None = None
    k: int = 10
    settings: Settings = ()
    identity: Identity = LOGIN
    visible: int | None = None
    provider: str = ""

    @property
    def left(self) -> str:
        """The column, its index, and as whom it is seen."""
        column = self.column
        if column is None:
            return "no column of vectors"
        index = column.index.describe() if column.index else "no index"
        own = [settings_words(self.settings)] if self.settings else []
        who = []
        if not self.identity.is_login:
            who.append(f"as {self.identity.label or self.identity.describe()}{self._share(column)}")
        words = [*who, column.metric.name, index, *own, f"{column.rows:,} rows"]
        return f"{column.title}  {column.type_words} · {' · '.join(words)}"

    @property
    def right(self) -> str:
        """What one changes most: how many rows, and what makes a text's vector."""
        return f"{self.provider}  k {self.k}" if self.column is not None else ""

    def _share(self, column: VectorColumn) -> str:
        if self.visible is None:
            return ""
        if not column.rows:
            return f" ({self.visible:,} rows)"
        return f" ({min(1.0, self.visible / column.rows):.1%} of rows)"


class Header(Widget):
    """One line; the left gives way where there is no room for both ends."""

    can_focus = False

    def __init__(self) -> None:
        super().__init__(id="vectors-header")
        self.heading = Heading()

    def show(self, heading: Heading) -> None:
        """Say this from now on."""
        self.heading = heading
        self.set_class(not heading.identity.is_login, "-impersonating")
        self.refresh()

    def render(self) -> Content:
        """Both ends of the line."""
        left, right = Content(safe_text(self.heading.left)), Content(safe_text(self.heading.right))
        room = self.size.width - right.cell_length - 2
        if room < 30:
            left, right, room = left, Content(""), self.size.width
        left = left.truncate(room, ellipsis=True)
        return Content.assemble(left, " " * max(1, self.size.width - left.cell_length - right.cell_length), right)
