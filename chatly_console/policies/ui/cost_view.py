"""What row level security costs on a table, and which cures were tried with what success."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from chatly_console.core.identity import Identity
from chatly_console.core.text import cell_width, cut, safe_text
from chatly_console.policies.cost import Cost, Measured, Tried
from chatly_console.policies.cures import cure_sql
from chatly_console.policies.policy import Policy, Table
from chatly_console.policies.report import name_of
from chatly_console.shell.messages import Say, WriteMigration

_NAME, _BAR, _FIGURES, _NODE = 38, 20, 39, 18
"""Cells of a name where there is room, of a bar, of the figures together, and of how the table was read."""
_WITH_BAR, _WITH_NODE = 100, 76
"""Cells from which on there are bars, and words on how the table was read."""
_LONG_NAME = 27
_QUERY_LINES = 6
_WORTH = 1.2
"""From this ratio on a cure is worth a migration."""


class CostView(VerticalScroll):
    """One text; the best cure goes into a migration by one key."""

    BINDING_GROUP_TITLE = "Cost"
    BINDINGS = [
        Binding("ctrl+s", "migrate", "migration", id="cost.migrate", tooltip="Write the best cure as a migration"),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.identity: Identity | None = None
        self._cost: Cost | None = None

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static("", id="cost-text", markup=False)

    def on_resize(self) -> None:
        """Names and bars have the room that there is."""
        if self._cost is not None:
            self._say(outcome(self._cost, width=self.size.width or _WITH_BAR))

    def invite(self, table: Table | None, identity: Identity, cost: Cost | None, sql: str = "") -> None:
        """Say what would be measured, or what was: a query, or else reading the whole table."""
        self.identity, self._cost = identity, cost
        if cost is not None:
            self._say(outcome(cost, width=self.size.width or _WITH_BAR))
            return
        who = (safe_text(name_of(identity)), "$impersonate" if not identity.is_login else "")
        if sql:
            about = Content.assemble(
                "What row level security costs this query for ", who, ": with and without it, as if each policy were "
                "the only one, and with the known cures. Everything is rolled back."
            )  # fmt: skip
            warning = "A policy that is changed to be measured locks its table for that long."
        else:
            name = safe_text(table.full_name) if table is not None else ""
            about = Content.assemble(
                "What ", (name, "bold"), " costs ", who, ": the whole table read with and without row level security, "
                "each policy alone, and the known cures, each tried on the spot. Everything is rolled back.   ",
                ("Q", "bold $accent"), " a query instead",
            )  # fmt: skip
            warning = "An index that is tried keeps writers waiting while it is built."
        run = Content.assemble(("F5", "bold $accent"), " measures")
        self._say([*_query(sql), about, Content.styled(warning, "$warn"), Content(""), run], prose=True)

    def wait(self) -> None:
        """It is being measured."""
        self._say([Content.assemble("◌ measuring…   ", ("ctrl+g", "bold $accent"), " cancels")])

    def action_migrate(self) -> None:
        """The best cure as a migration."""
        best = best_cure(self._cost)
        if self._cost is None or best is None:
            self.post_message(Say("No cure was found to be worth a migration."))
            return
        table = best.table or self._cost.table
        assert table is not None
        up, down = (text.replace("HELPER_TYPE", best.type_name) for text in cure_sql(table, best.cure))
        name = f"{best.cure.kind} for policy {best.cure.policy.name}"
        self.post_message(WriteMigration(name, up, down))

    def _say(self, lines: Sequence[Content], *, prose: bool = False) -> None:
        """Figures are cut at the edge, prose is folded."""
        text = self.query_one("#cost-text", Static)
        text.set_class(prose, "-prose")
        text.update(Content("\n").join(list(lines)))


def best_cure(cost: Cost | None) -> Tried | None:
    """The cure with the greatest ratio that lets the same rows pass."""
    tried = [] if cost is None else [t for t in cost.tried if (t.ratio or 0) >= _WORTH and not t.changes_rows]
    real = [t for t in tried if t.cure.kind != "role"] or tried
    return max(real, key=lambda t: t.ratio or 0, default=None)


def outcome(cost: Cost, *, width: int = _WITH_BAR) -> list[Content]:
    """The figures."""
    who = Content.assemble((safe_text(name_of(cost.identity)), "$impersonate"))
    of = safe_text(cost.table.full_name) if cost.table is not None else "the query"
    lines = [*_query(cost.sql), Content.assemble((of, "bold"), "  as ", who)]
    if cost.note and cost.with_policies is None:
        return [*lines, Content(f"  {safe_text(cost.note)}")]
    most = max([m.ms for m in (cost.without, cost.with_policies) if m] + [
        p.measured.ms for p in cost.policies if p.measured
    ], default=1.0)  # fmt: skip
    lines += [Content(""), _head(width)]
    if cost.without:
        lines.append(
            _line(
                "without row level security" if _widths(width)[0] > _LONG_NAME else "without",
                cost.without,
                most,
                "$muted",
                width,
            )
        )
    if cost.with_policies:
        lines.append(_line("with it", cost.with_policies, most, "$accent", width))
        if cost.without:
            factor = cost.with_policies.ms / max(cost.without.ms, 0.001)
            than = "the time of the same query without" if cost.sql else "the time of reading all rows"
            lines.append(Content.styled(f"  {factor:.{1 if factor >= 1 else 2}f}× {than}", "$muted"))
    if cost.note:
        return [*lines, Content(""), Content.styled(f"  {safe_text(cost.note)}", "$muted")]
    alone = "the query, as if there were only this policy" if cost.sql else "each policy alone, asked of every row"
    lines += [Content(""), Content.styled(f"  {alone}", "bold")]
    for one in cost.policies:
        if one.measured is not None:
            lines.append(_line(_named(one.table, one.policy), one.measured, most, "$accent", width))
        elif one.failure is not None:
            lines.append(
                Content.assemble(f"  {safe_text(one.policy.name)}  ", (safe_text(one.failure.sentence), "$bad"))
            )
    lines += [Content(""), Content.styled("  cures, tried", "bold")]
    lines += [line for tried in cost.tried for line in _cure(tried, best_cure(cost))]
    if not cost.tried:
        lines.append(
            Content.styled("  Nothing to cure: calls stand in sub-selects, and the columns are indexed.", "$good")
        )
    elif best_cure(cost) is not None:
        lines += [Content(""), Content.assemble("  ", ("^s", "bold $accent"), " writes the best one as a migration")]
    return lines


def _named(table: Table | None, policy: Policy) -> str:
    """The policy, with its table where several are read."""
    return policy.name if table is None else f"{table.full_name} · {policy.name}"


def _query(sql: str) -> list[Content]:
    """The query's first lines, and whether there are more."""
    lines = safe_text(sql, one_line=False).splitlines()
    shown = [Content.styled(line, "$keyword") for line in lines[:_QUERY_LINES]]
    if len(lines) > _QUERY_LINES:
        shown.append(Content.styled(f"… {len(lines) - _QUERY_LINES} more lines", "$muted"))
    return [*shown, Content("")] if shown else []


