"""Index advice in words and as JSON."""

from collections.abc import Iterator
from typing import Any

from chatly_console.advisor.partitions import script_text
from chatly_console.advisor.tried import Combination, Figures, IndexAdvice, Looked, Tried, WithValues
from chatly_console.explain.wording import milliseconds

_SHOWN = 5
_SERVED_SHOWN = 3
_ENOUGH_HOURS = 24.0
"""From when the server's counters say how much is written; before, a load or a restore would mislead."""
_HOT_MATTERS = 0.2
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
    return f"cost {one.before.cost:,.0f} → {one.after.cost:,.0f}"


def change(one: Tried) -> str:
    """`771 ms → 0.05 ms · 18,523 → 8 blocks`."""
    blocks = (one.before.blocks, one.after.blocks)
    return effect(one) + (f" · {blocks[0]:,.0f} → {blocks[1]:,.0f} blocks" if None not in blocks else "")


def details(one: Tried) -> list[tuple[str, str]]:
    """All about one candidate: what each line is, and its words."""
    verdict = "pays" if one.pays else "the planner does not use it" if not one.is_used else "does not pay"
    lines = [(one.tier.value, f"{verdict}: {one.tier.words}"), ("why", one.candidate.why)]
    lines += side_by_side(one.before, one.after)
    lines += [("values", with_one_set(done)) for done in one.by_values]
    lines += [("serves", f"{milliseconds(s.saved_ms)} of {milliseconds(s.weight)} in {s.calls:,} calls: "
                         f"{' '.join(s.sql.split())[:160]}") for s in one.serves[:_SERVED_SHOWN]]  # fmt: skip
    if len(one.serves) > _SERVED_SHOWN:
        lines.append(("", f"and {len(one.serves) - _SERVED_SHOWN} more statements"))
    return [*lines, ("index", script_text(one.candidate)), ("size", size(one)), ("writes", writes(one)),
            ("undo", f"{one.candidate.undo};"), *[("note", words) for words in neighbours(one)]]  # fmt: skip


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
    """Before and after of everything that is known of both, under a heading."""
    pairs = [
        ("cost", f"{before.cost:,.1f}", f"{after.cost:,.1f}"),
        *_pair("time", before.ms, after.ms, milliseconds),
        *_pair("blocks", before.blocks, after.blocks, lambda n: f"{n:,.0f}"),
        *_pair("scanned/row", before.scanned_per_row, after.scanned_per_row, lambda n: f"{n:,.1f}"),
    ]
    if before.temp_blocks or after.temp_blocks:
        pairs += _pair("temp", before.temp_blocks, after.temp_blocks, lambda n: f"{n:,.0f} blocks")
    width = max(len(first) for _, first, _ in pairs)
    return [("", f"{'before':<{width}}   after"), *[(name, f"{a:<{width}}   {b}") for name, a, b in pairs]]


def _pair(name: str, before: float | None, after: float | None, words: Any) -> list[tuple[str, str, str]]:
    return [(name, words(before), words(after))] if before is not None and after is not None else []


def size(one: Tried) -> str:
    """How large it is, and how long it took to build."""
    known = "not known before it is built" if one.megabytes is None else f"{one.megabytes:,.1f} MB"
    return known if one.build_seconds is None else f"{known}, built in {one.build_seconds:.1f} s"


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
        yield script_text(one.candidate)
        for name, words in details(one):
            if name != "index":
                yield f"  {name:<12} {words}"
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
        measured = f" Measured together: {moved(before, after)}." if before and after else ""
        yield f"Together {names} leave {left:.0%} of the cost.{measured}"
    yield from advice.notes
    for sql, reason in advice.skipped:
        yield f"Not looked at: {' '.join(sql.split())[:80]}: {reason}"


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
    return {"before": _figures(made.before), "after": _figures(made.after)}


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
        "before": _figures(one.before),
        "after": _figures(one.after),
        "values": [
            {"values": v.values, "used": v.is_used, "before": _figures(v.before), "after": _figures(v.after)}
            for v in one.by_values
        ],
        "serves": [{"sql": s.sql, "calls": s.calls, "total_ms": s.weight, "saved_ms": s.saved_ms} for s in one.serves],
    }


def _figures(figures: Figures) -> dict[str, float | None]:
    return {
        "cost": figures.cost,
        "ms": figures.ms,
        "blocks": figures.blocks,
        "scanned_per_row": figures.scanned_per_row,
    }
