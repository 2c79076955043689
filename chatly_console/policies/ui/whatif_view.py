"""What if: one policy to edit, to drop or to add, and who would gain and lose which rows; then the migration."""

from collections import Counter
from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from chatly_console.core.failure import Failure
from chatly_console.core.quote import quote_identifier
from chatly_console.core.text import cell_width, cut, safe_text
from chatly_console.policies.change import Aspect, Change, edited, head_of, migration, read_head
from chatly_console.policies.expression import pretty
from chatly_console.policies.policy import COMMANDS, Clause, Command, Policy, Table
from chatly_console.policies.report import name_of
from chatly_console.policies.ui.why_view import short_key
from chatly_console.policies.what_if import Delta
from chatly_console.shell.messages import Report, WriteMigration
from chatly_console.shell.text_fields import TextBox, TextField

_HELP = "F5 asks both, as it is and as you write it, of every row for each identity. Nothing is changed."
_FORM = "NAME as permissive for select to ROLE"
_ROWS = 8
_NARROW = 76
"""Cells below which names are cut short and figures stand closer."""
Answer = tuple[Aspect, Sequence[Delta]]


class WhatIfView(Vertical):
    """Policies above, the chosen one to edit in the words of CREATE POLICY, and below what that would change."""

    BINDING_GROUP_TITLE = "What if"
    BINDINGS = [
        Binding("ctrl+s", "migrate", "migration", id="whatif.migrate", tooltip="Write the change as a migration"),
        Binding(
            "ctrl+n", "new", "new policy", show=False, id="whatif.new", tooltip="What if there were another policy"
        ),
        Binding("ctrl+d", "drop", "drop it", show=False, id="whatif.drop", tooltip="What if the policy were not there"),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._table: Table | None = None
        self._policies: list[Policy] = []
        self._dropped = self._new = False

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Static("", id="whatif-head", markup=False)
        yield OptionList(id="whatif-policies", markup=False)
        yield TextField(placeholder=_FORM, compact=True, id="whatif-policy")
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
                (safe_text(table.full_name), "bold"), "   ", ("tab", "bold $accent"), " edit   ",
                ("F5", "bold $accent"), " who gains what   ", ("^n", "bold $accent"), " new   ",
                ("^d", "bold $accent"), " without   ", ("^s", "bold $accent"), " migration",
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
        """The chosen policy as it is; none while a new one is written."""
        at = self.query_one(OptionList).highlighted
        return self._policies[at] if at is not None and at < len(self._policies) and not self._new else None

    def change(self) -> Change | None:
        """What was typed, as a change; raises Failure where it will not do."""
        if self._dropped and self.policy is not None:
            return Change(self.policy, None)
        if self.policy is None and not self._new:
            return None
        using, check = (self.query_one(f"#whatif-{name}", TextArea) for name in ("using", "check"))
        return edited(
            self.policy,
            self.query_one("#whatif-policy", TextField).value,
            "" if using.disabled else using.text,
            "" if check.disabled else check.text,
        )

    @on(OptionList.OptionHighlighted, "#whatif-policies")
    def _chosen(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._new = False
        self._edit(self.policy)

    @on(Input.Changed, "#whatif-policy")
    def _head_changed(self, event: Input.Changed) -> None:
        """Only the expressions that a policy of this command has can be written."""
        event.stop()
        try:
            command = read_head(event.value).command
        except Failure:
            return
        self.query_one("#whatif-using", TextArea).disabled = command is Command.INSERT
        self.query_one("#whatif-check", TextArea).disabled = command in (Command.SELECT, Command.DELETE)

    @on(Input.Submitted, "#whatif-policy")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()

    def _edit(self, policy: Policy | None) -> None:
        self._dropped = False
        self.query_one("#whatif-policy", TextField).value = head_of(policy) if policy is not None else ""
        for name, text in (("using", policy.using if policy else None), ("check", policy.check if policy else None)):
            self.query_one(f"#whatif-{name}", TextArea).text = "\n".join(pretty(text)) if text else ""
        self.clear()

    def clear(self) -> None:
        """Nothing was asked yet."""
        some = self.policy is not None or self._new
        help = Content.styled(_HELP if some else "This table has no policy: ^n writes one.", "$muted")
        self._say([help], prose=True)

    def wait(self, identities: int) -> None:
        """It is being asked."""
        self._say([Content(f"◌ asking every row, as {identities} identities…")])

    def show(self, change: Change, answers: Sequence[Answer]) -> None:
        """Who gains and loses what."""
        self._say(outcome(change, answers, narrow=self.size.width < _NARROW))

    def action_new(self) -> None:
        """Write a policy that is not there yet."""
        if self._table is None:
            return
        self._new = True
        self._edit(None)
        line = self.query_one("#whatif-policy", TextField)
        line.value = f"{quote_identifier(f'{self._table.name}_new')} as permissive for select to {self._someone()}"
        line.focus()

    def _someone(self) -> str:
        """Whom most policies of the table are for."""
        roles = Counter(role for policy in self._policies for role in policy.roles)
        return quote_identifier(roles.most_common(1)[0][0]) if roles else "authenticated"

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
        if change is not None and self._table is not None and not change.is_none:
            self.post_message(WriteMigration(*migration(self._table, change)))

    def _say(self, lines: Sequence[Content], *, prose: bool = False) -> None:
        """Figures are cut at the edge, prose is folded."""
        text = self.query_one("#whatif-outcome", Static)
        text.set_class(prose, "-prose")
        text.update(Content("\n").join(list(lines)))


def _line(policy: Policy) -> Content:
    command = policy.command.value if policy.command else "ALL"
    return Content.assemble(
        (f"{command:<7}", "$accent"), (f"{policy.kind:<12}", "$muted"), safe_text(policy.name),
        (safe_text(f"  to {', '.join(policy.roles)}"), "$muted"),
    )  # fmt: skip


_PARTIAL = "This login is bound by policies itself: rows hidden from it are left out."


def outcome(change: Change, answers: Sequence[Answer], *, narrow: bool = False) -> list[Content]:
    """For each question that the policy decides a line for each identity, and the rows that come and go."""
    verb = "without it" if change.after is None else "with it" if change.policy is None else "as written"
    deltas = [delta for _, found in answers for delta in found]
    failures = {d.failure.sentence for d in deltas if d.failure is not None}
    lines = []
    if any(d.partial for d in deltas):
        lines.append(Content.assemble(("  ▲ ", "bold $warn"), _PARTIAL))
    if len(failures) == 1:  # what is wrong with the expression is wrong for everybody whom it is asked about
        lines.append(Content.assemble(("  ✗ ", "bold $bad"), (safe_text(failures.pop()), "$bad")))
        answers = [(aspect, [d for d in found if d.failure is None]) for aspect, found in answers]
    elif all(not d.gained and not d.lost and not d.note for d in deltas):
        some = any(d.partial for d in deltas)
        words = "  Nobody gains or loses a row that the login may see." if some else "  Nobody gains or loses a row."
        lines.append(Content.styled(words, "bold $warn" if some else "bold $good"))
    named = _ROWS if len(answers) == 1 and len(deltas) < 4 else 2
    for aspect, found in answers:
        lines += [
            _title(aspect, verb, narrow),
            *(line for d in found for line in _delta(d, named, narrow)),
            Content(""),
        ]
    return lines[:-1]


def _widths(narrow: bool) -> tuple[int, int]:
    """Of a name, and of a figure."""
    return (14, 8) if narrow else (30, 10)


def _title(aspect: Aspect, verb: str, narrow: bool) -> Content:
    likes = {Command.INSERT: "such rows added", Command.UPDATE: "such rows made"}
    like = f" {likes[aspect.command]}" if aspect.clause is Clause.CHECK else ""
    name, figure = _widths(narrow)
    words = f"  {aspect.command}"
    heads = "".join(f"{head:>{figure}}" for head in ("now", "then", "gained", "lost"))
    room = name + 1 - len(words)
    about = next((text for text in (f"{like}  {verb}", like) if len(text) <= room), "")
    return Content.assemble((words, "bold $accent"), (f"{about:<{name + 2 - len(words)}}{heads}", "$muted"))


def _delta(delta: Delta, named: int, narrow: bool) -> list[Content]:
    width, figure = _widths(narrow)
    name = cut(safe_text(name_of(delta.identity)), width - 2)
    padded = f"  {name}{' ' * (width - cell_width(name))}"
    if delta.failure is not None or delta.note:
        words = delta.failure.sentence if delta.failure else delta.note
        return [Content.assemble((padded, "$impersonate"), (safe_text(words), "$bad" if delta.failure else "$muted"))]
    lines = [
        Content.assemble(
            (padded, "$impersonate"), f"{delta.before:>{figure},}{delta.after:>{figure},}",
            (f"{f'{delta.gained:,}' if delta.gained else '·':>{figure}}", "bold $warn" if delta.gained else "$muted"),
            (f"{f'{delta.lost:,}' if delta.lost else '·':>{figure}}", "bold $bad" if delta.lost else "$muted"),
        )
    ]  # fmt: skip
    for row in delta.rows[:named]:
        mark, style = ("+", "$warn") if row.gained else ("−", "$bad")
        label = Content.assemble(
            (f"      {mark} ", style), (short_key(row.key), "$muted"), f"  {safe_text(row.label[:80])}"
        )
        lines.append(label)
    return lines
