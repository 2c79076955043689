"""Of several plans in one text: two are compared, and of more the user chooses one."""

from collections.abc import Sequence

from textual.app import App

from chatly_console.explain.plan import Plan
from chatly_console.explain.wording import milliseconds
from chatly_console.shell.choose import Choice, Choose

_SHOWN = 90


async def chosen_of(app: App[object], plans: Sequence[Plan]) -> Sequence[Plan]:
    """One plan to show, or two to compare; none where the user chose none."""
    if len(plans) < 3:
        return plans
    slowest_first = sorted(plans, key=lambda plan: plan.execution_ms or 0.0, reverse=True)
    choices = [Choice(_title(plan), plan, f"{len(plan.nodes):,} nodes") for plan in slowest_first]
    title = f"{len(plans):,} plans were read, the slowest first"
    chosen = await app.push_screen_wait(Choose(title, choices, placeholder="type a part of the statement"))
    return [] if chosen is None else [chosen]


def _title(plan: Plan) -> str:
    time = "not run" if plan.execution_ms is None else milliseconds(plan.execution_ms)
    what = " ".join(plan.query.split()) or f"{plan.root.kind} {plan.root.relation}".rstrip()
    return f"{time:>9}  {what[:_SHOWN]}"
