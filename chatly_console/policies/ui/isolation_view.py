"""The isolation proof: how it is done, how far it is, and what it found."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from chatly_console.core.text import safe_text
from chatly_console.policies.isolation import Proof
from chatly_console.policies.report import name_of

_INVITATION = """Tenant isolation, proven on the data.

For one user of every role in every tenant, for a user of no tenant and for anon, each table and view that has the
tenant's column is read as that user, asking for rows of other tenants. Nothing is changed."""


class IsolationView(VerticalScroll):
    """One text."""

    BINDING_GROUP_TITLE = "Isolation"

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static("", id="isolation-text", markup=False)

    def invite(self) -> None:
        """Nothing was tried yet."""
        self._say(Content.assemble(_INVITATION, "\n\n", ("enter", "bold $accent"), " runs it"))

    def show_progress(self, done: int, of: int) -> None:
        """How far it is."""
        filled = round(40 * done / max(1, of))
        bar = Content.assemble(("━" * filled, "$accent"), ("─" * (40 - filled), "$muted"))
        words = Content.assemble(f"  {done} of {of} users   ", ("ctrl+g", "bold $accent"), " cancels")
        self._say(Content(_INVITATION) + Content("\n\n") + bar + words)

    def show(self, proof: Proof) -> None:
        """What was found."""
        sound = not proof.leaks and not proof.errors
        mark, style = ("✓", "bold $good") if sound else ("✗", "bold $bad")
        lines = [
            Content.assemble((f"{mark} ", style), (safe_text(proof.sentence), style)),
            Content.styled(f"  tenants are told apart by {safe_text(proof.tenancy.column)}; command SELECT", "$muted"),
            Content.styled("  read: " + ", ".join(safe_text(r.full_name) for r in proof.tenancy.relations), "$muted"),
        ]
        for leak in proof.leaks[:100]:
            lines += [
                Content(""),
                Content.assemble(
                    ("  ✗ ", "$bad"),
                    (safe_text(name_of(leak.identity)), "$impersonate"),
                    f" of {safe_text(leak.tenant)} reads {leak.count:,} rows of {safe_text(leak.other)}",
                ),
                Content.assemble(
                    f"    {safe_text(leak.relation.full_name)} {safe_text(' '.join(k or '∅' for k in leak.key))}",
                    ("  let through by ", "$muted"),
                    safe_text(", ".join(leak.policies)) or "no policy at all",
                ),
            ]
        if len(proof.leaks) > 100:
            lines.append(Content(f"  and {len(proof.leaks) - 100:,} more; `rls isolation` lists them all"))
        lines += [Content.assemble(("  ▲ ", "$warn"), safe_text(f"{w}: {f.sentence}")) for w, f in proof.errors]
        lines += [Content(""), Content.styled("Ways past the policies that exist", "bold")]
        lines += [
            Content.assemble(
                (f"  {safe_text(b.kind):<32}", "$muted"), safe_text(b.object), (f"  {safe_text(b.roles)}", "$muted")
            )
            for b in proof.bypasses
        ] or [Content.styled("  none", "$muted")]
        self._say(Content("\n").join(lines))

    def _say(self, words: Content) -> None:
        self.query_one("#isolation-text", Static).update(words)