def _widths(width: int) -> tuple[int, int]:
    """Of a name, and of a bar."""
    if width >= _WITH_BAR:
        return _NAME, _BAR
    room = width - _FIGURES - (_NODE if width >= _WITH_NODE else 0)
    return max(10, min(_NAME, room)), 0


def _head(width: int) -> Content:
    name, bar = _widths(width)
    return Content.styled(f"  {'':<{name}}{'time':>11}  {'':<{bar}}{'rows':>8}{'tested':>8}{'blocks':>8}", "$muted")


def _line(name: str, measured: Measured, most: float, style: str, width: int) -> Content:
    room, bar = _widths(width)
    filled = max(1, round(bar * measured.ms / max(most, 0.001))) if bar else 0
    shown = cut(safe_text(name), room - 2)
    node = f"  {measured.node}" if width >= _WITH_NODE else ""
    return Content.assemble(
        f"  {shown}{' ' * (room - cell_width(shown))}", (f"{measured.ms:>8,.2f} ms", "bold"), "  ",
        ("━" * filled, style), " " * (bar - filled),
        f"{measured.rows:>8,}{measured.tested:>8,}{measured.blocks:>8,}", (node, "$muted"),
    )  # fmt: skip


def _cure(tried: Tried, best: Tried | None) -> list[Content]:
    cure = tried.cure
    on = f"  {safe_text(cure.index_column)}" if cure.index_column else ""
    lines = [Content.assemble(f"  {safe_text(_named(tried.table, cure.policy))}  ", (cure.words, "$muted"), on)]
    if tried.failure is not None:
        lines.append(Content.assemble(("      could not be tried: ", "$warn"), safe_text(tried.failure.sentence)))
    elif tried.before is not None and tried.after is not None and tried.ratio is not None:
        good = tried.ratio >= _WORTH and not tried.changes_rows
        words = f"      {tried.before.ms:,.2f} ms → {tried.after.ms:,.2f} ms   {tried.ratio:,.1f}×"
        blocks = f"   {tried.before.blocks:,} → {tried.after.blocks:,} blocks"
        extra = "   as anon" if cure.kind == "role" else "   ← best" if tried is best else ""
        changes = "   but other rows pass: no cure" if tried.changes_rows and cure.kind != "role" else ""
        lines.append(Content.assemble((words, "bold $good" if good else "$muted"), (blocks, "$muted"),
                                      (extra, "$accent"), (changes, "$bad")))  # fmt: skip
    return lines
