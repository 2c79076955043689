"""A plan as a file: text, JSON, Markdown, SVG, each also without names and values."""

import json

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.explain.analysis import Analysis, analyse
from chatly_console.explain.anonymise import Anonymiser
from chatly_console.explain.build import build_plan
from chatly_console.explain.diff import Comparison
from chatly_console.explain.keys import keys_of
from chatly_console.explain.markdown import as_markdown
from chatly_console.explain.svg import as_svg
from chatly_console.explain.text_export import as_text
from chatly_console.explain.wording import milliseconds

FORMATS = {"text": "txt", "json": "json", "markdown": "md", "svg": "svg"}
"""The formats, and how their files end."""


def anonymised(analysis: Analysis) -> Analysis:
    """The same plan without what tells of whom it is, analysed anew."""
    return analyse(build_plan(Anonymiser().keys(keys_of(analysis.plan))))


def export(
    analysis: Analysis, chosen: str, facts: dict[str, str] | None = None, tried: Comparison | None = None
) -> str:
    """The plan in one of `FORMATS`; `facts` and `tried` are for the report (Markdown)."""
    if chosen == "text":
        return as_text(analysis.plan)
    if chosen == "json":
        return json.dumps([keys_of(analysis.plan)], indent=2, ensure_ascii=False) + "\n"
    if chosen == "markdown":
        return as_markdown(analysis, facts or {}, tried)
    if chosen == "svg":
        whole = milliseconds(analysis.timing.whole_ms) if analysis.plan.timed else "not run"
        return as_svg(analysis, f"plan, {whole}")
    raise Failure(f"{chosen} is no format of a plan: there are {', '.join(FORMATS)}.", FailureKind.USAGE)
