"""The advice below the plan: what is at stake, what was seen, what to do, and why that may be wrong."""

import textwrap
from dataclasses import dataclass

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from chatly_console.core.text import safe_text
from chatly_console.explain.advice import Finding
from chatly_console.explain.wording import milliseconds, percent

MOST_SHOWN = 60
"""Pieces of advice that are listed; those with the most time at stake come first."""
_SHORT, _EVIDENCE_LINES = 32, 2
"""On a screen with fewer lines than this, what was seen takes no more than these, so that what to do is in sight."""
_STAKE_WIDTH = 18
_NOTHING = " No advice: nothing in this plan stands out."
_SIGNS = {"crit": ("✗", "$bad"), "warn": ("▲", "$warn"), "info": ("·", "$muted")}


class AdviceList(OptionList):
    """The findings of the plan on show, most time at stake first."""

    BINDING_GROUP_TITLE = "Advice"

    @dataclass
    class Chosen(Message):
        """A finding has the cursor; `opened`: enter was pressed on it."""

        finding: Finding
        opened: bool

    def __init__(self) -> None:
        super().__init__(compact=True)
        self.findings: tuple[Finding, ...] = ()

    def show(self, findings: tuple[Finding, ...]) -> None:
        """List these."""
        self.findings = findings
        self.clear_options()
        if findings:
            width = max(self.size.width, self.app.size.width) - 4
            most = _EVIDENCE_LINES if self.app.size.height < _SHORT else None
            shown = enumerate(findings[:MOST_SHOWN], 1)
            self.add_options([Option(_prompt(number, finding, width, most)) for number, finding in shown])
        else:
            self.add_option(Option(Content.styled(_NOTHING, "$muted"), disabled=True))

    def on_resize(self) -> None:
        """Lines are broken for the width."""
        at = self.highlighted
        self.show(self.findings)
        self.highlighted = at

    @property
    def finding(self) -> Finding | None:
        """The finding of the cursor, or the first."""
        at = self.highlighted or 0
        return self.findings[at] if at < len(self.findings) else None

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if self.has_focus and event.option_index < len(self.findings):
            self.post_message(self.Chosen(self.findings[event.option_index], False))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_index < len(self.findings):
            self.post_message(self.Chosen(self.findings[event.option_index], True))


def _prompt(number: int, finding: Finding, width: int, most: int | None) -> Content:
    sign, style = _SIGNS[finding.severity]
    stake = milliseconds(finding.at_stake_ms) if finding.at_stake_ms is not None else ""
    at_stake = f"{stake or percent(finding.share) + ' of the cost'} at stake" if finding.share else ""
    front = f"{sign} {number} {at_stake:<{_STAKE_WIDTH}} "
    evidence = _hanging(finding.evidence, width, len(front), most)
    tone = "$muted" if finding.is_minor else style
    lines = [Content.assemble((front, tone), evidence)]
    lines += [
        Content.assemble("     ", ("→ ", "$accent"), _hanging(part, width, 7)) for part in finding.fix.split("\n")
    ]
    lines.append(Content.assemble("       ", (f"but: {_hanging(finding.doubt, width - 5, 12)}", "$muted")))
    return Content("\n").join(lines)


def _hanging(text: str, width: int, indent: int, most: int | None = None) -> str:
    """Text in lines that begin below each other, at most so many."""
    lines = textwrap.wrap(
        safe_text(text), max(width - indent, 20), break_on_hyphens=False, max_lines=most, placeholder=" …"
    )
    return f"\n{' ' * indent}".join(lines)
