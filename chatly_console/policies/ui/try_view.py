"""Try a write: a statement, who tries it, and what stands in its way."""

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static, TextArea

from chatly_console.core.identity import Identity
from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.core.text import safe_text
from chatly_console.policies.attempt import Attempt, Refusal
from chatly_console.policies.policy import Table
from chatly_console.policies.report import name_of, word_of
from chatly_console.policies.rows_why import LABELS
from chatly_console.shell.text_fields import TextBox

_HELP = """F5 tries it and rolls it back. Every policy that refuses a row is named; the server names one at most.
Rows that UPDATE and DELETE skip silently are told from rows that are not there, and a missing GRANT from a policy."""


class TryView(Vertical):
    """An editor above, the outcome below."""

    BINDING_GROUP_TITLE = "Try a write"

    def compose(self) -> ComposeResult:
        """Who, what, outcome."""
        yield Static("", id="try-head", markup=False)
        yield TextBox("", id="try-sql", soft_wrap=True, show_line_numbers=False, tab_behavior="focus")
        with VerticalScroll(can_focus=False):
            yield Static("", id="try-outcome", markup=False)

    @property
    def sql(self) -> str:
        """What was typed."""
        return self.query_one(TextArea).text.strip().rstrip(";")

    def about(self, table: Table, identity: Identity, key: tuple[str | None, ...] | None = None) -> None:
        """Try it on this table (on the row of this key), as this identity; what the user has typed stays."""
        who = Content.assemble((safe_text(name_of(identity)), "" if identity.is_login else "$impersonate"))
        extra = "   F3 picks somebody" if identity.is_login else ""
        self.query_one("#try-head", Static).update(
            Content.assemble(
                ("as ", "$muted"), who, (f"   rolled back{extra}   ", "$muted"), ("F5", "bold $accent"), " tries it"
            )
        )
        area = self.query_one(TextArea)
        if not area.text.strip() or area.text == getattr(self, "_proposed", None):
            self._proposed = proposal(table, key)
            area.text = self._proposed
        self.clear()

    def clear(self) -> None:
        """Nothing was tried yet."""
        self._say(Content.styled(_HELP, "$muted"))

    def wait(self) -> None:
        """It is being tried."""
        self._say(Content("◌ trying…"))

    def show(self, attempt: Attempt, identity: Identity) -> None:
        """What came of it."""
        self._say(Content("\n").join(outcome(attempt, identity)))

    def _say(self, words: Content) -> None:
        self.query_one("#try-outcome", Static).update(words)


def proposal(table: Table, key: tuple[str | None, ...] | None = None) -> str:
    """A statement to begin with: a change that changes nothing, of the row of this key or of any."""
    name = (
        f"{quote_identifier(table.schema)}.{quote_identifier(table.name)}"
        if table.schema != "public"
        else (quote_identifier(table.name))
    )
    free = [c for c in table.columns if c not in table.key] or list(table.columns) or ["?"]
    column = quote_identifier(next((c for c in LABELS if c in free), free[0]))
    if not table.key:
        return f"insert into {name} default values"
    change = f"update {name}\n   set {column} = {column}\n where "
    if key is not None and len(key) == len(table.key):
        parts = zip(map(quote_identifier, table.key), key, strict=True)
        return change + " and ".join(f"{c} = {quote_literal(value).strip()}" for c, value in parts)
    columns = ", ".join(map(quote_identifier, table.key))
    return f"{change}({columns}) in (select {columns} from {name} limit 1)"


def outcome(attempt: Attempt, identity: Identity) -> list[Content]:
    """The outcome in lines."""
    who = Content.assemble((safe_text(name_of(identity)), "" if identity.is_login else "$impersonate"))
    lines: list[Content] = []
    if attempt.ok and attempt.rows:
        words = f" may: {attempt.rows:,} row{'s' * (attempt.rows != 1)} written, then rolled back"
        lines.append(Content.assemble(("✓ ", "bold $good"), who, words))
    elif attempt.ok:
        lines.append(Content.assemble(("▲ ", "bold $warn"), who, " gets no error, and nothing is written"))
    elif attempt.failure is not None:
        lines.append(Content.assemble(("✗ ", "bold $bad"), who, " is refused"))
        code = f"  {attempt.failure.sqlstate}  " if attempt.failure.sqlstate else "  "
        lines.append(Content.assemble((code, "$muted"), (safe_text(attempt.failure.sentence), "$bad")))
    if attempt.missing_grant:
        lines += [Content(""), Content.assemble("  missing privilege  ", (safe_text(attempt.missing_grant), "bold"))]
        lines.append(Content.styled("  No policy was asked: the privilege comes first.", "$muted"))
    for title, refusals in (("refused by", attempt.refused_by), ("left out by", attempt.left_out)):
        if refusals:
            lines += [Content(""), Content.styled(f"  {title}", "bold"), *(_refusal(r) for r in refusals)]
    if attempt.note:
        lines += [Content(""), Content(f"  {safe_text(attempt.note)}")]
    if attempt.strength:
        lines += [Content(""), Content.styled(f"  held as {attempt.strength}; rolled back", "$muted")]
    return lines


def _refusal(refusal: Refusal) -> Content:
    row = f"  of {refusal.row}" if refusal.row else ""
    return Content.assemble(
        (f"    {refusal.kind:<12}", "$muted"),
        (safe_text(refusal.policy), "bold"),
        (f"  {refusal.command} {refusal.clause}  ", "$muted"),
        (word_of(refusal.value), "bold $bad" if refusal.value is False else "bold $warn"),
        (row, "$muted"),
    )
