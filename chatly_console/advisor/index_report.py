"""Index advice in words and as JSON."""

from collections.abc import Iterator
from typing import Any

from chatly_console.advisor.candidate import Candidate
from chatly_console.advisor.partitions import script_of, script_text
from chatly_console.advisor.tried import Combination, Figures, IndexAdvice, Looked, Tried, WithValues
from chatly_console.core.durations import age_words
from chatly_console.explain.wording import milliseconds

_SHOWN = 5
_SERVED_SHOWN = 3
_ENOUGH_HOURS = 24.0
"""From when the server's counters say how much is written; before, a load or a restore would mislead."""
_HOT_MATTERS = 0.2
_ALIKE, _MUCH_LESS = 0.005, 0.05
COLUMNS = ("effect", "index", "tier", "why")


def row(one: Tried) -> tuple[str, str, str, str]:
    """A candidate as a row of the grid; what the index is on says more than its name."""
    mark = "✓" if one.pays else "·"
    return (
        f"{mark} {effect(one)}",
        one.candidate.on,
        one.tier.value,
        one.candidate.why,
    )


def effect(one: Tried) -> str:
    """`771 ms → 0.05 ms`, what it saves of many statements, or the planner's costs where nothing was measured."""
    if one.serves:
        return f"saves {milliseconds(one.saved_ms)} of {milliseconds(sum(s.weight for s in one.serves))}"
    if one.before.ms is not None and one.after.ms is not None:
        return f"{milliseconds(one.before.ms)} → {milliseconds(one.after.ms)}"
    if not one.before.cost and not one.is_used:
        return "serves none"
    return f"cost {one.before.cost:,.0f} → {one.after.cost:,.0f}"


def change(one: Tried) -> str:
    """`771 ms → 0.05 ms · 18,523 → 8 blocks`."""
    blocks = (one.before.blocks, one.after.blocks)
    return effect(one) + (f" · {blocks[0]:,.0f} → {blocks[1]:,.0f} blocks" if None not in blocks else "")


def details(one: Tried) -> list[tuple[str, str]]:
    """All about one candidate: what each line is, and its words."""
    verdict = "pays" if one.pays else "the planner does not use it" if not one.is_used else "does not pay"
    lines = [(one.tier.value, f"{verdict}: {one.tier.words}"), ("why", one.candidate.why)]
    lines += [("now", one.candidate.evidence)] if one.candidate.evidence else []
    lines += [("only with", ", ".join(other.on for other in one.needs))] if one.needs else []
    lines += side_by_side(one.before, one.after)
    lines += [("values", with_one_set(done)) for done in one.by_values]
    if one.hours and one.serves:
        hour = milliseconds(one.saved_ms / one.hours)
        lines.append(("weight", f"{hour} of every hour since the counters began {age_words(one.hours * 3600)} ago"))
    lines += [("serves", f"{milliseconds(s.saved_ms)} of {milliseconds(s.weight)} in {s.calls:,} calls"
                         f"{f' (worst: {s.values})' if s.values else ''}: {' '.join(s.on_record.split())[:160]}")
              for s in one.serves[:_SERVED_SHOWN]]  # fmt: skip
    if len(one.serves) > _SERVED_SHOWN:
        lines.append(("", f"and {len(one.serves) - _SERVED_SHOWN} more statements"))
    return [*lines, *script_lines(one.candidate), ("size", size(one)), ("writes", writes(one)),
            ("undo", f"{one.candidate.undo};"), *[("note", words) for words in neighbours(one)]]  # fmt: skip


def script_lines(candidate: Candidate) -> list[tuple[str, str]]:
    """All that makes the index, a statement a line."""
    return [("" if number else "index", f"{words};") for number, words in enumerate(script_of(candidate))]


def with_one_set(done: WithValues) -> str:
    """`absent values: 12 ms → 0.1 ms`."""
    return f"{done.values}: {moved(done.before, done.after)}{'' if done.is_used else ', not used'}"


def moved(before: Figures, after: Figures) -> str:
    """`771 ms → 0.05 ms · 18,523 → 8 blocks`, or the planner's costs where nothing was measured."""
    if before.ms is None or after.ms is None:
        return f"cost {before.cost:,.0f} → {after.cost:,.0f}"
    blocks = f" · {before.blocks or 0:,.0f} → {after.blocks or 0:,.0f} blocks"
    return f"{milliseconds(before.ms)} → {milliseconds(after.ms)}{blocks}"


