"""What if: one policy's expressions to edit, and who would gain and lose which rows; then the migration."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option

from chatly_console.core.failure import Failure
from chatly_console.core.text import cell_width, cut, safe_text
from chatly_console.policies.change import Change, edited, migration
from chatly_console.policies.expression import pretty
from chatly_console.policies.policy import COMMANDS, Command, Policy, Table
from chatly_console.policies.report import name_of
from chatly_console.policies.ui.why_view import short_key
from chatly_console.policies.what_if import Delta
from chatly_console.shell.messages import Report, WriteMigration
from chatly_console.shell.text_fields import TextBox

_HELP = "F5 asks both, as it is and as you write it, of every row for each identity. Nothing is changed."
_ROWS = 8


class WhatIfView(Vertical):
    """Policies above, the expressions of the chosen one to edit, and below what they would change."""

    BINDING_GROUP_TITLE = "What if"
    BINDINGS = [
        Binding("ctrl+s", "migrate", "migration", id="whatif.migrate", tooltip="Write the change as a migration"),
        Binding("ctrl+d", "drop", "drop it", show=False, id="whatif.drop", tooltip="What if the policy were not there"),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._table: Table | None = None
        self._policies: list[Policy] = []
        self._dropped = False

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Static("", id="whatif-head", markup=False)
        yield OptionList(id="whatif-policies", markup=False)
        with Horizontal(id="whatif-edit"):
            with Vertical():
                yield Static("using", classes="whatif-label", markup=False)
                yield TextBox("", id="whatif-using", soft_wrap=True, tab_behavior="focus")
            with Vertical():
                yield Static("with check", classes="whatif-label", markup=False)
                yield TextBox("", id="whatif-check", soft_wrap=True, tab_behavior="focus")
        with VerticalScroll(can_focus=False):
            yield Static("", id="whatif-outcome", markup=False)

    def about(self, table: Table) -> None:
        """The policies of this table; what was typed about the same table stays."""
        if self._table is not None and self._table == table:
            return
        self._table = table
        self.query_one("#whatif-head", Static).update(
            Content.assemble(
                (safe_text(table.full_name), "bold"), ("   tab to the expressions   ", "$muted"),
                ("F5", "bold $accent"), " what would change   ", ("^d", "bold $accent"), " without it   ",
                ("^s", "bold $accent"), " as a migration",
            )
        )  # fmt: skip
        listed = self.query_one(OptionList)
        listed.clear_options()
        order: list[Command | None] = [*COMMANDS, None]
        self._policies = sorted(table.policies, key=lambda p: (order.index(p.command), p.name))
        listed.add_options([Option(_line(p)) for p in self._policies])
        listed.highlighted = 0 if self._policies else None
        self._edit(self.policy)

    @property
    def policy(self) -> Policy | None:
        """The chosen policy as it is."""
        at = self.query_one(OptionList).highlighted
        return self._policies[at] if at is not None and at < len(self._policies) else None

    def change(self) -> Change | None:
        """What was typed, as a change; raises Failure where it will not do."""
        policy = self.policy
        if policy is None:
            return None
        if self._dropped:
            return Change(policy, None)
        using, check = (self.query_one(f"#whatif-{name}", TextArea).text for name in ("using", "check"))
        return edited(policy, using, check)

    @on(OptionList.OptionHighlighted, "#whatif-policies")
    def _chosen(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._edit(self.policy)

    def _edit(self, policy: Policy | None) -> None:
        self._dropped = False
        for name, text, used in (
            ("using", policy.using if policy else None, policy is not None and policy.command is not Command.INSERT),
            ("check", policy.check if policy else None,
             policy is not None and policy.command not in (Command.SELECT, Command.DELETE)),
        ):  # fmt: skip
            area = self.query_one(f"#whatif-{name}", TextArea)
            area.text = "\n".join(pretty(text)) if text else ""
            area.disabled = not used
        self.clear()

    def clear(self) -> None:
        """Nothing was asked yet."""
        words = _HELP if self.policy is not None else "This table has no policy to change."
        self._say([Content.styled(words, "$muted")])

    def wait(self, identities: int) -> None:
        """It is being asked."""
        self._say([Content(f"◌ asking every row, as {identities} identities…")])

    def show(self, change: Change, deltas: Sequence[Delta]) -> None:
        """Who gains and loses what."""
        self._say(outcome(change, deltas))

    def action_drop(self) -> None:
        """What if the policy were not there: F5 answers."""
        if self.policy is not None:
            self._dropped = not self._dropped
            words = "as if this policy were dropped" if self._dropped else "with this policy again"
            self._say([Content.assemble(f"{words}   ", ("F5", "bold $accent"), " what would change")])

    def action_migrate(self) -> None:
        """Write the change as a migration, in the room for that."""
        try:
            change = self.change()
        except Failure as failure:
            self.post_message(Report(failure))
            return
        if change is not None and self._table is not None and change.after != change.policy:
            self.post_message(WriteMigration(*migration(self._table, change)))

    def _say(self, lines: Sequence[Content]) -> None:
        self.query_one("#whatif-outcome", Static).update(Content("\n").join(list(lines)))


def _line(policy: Policy) -> Content:
    command = policy.command.value if policy.command else "ALL"
    return Content.assemble(
        (f"{command:<7}", "$accent"), (f"{policy.kind:<12}", "$muted"), safe_text(policy.name),
        (safe_text(f"  to {', '.join(policy.roles)}"), "$muted"),
    )  # fmt: skip


def outcome(change: Change, deltas: Sequence[Delta]) -> list[Content]:
    """A line for each identity, and the rows that come and go."""
    like = " (rows like those that are there)" if change.command is Command.INSERT else ""
    verb = "without it" if change.after is None else "as written"
    lines = [
        Content.assemble(
            (f"{change.command}{like}", "bold $accent"), (f"   {verb}, against now", "$muted"),
        ),
        Content.styled(f"  {'':<30}{'now':>10}{'then':>10}{'gained':>10}{'lost':>10}", "$muted"),
    ]  # fmt: skip
    if all(not d.gained and not d.lost and d.failure is None and not d.note for d in deltas):
        lines.insert(1, Content.styled("  Nobody gains or loses a row.", "bold $good"))
    failures = {d.failure.sentence for d in deltas if d.failure is not None}
    if len(failures) == 1:  # what is wrong with the expression is wrong for everybody whom it is asked about
        lines.insert(1, Content.assemble(("  ✗ ", "bold $bad"), (safe_text(failures.pop()), "$bad")))
        deltas = [delta for delta in deltas if delta.failure is None]
    for delta in deltas:
        name = cut(safe_text(name_of(delta.identity)), 28)
        padded = f"  {name}{' ' * (30 - cell_width(name))}"
        if delta.failure is not None or delta.note:
            words = delta.failure.sentence if delta.failure else delta.note
            style = "$bad" if delta.failure else "$muted"
            lines.append(Content.assemble((padded, "$impersonate"), (safe_text(words), style)))
            continue
        lines.append(
            Content.assemble(
                (padded, "$impersonate"), f"{delta.before:>10,}{delta.after:>10,}",
                (f"{delta.gained or '·':>10,}" if delta.gained else f"{'·':>10}",
                 "bold $warn" if delta.gained else "$muted"),
                (f"{delta.lost:>10,}" if delta.lost else f"{'·':>10}", "bold $bad" if delta.lost else "$muted"),
            )
        )  # fmt: skip
        for row in delta.rows[: _ROWS if len(deltas) < 4 else 2]:
            mark, style = ("+", "$warn") if row.gained else ("−", "$bad")
            lines.append(
                Content.assemble(
                    (f"      {mark} ", style), (short_key(row.key), "$muted"), f"  {safe_text(row.label[:80])}"
                )
            )
    return lines
