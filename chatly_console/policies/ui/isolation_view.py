"""The isolation proof: how it is done, how far it is, and what it found."""

from collections import Counter

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from chatly_console.core.failure import Failure
from chatly_console.core.text import safe_text
from chatly_console.policies.isolation.kinds import LeakKind, kinds_of
from chatly_console.policies.isolation.proof import Proof
from chatly_console.policies.isolation.report import leak_words, method
from chatly_console.policies.tenancy import Scheme
from chatly_console.policies.ui.hanging import hanging

_TITLE = "Tenant isolation, proven on data"
_INVITATION = (
    "For one user of every role in every tenant, for a user of no tenant and for anon, each table and view that has "
    "the tenant's column is read as that user, asking for rows of other tenants; and each is written to: rows of "
    "others changed, taken over and deleted, rows added for them, own rows moved to them. Functions that run as their "
    "owner are called with values of others; TRUNCATE and REFERENCES are used where they are granted. All of it is "
    "rolled back."
)
_WHO = Content.assemble(
    ("\nAdding rows     ", "$muted"), "for every other tenant, as one of the users of each   ", ("H", "bold $accent"),
    (" as each of them\n\n", "$muted"),
)  # fmt: skip
_NARROW = 76
"""Cells below which the commands have a letter each."""
_SHOWN = 2


class IsolationView(VerticalScroll):
    """One text."""

    BINDING_GROUP_TITLE = "Isolation"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._scheme = Content("")

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static("", id="isolation-text", markup=False)

    def invite(self, scheme: Scheme | None = None, failure: Failure | None = None) -> None:
        """Nothing was tried yet: how tenants would be told apart, or why that is not known."""
        if scheme is not None:
            self._scheme = _how(scheme)
        elif failure is not None:
            self._scheme = Content.assemble(
                ("▲ ", "bold $warn"), safe_text(failure.sentence), "\n  ", ("T", "bold $accent"),
                " names the column that says whose a row is",
            )  # fmt: skip
        title = Content.assemble((_TITLE, "bold"), "   ", ("enter", "bold $accent"), " runs it\n\n")
        self._say(Content.assemble(title, self._scheme, _WHO, _INVITATION))

    def show_progress(self, done: int, of: int) -> None:
        """How far it is."""
        filled = round(40 * done / max(1, of))
        bar = Content.assemble(("━" * filled, "$accent"), ("─" * (40 - filled), "$muted"))
        words = Content.assemble(f"  {done} of {of} users   ", ("ctrl+g", "bold $accent"), " cancels")
        self._say(Content.assemble((_TITLE, "bold"), "\n\n", bar, words, "\n\n", _INVITATION))

    def show(self, proof: Proof) -> None:
        """What was found."""
        mark, style = ("✓", "bold $good") if proof.is_sound else ("✗", "bold $bad")
        lines = [
            Content.assemble((f"{mark} ", style), (safe_text(proof.sentence), style)),
            Content.assemble(
                (f"  {proof.began:%Y-%m-%d %H:%M:%S} UTC   ", "$muted"),
                (f"{proof.writes:,} writes attempted, {proof.calls:,} calls   ", "$muted"),
                ("E", "bold $accent"), (" writes the auditor's report   ", "$muted"),
                ("enter", "bold $accent"), (" runs it again", "$muted"),
            ),
            Content(""),
        ]  # fmt: skip
        lines += _table(proof, narrow=self.size.width < _NARROW)
        for kind in kinds_of(proof.leaks):
            lines += _kind(proof, kind)
        lines += [Content.assemble(("  ▲ ", "$warn"), safe_text(f"{w}: {f.sentence}")) for w, f in proof.errors]
        lines += [Content(""), Content.styled("Ways past the policies that exist", "bold"), *_bypasses(proof)]
        lines += [Content(""), Content.styled("Method", "bold")]
        lines += [Content.styled(f"  {safe_text(line)}", "$muted") for line in method(proof)]
        self._say(hanging(lines, self.size.width - 1))

    def _say(self, words: Content) -> None:
        self.query_one("#isolation-text", Static).update(words)


def _how(scheme: Scheme) -> Content:
    names = ", ".join(r.name for r in scheme.relations)
    return Content.assemble(
        ("Tenant column   ", "$muted"), (safe_text(scheme.column), "bold"), "   ",
        (f"found in {len(scheme.relations)} tables and views: {safe_text(names)}\n", "$muted"),
        ("Memberships     ", "$muted"), (safe_text(scheme.members), "bold"), "   ",
        ("T", "bold $accent"), (" another column", "$muted"),
    )  # fmt: skip


def _table(proof: Proof, *, narrow: bool) -> list[Content]:
    """A line a relation, and one a function that leaks: how many leaks of it there are by which command."""
    functions = dict.fromkeys(leak.relation for leak in proof.leaks if leak.relation.kind == "F")
    relations = [*proof.tenancy.relations, *functions]
    width = max((len(r.full_name) for r in relations), default=0) + 2
    commands = ("SELECT", "INSERT", "UPDATE", "DELETE")
    cell = 6 if narrow else 10
    heads = "".join(f"{command[:1] if narrow else command:>{cell}}" for command in commands)
    lines = [Content.styled(f"  {'':<{width}}{heads}", "$muted")]
    found = Counter((leak.relation, leak.command.value) for leak in proof.leaks)
    for relation in relations:
        written = relation.full_name in proof.written
        cells: list[Content | tuple[str, str]] = []
        for command in commands:
            count = found[relation, command]
            if count:
                cells.append((f"{f'✗{count:,}' if narrow else f'✗ {count:,}':>{cell}}", "bold $bad"))
            elif command == "SELECT" or written:
                cells.append((f"{'✓':>{cell}}", "$good"))
            else:
                cells.append((f"{'·':>{cell}}", "$muted"))
        lines.append(Content.assemble(f"  {safe_text(relation.full_name):<{width}}", *cells))
    return lines


def _kind(proof: Proof, kind: LeakKind) -> list[Content]:
    """Where it leaks and who is to blame, and the first few rows."""
    blamed = safe_text(", ".join(kind.policies)) or "no policy"
    lines = [
        Content(""),
        Content.assemble(
            ("  ✗ ", "bold $bad"), (safe_text(kind.relation.full_name), "bold"), f"  {kind.command}  ",
            (kind.extent, "$muted"), ("  let through by ", "$muted"), (blamed, "bold"),
        ),
    ]  # fmt: skip
    for leak in kind.leaks[:_SHOWN]:
        key = safe_text(" ".join(part or "∅" for part in leak.key))
        row = f"  row {key}" if key else ""
        lines.append(Content.assemble("      ", safe_text(leak_words(proof, leak)), (row, "$muted")))
    if len(kind.leaks) > _SHOWN:
        lines.append(Content.styled(f"      and {len(kind.leaks) - _SHOWN:,} more like these", "$muted"))
    return lines


def _bypasses(proof: Proof) -> list[Content]:
    width = max((len(b.kind) for b in proof.bypasses), default=0) + 2
    return [
        Content.assemble(
            (f"  {safe_text(b.kind):<{width}}", "$muted"),
            safe_text(b.object),
            (f"  {safe_text(b.roles)}  ", "$muted"),
            (safe_text(b.note), "bold $warn" if b.leads_past else "$muted"),
        )
        for b in proof.bypasses
    ] or [Content.styled("  none", "$muted")]
