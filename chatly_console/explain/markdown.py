"""The report on a statement, as Markdown: its plan with the bottlenecks marked, what to do, and what that would win."""

from collections.abc import Iterator

from chatly_console.core.classify import redact
from chatly_console.core.text import safe_text
from chatly_console.explain.advice import Finding
from chatly_console.explain.analysis import Analysis
from chatly_console.explain.diff import Comparison, summary
from chatly_console.explain.figures import SHARE_BANDS
from chatly_console.explain.plan import Node
from chatly_console.explain.report import as_drawing
from chatly_console.explain.titles import method_of, target_of
from chatly_console.explain.wording import figure_words, milliseconds, percent, times_words

_WIDTH = 150
_MOST_BOTTLENECKS = 5


def as_markdown(analysis: Analysis, facts: dict[str, str], tried: Comparison | None = None) -> str:
    """The whole report. `facts` say how the plan came about: `as`, `server`, `run` ...; empty ones are left out."""
    return "\n".join([*_report(analysis, facts, tried), ""])


def _report(analysis: Analysis, facts: dict[str, str], tried: Comparison | None) -> Iterator[str]:
    plan = analysis.plan
    yield "# Query plan report"
    yield ""
    if plan.query:
        yield from _fenced(redact(plan.query), "sql")
    yield "| | |"
    yield "|---|---|"
    if plan.execution_ms is not None or plan.timed:
        yield f"| execution | {milliseconds(analysis.timing.whole_ms)} |"
    if plan.planning_ms is not None:
        yield f"| planning | {milliseconds(plan.planning_ms)} |"
    for name, value in facts.items():
        if value:
            yield f"| {_cell(name)} | {_cell(value)} |"
    for name, value in plan.settings.items():
        yield f"| setting {_cell(name)} | {_cell(value)} |"
    yield ""
    yield from _bottlenecks(analysis)
    yield "## Plan"
    yield ""
    yield from _fenced("\n".join(as_drawing(analysis, _WIDTH)))
    yield from _recommendations(analysis)
    if tried is not None:
        yield from as_comparison(tried)


def _bottlenecks(analysis: Analysis) -> Iterator[str]:
    loud = [node for node in analysis.plan.nodes if analysis.share(node) >= SHARE_BANDS[0]]
    loud.sort(key=analysis.share, reverse=True)
    yield "## Bottlenecks"
    yield ""
    if not loud:
        yield "No node takes a tenth of the whole by itself."
    for node in loud[:_MOST_BOTTLENECKS]:
        yield f"- **{percent(analysis.share(node))}** {_named(analysis, node)}"
    yield ""


def _named(analysis: Analysis, node: Node) -> str:
    time = f", {milliseconds(analysis.timing.of(node).self_ms)} of its own" if analysis.plan.timed else ""
    estimate = analysis.estimate(node)
    off = f", rows off {estimate.factor:,.0f}x" if estimate is not None and estimate.is_off else ""
    name = f"{method_of(node.raw)} {target_of(node.raw)}".rstrip()
    return f"`{_cell(name)}` (node {node.id}{time}{off})"


def _recommendations(analysis: Analysis) -> Iterator[str]:
    yield "## Recommendations"
    yield ""
    if not analysis.findings:
        yield "Nothing in this plan stands out."
    for number, finding in enumerate(analysis.findings, 1):
        yield f"{number}. **{_cell(finding.evidence)}**{_where(finding)}"
        yield f"   - expected impact: {_impact(finding)}"
        if finding.sql:
            yield from ("   " + line for line in _fenced(finding.sql, "sql") if line)
        else:
            yield f"   - do: {_cell(finding.fix)}"
        yield f"   - why it might be wrong: {_cell(finding.doubt)}"
    yield ""


def _where(finding: Finding) -> str:
    return "" if finding.node is None else f" (node {finding.node.id})"


def _impact(finding: Finding) -> str:
    if not finding.share:
        return "not measured"
    if finding.at_stake_ms is None:
        return f"up to {percent(finding.share)} of the estimated cost"
    return f"up to {milliseconds(finding.at_stake_ms)}, {percent(finding.share)} of the time"


def as_comparison(comparison: Comparison) -> Iterator[str]:
    """Before and after as a table, and the nodes that are done in another way."""
    yield "## Before and after"
    yield ""
    if comparison.words:
        yield f"{_cell(comparison.words)}."
        yield ""
    yield "| | before | after | change |"
    yield "|---|---:|---:|---:|"
    for name, before, after in summary(comparison):
        figures = f"{figure_words(name, before)} | {figure_words(name, after)}"
        yield f"| {name.removesuffix(' ms')} | {figures} | {times_words(before, after)} |"
    yield ""
    for change in comparison.changes:
        words = f"`{_cell(f'{method_of(change.node.raw)} {target_of(change.node.raw)}'.rstrip())}`"
        if change.kind == "method":
            yield f"- {words}, before `{_cell(change.method_before)}`"
        elif change.kind != "same":
            yield f"- {change.kind}: {words}"
    yield ""


def _fenced(text: str, language: str = "") -> Iterator[str]:
    """A block of code; its fence is longer than any in the text."""
    fence = "```"
    while fence in text:
        fence += "`"
    yield f"{fence}{language}"
    yield from safe_text(text, one_line=False).split("\n")
    yield fence
    yield ""


def _cell(text: str) -> str:
    return safe_text(text).replace("|", "\\|").replace("`", "'")
