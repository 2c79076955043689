"""A plan with everything that follows from it: its figures, and the advice that they give."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from chatly_console.explain.advice import Finding, findings_of
from chatly_console.explain.figures import Figures
from chatly_console.explain.plan import Plan
from chatly_console.explain.tables import TableFacts, UnsafeFunction


class Analysis(Figures):
    """What is known of a plan. Made in a thread for large plans; reading it is quick."""

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What could be done about it, most time at stake first."""
        return findings_of(self)


def analyse(
    plan: Plan, tables: Mapping[tuple[str, str], TableFacts] | None = None, unsafe: Sequence[UnsafeFunction] = ()
) -> Analysis:
    """The analysis of a plan, with its advice."""
    analysis = Analysis(plan, tables, unsafe)
    _ = analysis.findings
    return analysis
