"""The policies of one table as the server combines them, with what does not apply to the identity greyed, and why."""

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from chatly_console.core.identity import Identity
from chatly_console.core.text import safe_text
from chatly_console.policies.combination import Standing, clause_of, exemption, standing, why_not
from chatly_console.policies.expression import pretty, words_of
from chatly_console.policies.parts import Parts, calls, names_in
from chatly_console.policies.policy import COMMANDS, Clause, Command, Policy, RlsState, Subject, Table
from chatly_console.policies.report import name_of
from chatly_console.policies.ui.colours import coloured
from chatly_console.policies.ui.hanging import hanging

STATE_STYLE = {
    RlsState.OFF: "bold $bad",
    RlsState.CLOSED: "$muted",
    RlsState.ON: "$good",
    RlsState.FORCED: "bold $good",
}
_LONGEST = 2000


class PoliciesView(VerticalScroll):
    """One table's policies, to read and scroll."""

    BINDING_GROUP_TITLE = "Policies of the table"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._lines: list[Content] = []

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static("", id="policies-text", markup=False)

    def show(self, table: Table, subject: Subject | None, identity: Identity, parts: Mapping[str, Parts]) -> None:
        """Show a table; without a subject (nobody impersonated) every policy counts."""
        lines = _head(table, subject, identity)
        for command in COMMANDS:
            lines += _command(table, subject, command, parts)
        self._lines = lines
        self._draw()
        self.scroll_home(animate=False)

    def on_resize(self) -> None:
        """Long lines are folded anew."""
        self._draw()

    def _draw(self) -> None:
        self.query_one("#policies-text", Static).update(hanging(self._lines, self.size.width - 1))


def _head(table: Table, subject: Subject | None, identity: Identity) -> list[Content]:
    granted = table.grants.get(subject.role if subject else "authenticated", frozenset())
    beyond = sorted(granted & {"TRUNCATE", "REFERENCES", "TRIGGER"})
    lines = [
        Content.assemble(
            (safe_text(table.full_name), "bold"),
            "   row level security ",
            (table.state.value, STATE_STYLE[table.state]),
            (f"   owner {safe_text(table.owner)}", "$muted"),
        )
    ]
    if subject is not None:
        words = exemption(table, subject)
        told = f"every row: {words}" if words else "as the policies below decide"
        lines.append(Content.assemble((safe_text(name_of(identity)), "$impersonate"), f"  {safe_text(told)}"))
    else:
        lines.append(Content.styled("Nobody is impersonated: all policies are shown. F3 picks somebody.", "$muted"))
    if table.state is RlsState.OFF and (table.grants.get("anon") or table.grants.get("authenticated")):
        lines.append(Content.styled("▲ Roles of the API have rights on it, and nothing limits them to rows.", "$warn"))
    if beyond:
        lines.append(Content.styled(f"▲ {', '.join(beyond)} is granted: no policy is asked for that.", "$warn"))
    return lines


def _command(table: Table, subject: Subject | None, command: Command, parts: Mapping[str, Parts]) -> list[Content]:
    own = [p for p in table.policies if p.command in (None, command)]
    applying = [p for p in own if subject is None or not why_not(p, subject, command)]
    lines = [Content(""), Content.assemble((f"{command}  ", "bold $accent"), _formula(applying))]
    if subject is not None:
        stands = standing(table, subject, command)
        if stands is Standing.NO_GRANT:
            lines[-1] = Content.assemble(lines[-1], (f"   no grant: {safe_text(subject.role)} gets an error", "$warn"))
        elif stands in (Standing.EXEMPT, Standing.UNGUARDED):
            lines[-1] = Content.assemble(lines[-1], ("   not asked here", "$muted"))
    if command in (Command.UPDATE, Command.DELETE) and own:
        lines.append(Content.styled("  and, to find its rows, what SELECT asks", "$muted"))
    ordered = sorted(own, key=lambda p: (p not in applying, not p.permissive, p.name))
    for policy in ordered:
        reason = "" if policy in applying or subject is None else why_not(policy, subject, command)
        lines += _policy(table, policy, command, reason, parts.get(policy.name, Parts()))
    return lines


def _formula(applying: list[Policy]) -> Content:
    permissive = [safe_text(p.name) for p in applying if p.permissive]
    restrictive = sorted(safe_text(p.name) for p in applying if not p.permissive)
    if not permissive:
        return Content.styled("nobody: no permissive policy", "$muted")
    first = " or ".join(permissive)
    return Content(f"({first})" if len(permissive) > 1 and restrictive else first) + Content(
        "".join(f" and {name}" for name in restrictive)
    )


def _policy(table: Table, policy: Policy, command: Command, reason: str, parts: Parts) -> list[Content]:
    mark, style = ("+", "bold $good") if policy.permissive else ("∧", "bold $warn")
    to = f"  to {', '.join(policy.roles)}" + ("" if policy.command else "  for all")
    name = safe_text(policy.name)
    if reason:
        return [Content.styled(f"  · {policy.kind} {name}  does not apply: {safe_text(reason)}", "$muted")]
    lines = [Content.assemble("  ", (mark, style), f" {policy.kind} ", (name, "bold"), (safe_text(to), "$muted"))]
    words = words_of(policy)
    said = policy.comment or (words if len(words) < 110 else words[:108] + "…")
    lines.append(Content(f"      {safe_text(said)}"))
    own = clause_of(command)
    shown = [(own, policy.expression(own))]
    if command is Command.UPDATE and policy.check is not None and policy.check != policy.using:
        shown.append((Clause.CHECK, policy.check))
    for clause, expression in shown:
        if expression is not None:
            lines += [
                Content.assemble((f"      {clause.value.lower() if at == 0 else '':<11}", "$muted"), coloured(line))
                for at, line in enumerate(pretty(expression[:_LONGEST]))
            ]
    return lines + _parts(table, " ".join(e or "" for _, e in shown), parts)


def _parts(table: Table, expression: str, parts: Parts) -> list[Content]:
    """The columns with their index, the functions with their traits, the other tables; what is risky in colour."""
    names = names_in(expression)
    called = {call.name for call in calls(expression)}
    columns = [
        Content.assemble(
            safe_text(c.name),
            (f" ({safe_text(c.index)})", "$muted") if c.index else (" (begins no index)", "$warn"),
        )
        for c in parts.columns
        if c.name in names
    ]
    functions = [
        Content.assemble(safe_text(f.signature), (f" ({safe_text(f.words)})", "$warn" if f.is_risky else "$muted"))
        for f in parts.functions
        if f.name in {name.rpartition(".")[2] for name in called}
    ]
    others = [
        Content.assemble(safe_text(name), (" (row level security)" if guarded else " (not guarded)", "$muted"))
        for name, guarded in parts.relations
        if name.split(".")[-1] in names and name.split(".")[-1] != table.name
    ]
    return [
        Content.assemble((f"      {title:<11}", "$muted"), Content("  ").join(pieces))
        for title, pieces in (("columns", columns), ("calls", functions), ("looks into", others))
        if pieces
    ]