def side_by_side(before: Figures, after: Figures) -> list[tuple[str, str]]:
    """Before, after and the difference of everything that is known of both, under a heading."""
    pairs = [
        *_pair("cost", before.cost, after.cost, lambda n: f"{n:,.1f}"),
        *_pair("time", before.ms, after.ms, milliseconds),
        *_pair("blocks", before.blocks, after.blocks, lambda n: f"{n:,.0f}"),
        *_pair("scanned/row", before.scanned_per_row, after.scanned_per_row, lambda n: f"{n:,.1f}"),
    ]
    if before.temp_blocks or after.temp_blocks:
        pairs += _pair("temp", before.temp_blocks, after.temp_blocks, lambda n: f"{n:,.0f} blocks")
    pairs = [("", "before", "after", "change"), *pairs]
    widths = [max(len(row[at]) for row in pairs) for at in (1, 2)]
    return [(name, f"{a:<{widths[0]}}   {b:<{widths[1]}}   {c}".rstrip()) for name, a, b, c in pairs]


def _pair(name: str, before: float | None, after: float | None, words: Any) -> list[tuple[str, str, str, str]]:
    if before is None or after is None:
        return []
    part = after / before if before else 1.0
    change = f"{part - 1:+.0%}" if part > _MUCH_LESS else f"{1 / part:,.0f}x less" if part else "nothing left"
    return [(name, words(before), words(after), "the same" if abs(part - 1) < _ALIKE else change)]


def size(one: Tried) -> str:
    """How large it is, how long it took to build, and who could wait for that."""
    known = "not known before it is built" if one.megabytes is None else f"{one.megabytes:,.1f} MB"
    if one.build_seconds is None:
        return known
    waited = "" if one.writers_waited is None else f"; writers could wait {milliseconds(one.writers_waited * 1000)}"
    return f"{known}, built in {milliseconds(one.build_seconds * 1000)}{waited}"


def writes(one: Tried) -> str:
    """What it costs those who write."""
    table = one.candidate.table
    if table.hours < _ENOUGH_HOURS:
        return "how much is written to the table is not known yet: the server has counted for less than a day"
    words = f"{table.writes / table.hours:,.0f} rows written an hour have to be put into it"
    if table.hot_share >= _HOT_MATTERS:
        words += f"; {table.hot_share:.0%} of the updates touch no index now, those of its columns will"
    return words


def neighbours(one: Tried) -> list[str]:
    """What it means for the indexes that are there: one that it makes needless, one that is broken."""
    candidate, notes = one.candidate, []
    if candidate.broken:
        notes.append(f"{candidate.name} is there, but invalid: REINDEX mends it; the undo takes it away for good")
    for index in candidate.table.indexes:
        begins = tuple(candidate.keys[: len(index.columns)]) == index.columns
        if index == candidate.broken:
            continue
        if not index.is_valid and index.name == candidate.name:
            notes.append(f"an invalid index {index.name} is in its way: it is dropped first")
        elif begins and index.method == candidate.method == "btree" and index.is_plain and not candidate.where:
            notes.append(f"it does all that {index.name} does, which can then go")
    return notes


def summary(advice: IndexAdvice) -> str:
    """What came of it in one line."""
    now = advice.about if advice.is_of_many else f"now {_now(advice.looked[0])}"
    count = len(advice.proposals)
    pays = f"{count or 'no'} {'indexes pay' if count > 1 else 'index pays'} of {len(advice.tried)} tried"
    first = f"   ▲ first: {advice.first[0].fix}" if advice.first and not advice.is_of_many else ""
    return f"{now}   {pays}{first}"


def _now(looked: Looked) -> str:
    spent = looked.run.plan.execution_ms
    return milliseconds(spent) if spent is not None else f"cost {looked.run.plan.root.number('Total Cost'):,.0f}"


