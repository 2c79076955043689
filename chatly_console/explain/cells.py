"""The columns of the drawn plan: which fit into a width, and the text of each for a node."""

from dataclasses import dataclass

from chatly_console.explain.analysis import Analysis
from chatly_console.explain.estimates import Estimate
from chatly_console.explain.lines import PlanLine
from chatly_console.explain.wording import bar, factor_words, milliseconds, percent, short

VERY_WIDE, WIDE, MIDDLE = 140, 110, 90
_SHARE_SIGNS = (" ", "▲", "✗", "✗")
_ESTIMATE_SIGNS = ("", "▲", "✗", "✗✗")
_NEVER = "never ran"
_ROOMY = 20


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths in cells; 0 where a column is left out."""

    time: int
    bar: int
    rows: int
    blocks: int

    @property
    def used(self) -> int:
        """What is taken before the tree begins, with one cell between columns, and one for the cursor's mark."""
        return 1 + sum(width + 1 for width in (self.time, self.bar, self.bar and 5, self.rows, self.blocks) if width)


def columns_for(width: int, analysis: Analysis) -> Columns:
    """The columns that leave the tree half of the screen."""
    blocks = any(key in analysis.plan.root.raw for key in ("Shared Hit Blocks", "Temp Read Blocks"))
    if width >= WIDE:
        return Columns(8, 14 if width >= VERY_WIDE else 10, 22 if analysis.plan.analyzed else 8, 7 if blocks else 0)
    if width >= MIDDLE:
        return Columns(8, 8, 22 if analysis.plan.analyzed else 8, 0)
    return Columns(8, 5, 16 if analysis.plan.analyzed else 7, 0)


def heading_of(columns: Columns, analysis: Analysis) -> str:
    """The names of the columns."""
    plan = analysis.plan
    time = ("self" if plan.timed else "own cost").rjust(columns.time)
    rows = "rows est → real"[: columns.rows].ljust(columns.rows) if plan.analyzed else "rows est".rjust(columns.rows)
    parts = [time, "share".ljust(columns.bar + 6), rows]
    if columns.blocks:
        parts.append("blocks".rjust(columns.blocks))
    return " " + " ".join([*parts, "node"])


def time_cell(line: PlanLine, analysis: Analysis, columns: Columns) -> str:
    """The node's own time, or its own cost where nothing was run."""
    node = line.node
    if analysis.plan.timed:
        text = "" if node.never_executed else milliseconds(analysis.timing.of(node).self_ms)
    else:
        text = short(analysis.costs[node.id - 1][1])
    return text.rjust(columns.time)[: columns.time]


def bar_cell(line: PlanLine, analysis: Analysis, columns: Columns) -> tuple[str, str]:
    """The bar, and the percent beside it, with a sign from the first band on: colour alone does not tell it."""
    share = analysis.share(line.node)
    words = percent(share) if share >= 0.01 else "·"
    return bar(share, columns.bar), _SHARE_SIGNS[line.share_band] + words.rjust(5)


def rows_cell(line: PlanLine, analysis: Analysis, columns: Columns) -> tuple[str, str]:
    """Rows estimated and real, and how far they are apart: with a sign, a factor, and up where more came."""
    node = line.node
    estimate = analysis.estimate(node)
    if not analysis.plan.analyzed:
        return short(node.rows_planned or 0).rjust(columns.rows), ""
    if node.never_executed:
        return _NEVER.rjust(min(columns.rows, 16)), ""
    loops = node.loops or 1.0
    planned, actual = (node.rows_planned or 0) * loops, (node.rows or 0) * loops
    mark = _mark(line, estimate)
    arrow, width = ("→", 5) if columns.rows < _ROOMY else (" → ", 6)
    real = f"{arrow}{short(actual)}{' ' if mark else ''}"
    room = columns.rows - len(real) - len(mark)
    if len(short(planned)) > room:
        return real.rjust(columns.rows - len(mark)), mark  # the factor says what was expected
    return f"{short(planned):>{min(width, room)}}{real}", mark


def _mark(line: PlanLine, estimate: Estimate | None) -> str:
    if estimate is None or not line.estimate_band:
        return ""
    return f"{_ESTIMATE_SIGNS[line.estimate_band]}{factor_words(estimate.factor)}{estimate.sign}"


def blocks_cell(line: PlanLine, analysis: Analysis, columns: Columns) -> str:
    """The blocks that the node itself touched."""
    blocks = analysis.blocks(line.node)
    return (short(blocks) if blocks else "").rjust(columns.blocks)


def figures_text(line: PlanLine, analysis: Analysis, columns: Columns) -> str:
    """All columns as plain text, for the command line and the report."""
    bars, words = bar_cell(line, analysis, columns)
    rows, mark = rows_cell(line, analysis, columns)
    parts = [time_cell(line, analysis, columns), bars + words, f"{rows}{mark}".ljust(columns.rows)]
    if columns.blocks:
        parts.append(blocks_cell(line, analysis, columns))
    return " ".join(parts)


def tree_text(line: PlanLine) -> str:
    """The node in its place in the tree, as plain text."""
    heading = f"{line.heading}: " if line.heading else ""
    on = f" on {line.target}" if line.target else ""
    note = f"  {line.note}" if line.note else ""
    folded = f"  … {line.folded} more" if line.folded else ""
    return f"{line.branch}{heading}{line.method}{on}{note}{folded}"
