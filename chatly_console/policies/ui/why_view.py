"""Why each row is reached or not: the tally, the rows with every policy's value, and one row's whole tree."""

import re
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from chatly_console.core.row_source import ListedRows
from chatly_console.core.text import cell_width, safe_text
from chatly_console.policies.combination import Combination
from chatly_console.policies.expression import one_line
from chatly_console.policies.report import decided_by, name_of, value_words, why_rows, word_of
from chatly_console.policies.rows_why import ExplainedRow, Explanation
from chatly_console.policies.ui.colours import coloured
from chatly_console.shell.grid import ResultGrid
from chatly_console.shell.grid.messages import CursorMoved

_TALLIES = 5
_MARK = {"admitted": ("✓", "$good"), "vetoed": ("✗", "$bad"), "hidden": ("·", "$muted")}
_VALUE = {True: "$good", False: "$bad", None: "$warn"}


class WhyView(Vertical):
    """Tally, rows and tree from top to bottom."""

    @dataclass
    class Chosen(Message):
        """The cursor stands on the row of this key: what its policies looked at is wanted."""

        key: tuple[str | None, ...]

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Static("", id="why-tally", markup=False)
        yield ResultGrid(id="why-rows", empty="No such rows.", opens_details=False)
        yield Static("", id="why-tree", markup=False)

    def show(self, explained: Explanation) -> None:
        """Show an explanation."""
        self.explained = explained
        self.query_one("#why-tally", Static).update(tally(explained))
        columns, rows = why_rows(explained)
        grid = self.query_one(ResultGrid)
        grid.set_source(ListedRows(columns, rows))
        if explained.truncated:
            grid.set_note(f"the first {len(rows):,} rows by key")
        self._show_row(0)

    def on_cursor_moved(self, event: CursorMoved) -> None:
        """Another row: its tree."""
        event.stop()
        if event.row is not None:
            self._show_row(event.row)

    def _show_row(self, index: int) -> None:
        rows = self.explained.rows
        words = tree(self.explained, rows[index]) if index < len(rows) else Content("")
        self.query_one("#why-tree", Static).update(words)
        if index < len(rows):
            self.post_message(self.Chosen(rows[index].key))

    def complete(self, explained: Explanation) -> None:
        """Show what the policies of one row looked at."""
        self.query_one("#why-tree", Static).update(tree(explained, explained.rows[0]))


def tally(explained: Explanation) -> Content:
    """What decides, and how many rows have which values."""
    lines = [
        Content.assemble(
            (f"{explained.command} ", "bold $accent"),
            (safe_text(explained.table.full_name), "bold"),
            " as ",
            (safe_text(name_of(explained.identity)), "" if explained.identity.is_login else "$impersonate"),
            f"  {safe_text(decided_by(explained))}",
            ("   F3 picks somebody else" if explained.identity.is_login else "", "$muted"),
        )
    ]
    for one in explained.tallies[:_TALLIES]:
        mark, style = _MARK[one.verdict.word]
        lines.append(
            Content.assemble(
                (f"{one.count:>11,}  ", "bold"),
                (f"{mark} {one.verdict.word:<9}", style),
                (safe_text(value_words(one.values)), "$muted"),
            )
        )
    if len(explained.tallies) > _TALLIES:
        lines.append(
            Content.styled(f"             and {len(explained.tallies) - _TALLIES} more combinations", "$muted")
        )
    if explained.partial:
        lines.append(Content.styled("▲ The login is subject to policies itself: there may be more rows.", "$warn"))
    return Content("\n").join(lines)


def tree(explained: Explanation, row: ExplainedRow, *, compact: bool = False) -> Content:
    """One row: each policy with its value, expression and what it looked at, and what follows."""
    who = name_of(explained.identity)
    key = short_key(row.key)
    mark, style = _MARK[row.verdict.word]
    seen = "reaches" if row.verdict.passes else "does not reach"
    lines = [
        Content.assemble(
            (f"{mark} ", style),
            (safe_text(who), "" if explained.identity.is_login else "$impersonate"),
            f" {seen} ",
            (safe_text(key), "bold"),
            f"  {safe_text(row.label[:60])}",
        )
    ]
    for combined in explained.combinations:
        if len(explained.combinations) > 1 and combined.policies:
            lines.append(Content.styled(f"   as {_command_of(explained, combined)}", "$muted"))
        lines += _combined(combined, row, compact)
    lines.append(Content.assemble("  ⇒ ", (safe_text(outcome(explained, row)), "bold")))
    return Content("\n").join(lines)


def _command_of(explained: Explanation, combined: Combination) -> str:
    """UPDATE and DELETE ask two combinations: their own, and what SELECT asks."""
    return explained.command.value if combined is explained.combinations[0] else "SELECT, which finds the rows"


def _combined(combined: Combination, row: ExplainedRow, compact: bool) -> list[Content]:
    lines = []
    values = dict(row.values)
    width = max((cell_width(safe_text(p.name)) for p in combined.policies), default=0)
    for policy in combined.policies:
        value = values[policy.name]
        expression = one_line(policy.expression(combined.clause) or "")
        name = safe_text(policy.name)
        lines.append(
            Content.assemble(
                (f"    {policy.kind:<12}", "$muted"),
                name + " " * (min(width, 40) - cell_width(name) + 2),
                (f"{word_of(value):<6}", f"bold {_VALUE[value]}"),
                Content(" "),
                coloured(expression[:300]),
            )
        )
        facts = [fact for fact in row.facts if fact.policy == policy.name]
        if compact and facts:
            told = [Content.assemble((f"{safe_text(_short(f.what))} ", "$muted"), _value(f.value, 13)) for f in facts]
            lines.append(Content.assemble(" " * 16, Content("   ").join(told)))
        elif facts:
            lines += [
                Content.assemble(" " * 16, (f"{safe_text(fact.what)} ", "$muted"), _value(fact.value)) for fact in facts
            ]
    return lines


def _short(what: str) -> str:
    """A call without the schema and the casts that the server writes."""
    return re.sub(r"::[a-z ]+", "", re.sub(r"^[a-z_]+\.(?=[a-z_]+\()", "", what))


def _value(value: str | None, most: int = 160) -> Content:
    """A value that a policy looked at; of a list of ids only the beginnings where there is little room."""
    if value is None:
        return Content.styled("→ null", "$null")
    if most < 160:
        parts = [part if len(part) <= most else f"{part[:8]}…" for part in value.split(", ")]
        value = ", ".join(parts[:3]) + (f" and {len(parts) - 3} more" if len(parts) > 3 else "")
    return Content.assemble(("→ ", "$muted"), safe_text(value[:160]) if value else "nothing")


def outcome(explained: Explanation, row: ExplainedRow) -> str:
    """What follows, in words."""
    if explained.standing.value == "no grant":
        return f"the privilege {explained.command} is missing, so the server answers with an error"
    if explained.exempt_because:
        return f"no policy is asked: {explained.exempt_because}"
    if row.verdict.passes:
        return f"admitted by {', '.join(row.verdict.admitted_by)}"
    if row.verdict.vetoed_by and row.verdict.admitted_by:
        return f"vetoed by {', '.join(row.verdict.vetoed_by)}"
    return "no permissive policy is true: the row is hidden"


def short_key(key: tuple[str | None, ...]) -> str:
    """A key in few characters: the beginning of each part."""
    parts = ["∅" if part is None else part if len(part) <= 12 else f"{part[:8]}…" for part in key]
    return " ".join(parts)