def told(advice: IndexAdvice) -> Iterator[str]:
    """The advice line by line."""
    yield advice.about if advice.is_of_many else f"now: {_now(advice.looked[0])}"
    for looked in advice.looked:
        for finding in looked.first:
            yield f"first: {finding.evidence}"
            yield f"       {finding.fix}"
            if advice.is_of_many:
                yield f"       in: {' '.join(looked.run.sql.split())[:160]}"
    if advice.waits_for_statistics:
        yield "no index was looked for: the statistics come first (--anyway goes on)"
    elif not advice.proposals:
        yield "no index pays" + ("" if advice.tried else ": nothing in the plans asks for one")
    for one in advice.proposals[:_SHOWN]:
        script = script_lines(one.candidate)
        yield from (words for _, words in script)
        for name, words in details(one):
            if (name, words) not in script:
                yield f"  {name:<12} {words}"
    more = advice.proposals[_SHOWN:]
    if more:
        yield f"{len(more)} more that pay: {'; '.join(one.candidate.on for one in more[:_SHOWN])} (--json has all)"
    rest = len(advice.tried) - len(advice.proposals)
    if rest:
        yield f"{rest} other candidates do not pay"
    yield from notes(advice)


def notes(advice: IndexAdvice) -> Iterator[str]:
    """What there is to remark beside the candidates."""
    if advice.together is not None:
        names = " and ".join(one.name for one in advice.together.candidates)
        left = advice.together.cost_after / advice.together.cost_before if advice.together.cost_before else 1.0
        before, after = advice.together.before, advice.together.after
        size = f", {advice.together.megabytes:,.1f} MB" if advice.together.megabytes else ""
        measured = f" Measured together: {moved(before, after)}{size}." if before and after else ""
        yield f"Together {names} leave {left:.0%} of the cost.{measured}"
        yield from _steps(advice.together)
    yield from advice.notes
    for sql, reason in advice.skipped:
        yield f"Not looked at: {' '.join(sql.split())[:80]}: {reason}"


def _steps(made: Combination) -> Iterator[str]:
    """How they were put together: what each wins that the ones before it leave."""
    now = made.before
    for number, step in enumerate(made.steps, 1):
        names = " and ".join(one.name for one in step.added)
        if now is not None:
            yield f"Measured {'first' if number == 1 else 'with those before it'}, {names}: {moved(now, step.after)}."
        now = step.after


def document(advice: IndexAdvice) -> dict[str, Any]:
    """The advice for programs; costs are the planner's, times in milliseconds, null where not measured."""
    return {
        "execution_ms": advice.looked[0].run.plan.execution_ms if advice.looked else None,
        "cost": sum(looked.run.plan.root.number("Total Cost") for looked in advice.looked),
        "statements": [
            {"sql": looked.run.sql, "calls": looked.asked.calls, "total_ms": looked.asked.total_ms}
            for looked in advice.looked
        ],
        "first": [{"rule": f.rule, "evidence": f.evidence, "fix": f.fix, "sql": f.sql} for f in advice.first],
        "candidates": [_candidate(one) for one in advice.tried],
        "together": [script_text(one) for one in advice.together.candidates] if advice.together else [],
        "together_measured": _together(advice.together),
        "notes": list(advice.notes),
        "skipped": [{"sql": sql, "reason": reason} for sql, reason in advice.skipped],
    }


def _together(made: Combination | None) -> dict[str, Any] | None:
    if made is None or made.before is None or made.after is None:
        return None
    steps = [{"added": [script_text(c) for c in s.added], "after": _figures(s.after)} for s in made.steps]
    return {"before": _figures(made.before), "after": _figures(made.after), "steps": steps}


def _candidate(one: Tried) -> dict[str, Any]:
    return {
        "sql": script_text(one.candidate),
        "undo": f"{one.candidate.undo};",
        "why": one.candidate.why,
        "tier": one.tier.value,
        "pays": one.pays,
        "used": one.is_used,
        "megabytes": one.megabytes,
        "build_s": one.build_seconds,
        "writers_waited_s": one.writers_waited,
        "needs": [script_text(other) for other in one.needs],
        "before": _figures(one.before),
        "after": _figures(one.after),
        "values": [
            {"values": v.values, "used": v.is_used, "before": _figures(v.before), "after": _figures(v.after)}
            for v in one.by_values
        ],
        "serves": [
            {"sql": s.on_record, "worst_with": s.values, "calls": s.calls, "total_ms": s.weight, "saved_ms": s.saved_ms}
            for s in one.serves
        ],
    }


def _figures(figures: Figures) -> dict[str, float | None]:
    return {
        "cost": figures.cost,
        "ms": figures.ms,
        "blocks": figures.blocks,
        "scanned_per_row": figures.scanned_per_row,
    }
