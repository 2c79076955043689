"""The policies of one table as the server combines them, with what does not apply to the identity greyed, and why."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from chatly_console.core.identity import Identity
from chatly_console.core.sql import TokenKind, tokens
from chatly_console.core.text import safe_text
from chatly_console.policies.combination import Standing, clause_of, exemption, standing, why_not
from chatly_console.policies.expression import pretty, words_of
from chatly_console.policies.policy import COMMANDS, Command, Policy, RlsState, Subject, Table
from chatly_console.policies.report import name_of

_COLOURS = {
    TokenKind.KEYWORD: "$keyword",
    TokenKind.STRING: "$string",
    TokenKind.NUMBER: "$number",
}
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

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static("", id="policies-text", markup=False)

    def show(self, table: Table, subject: Subject | None, identity: Identity) -> None:
        """Show a table; without a subject (nobody impersonated) every policy counts."""
        lines = _head(table, subject, identity)
        for command in COMMANDS:
            lines += _command(table, subject, command)
        self.query_one("#policies-text", Static).update(Content("\n").join(lines))
        self.scroll_home(animate=False)


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


def _command(table: Table, subject: Subject | None, command: Command) -> list[Content]:
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
        lines += _policy(
            policy, command, "" if policy in applying or subject is None else why_not(policy, subject, command)
        )
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


def _policy(policy: Policy, command: Command, reason: str) -> list[Content]:
    mark, style = ("+", "bold $good") if policy.permissive else ("∧", "bold $warn")
    to = f"  to {', '.join(policy.roles)}" + ("" if policy.command else "  for all")
    name = safe_text(policy.name)
    if reason:
        return [Content.styled(f"  · {policy.kind} {name}  does not apply: {safe_text(reason)}", "$muted")]
    lines = [Content.assemble("  ", (mark, style), f" {policy.kind} ", (name, "bold"), (safe_text(to), "$muted"))]
    if policy.comment:
        lines.append(Content(f"      {safe_text(policy.comment)}"))
    else:
        words = words_of(policy)
        lines.append(Content(f"      {safe_text(words if len(words) < 110 else words[:108] + '…')}"))
    own = clause_of(command)
    shown = [(own.value.lower(), policy.expression(own))]
    if command is Command.UPDATE and policy.check is not None and policy.check != policy.using:
        shown.append(("with check", policy.check))
    for clause, expression in shown:
        if expression is not None:
            lines += [
                Content.assemble((f"      {clause if at == 0 else '':<11}", "$muted"), coloured(line))
                for at, line in enumerate(pretty(expression[:_LONGEST]))
            ]
    return lines


def coloured(line: str) -> Content:
    """A line of SQL in the theme's colours."""
    pieces: list[tuple[str, str]] = []
    at = 0
    for start, end, kind in tokens(line):
        if start > at:
            pieces.append((safe_text(line[at:start]), ""))
        pieces.append((safe_text(line[start:end]), _COLOURS.get(kind, "")))
        at = end
    pieces.append((safe_text(line[at:]), ""))
    return Content.assemble(*[(text, style) if style else text for text, style in pieces if text])
