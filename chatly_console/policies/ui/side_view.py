"""Two to four identities beside each other: who they are and what only they see above, the rows, the reasons below."""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from chatly_console.core.identity import Identity
from chatly_console.core.text import fit, safe_text
from chatly_console.policies.compare import Comparison
from chatly_console.policies.report import name_of
from chatly_console.policies.ui.aligned_rows import AlignedRows, header_words, side_widths


class SideView(Vertical):
    """Names and counts above, the rows, and below why the row under the cursor is on one side only."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.compared: Comparison | None = None
        self._title = ""
        self._asides: Mapping[Identity, str] = {}
        self._only = False

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Static("", id="side-head", markup=False)
        yield AlignedRows()
        yield Static("", id="side-why", markup=False)

    @property
    def key(self) -> tuple[str, ...]:
        """By which columns rows were matched."""
        return self.compared.key if self.compared is not None else ()

    def show(self, compared: Comparison, title: str, asides: Mapping[Identity, str], *, only_differences: bool) -> None:
        """Show a comparison; `asides` are a few words about each identity."""
        self.compared, self._title, self._asides, self._only = compared, title, asides, only_differences
        self.query_one("#side-why", Static).update(Content(""))
        self.query_one(AlignedRows).show(compared, only_differences=only_differences)
        self._head()

    def on_resize(self) -> None:
        """The names stand above their sides."""
        self._head()

    def _head(self) -> None:
        compared = self.compared
        if compared is None:
            return
        width = max(20, self.size.width - 2)  # beside the mark of the cursor and the scrollbar's place
        widths = side_widths(width, len(compared.sides))
        columns = self.query_one(AlignedRows).columns
        lines: list[list[Content]] = [[], [], [], []]
        rule = " "
        most = max([len(compared.only(at)) for at in range(len(compared.sides))] + [1])
        for at, (side, size) in enumerate(zip(compared.sides, widths, strict=True)):
            room = size - 2 * bool(at)
            separator = Content.styled("│ ", "$muted") if at else Content("")
            rows = f"{len(side.rows):,}{'+' if side.truncated else ''} row{'s' * (len(side.rows) != 1)}"
            name = fit(safe_text(name_of(side.identity)), max(1, room - cell_len(rows) - 2))
            lines[0] += [separator, Content.assemble((name, "bold $impersonate"), (f" {rows} ", "bold"))]
            aside = self._asides.get(side.identity) or side.identity.role or ""
            words = safe_text(side.failure.sentence) if side.failure else safe_text(aside)
            lines[1] += [separator, Content.styled(fit(words, room), "$bad" if side.failure else "$muted")]
            lines[2] += [separator, _only_here(len(compared.only(at)), most, room)]
            lines[3] += [separator, Content.styled(fit(header_words(compared, columns, room), room), "$muted")]
            rule += ("┼─" if at else "") + "─" * room
        joined = [Content("").join([Content(" "), *line]) for line in lines]
        title, summary = self._summary(compared)
        title, summary = (line.truncate(width, ellipsis=True) for line in (title, summary))
        content = [title, summary, *joined[:3], Content.styled(rule, "$muted"), joined[3]]
        self.query_one("#side-head", Static).update(Content("\n").join(content))

    def _summary(self, compared: Comparison) -> tuple[Content, Content]:
        held = sorted({side.strength for side in compared.sides if side.strength})
        strength = f"{' and '.join(held)} · rolled back" if held else "read-only"
        title = Content.assemble(" ", (safe_text(self._title), "bold"), (f"   {strength}", "$muted"))
        together = "both" if len(compared.sides) == 2 else "all"
        shared, differing = len(compared.shared), len(compared.differing)
        if any(side.failure for side in compared.sides):
            verdict = Content.styled("✗ not every side could be read", "$bad")
        elif not compared.rows:
            verdict = Content.styled("nobody sees a row", "$muted")
        elif shared:
            verdict = Content.styled(f"{shared:,} row{'s' * (shared != 1)} seen by {together}", "bold")
        else:
            verdict = Content.styled(f"✓ no row is seen by {together}", "bold $good")
        parts = [Content(" "), verdict]
        if differing:
            parts.append(Content.styled(f"   ≠ {differing:,} differ", "bold $warn"))
        elif shared:
            parts.append(Content.styled("   none differs", "$muted"))
        if any(side.truncated for side in compared.sides):
            parts.append(Content.styled("   of the first rows only", "$warn"))
        if self._only:
            parts.append(Content.styled("   only what differs is listed", "$muted"))
        return title, Content("").join(parts)

    def explain(self, trees: Sequence[Content]) -> None:
        """Say why the row under the cursor is seen or not."""
        self.query_one("#side-why", Static).update(Content("\n").join(list(trees)))


def _only_here(count: int, most: int, room: int) -> Content:
    """How many rows only this side sees, with a bar as long as that against the others."""
    words = f"only here {count:,} "
    bar = "━" * max(0, round((room - cell_len(words) - 1) * count / most)) if count else ""
    blank = " " * max(0, room - cell_len(words) - len(bar))
    return Content.assemble((words, "$accent" if count else "$muted"), (bar, "$accent"), blank)
