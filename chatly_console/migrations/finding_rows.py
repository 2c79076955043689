"""Findings, proofs and drift as rows for the list below the timeline."""

from collections.abc import Sequence

from chatly_console.core.durations import age_words, duration_words
from chatly_console.migrations.drift import Drift
from chatly_console.migrations.known import Known
from chatly_console.migrations.lint import Finding
from chatly_console.migrations.proof import Proof
from chatly_console.migrations.rows import Row, Tone
from chatly_console.migrations.snapshot import Difference, shown

_LEVELS: dict[str, tuple[str, Tone]] = {"error": ("✗", "bad"), "warning": ("▲", "warn"), "note": ("·", "muted")}


def notes_by_line(findings: Sequence[Finding]) -> dict[int, list[tuple[str, Tone]]]:
    """The findings as notes beside the statements."""
    found: dict[int, list[tuple[str, Tone]]] = {}
    for one in findings:
        sign, tone = _LEVELS[one.level]
        found.setdefault(one.line, []).append((f"{sign} {one.rule}: {one.advice}", tone))
    return found


def lint_rows(findings: Sequence[Finding]) -> list[Row]:
    """All findings, file by file."""
    rows: list[Row] = []
    last = ""
    for number, one in enumerate(findings):
        if one.file != last:
            rows.append(Row(None, ((f" {one.file}", "strong"),)))
            last = one.file
        sign, tone = _LEVELS[one.level]
        quiet: Tone = "muted" if one.silenced else "plain"
        words = "  (silenced)" if one.silenced else ""
        rows.append(
            Row((one.file, one.line, number), ((f"  {sign} {one.line or '':>4}  ", "muted" if one.silenced else tone),
                (f"{one.rule}  ", "muted" if one.silenced else tone), (f"{one.message}{words}", quiet)))
        )  # fmt: skip
    return rows


def proof_rows(known: Known) -> list[Row]:
    """The proof so far, the files at fault in full."""
    if known.proof_failure:
        return [Row(None, ((f" ✗ {known.proof_failure}", "bad"),))]
    rows = []
    if known.doing == "proof":
        rows.append(Row(None, ((f" ◌ {known.words}", "accent"), (f"  {age_words(known.seconds)}", "muted"))))
    for proof in sorted(known.proofs, key=lambda one: not one.problems):
        rows += _proof_rows(proof)
    return rows


def _proof_rows(proof: Proof) -> list[Row]:
    tried = proof.done or proof.problems
    sign, tone = ("✓", "good") if proof.ok else ("✗", "bad") if proof.problems else ("○", "muted")
    tones: dict[str, Tone] = {"good": "good", "bad": "bad", "muted": "muted"}
    took = f"  {duration_words(proof.seconds)}" if proof.seconds else ""
    rows = [
        Row(
            proof.file.version,
            (
                (f" {sign} ", tones[tone]),
                (f"{proof.file.version} ", "muted"),
                (proof.file.name, "plain" if tried else "muted"),
                (f"  {', '.join(proof.done)}{took}", "muted"),
            ),
        )
    ]
    rows += [Row(None, ((f"     {problem}", "bad"),)) for problem in proof.problems]
    rows += [Row(None, ((f"       {difference}", "muted"),)) for difference in proof.differences[1:8]]
    for lock in proof.locks:
        if lock.rewritten or (lock.held_ms > 100 and "with data" in proof.done):
            more = ", rewrote it" if lock.rewritten else ""
            rows.append(
                Row(None, ((f"     held {lock.mode} on {lock.relation} for {lock.held_ms:.0f} ms{more}", "warn"),))
            )
    return rows


def drift_rows(known: Known) -> list[Row]:
    """What differs, field by field; what Supabase looks after is folded into a line."""
    if known.drift_failure:
        return [Row(None, ((f" ✗ {known.drift_failure}", "bad"),))]
    if known.doing == "drift":
        return [Row(None, ((f" ◌ {known.words}", "accent"), (f"  {age_words(known.seconds)}", "muted")))]
    if known.drift is None:
        return []
    rows = [Row(None, ((f" ▲ {remark}", "warn"),)) for remark in known.drift.remarks]
    for number, one in enumerate(known.drift.telling):
        rows += _difference_rows(number, one)
    return rows + _folded(known.drift)


def _difference_rows(number: int, one: Difference) -> list[Row]:
    sign, tone = {"missing": ("−", "bad"), "unexpected": ("+", "warn"), "changed": ("≠", "warn")}[one.change]
    tones: dict[str, Tone] = {"bad": "bad", "warn": "warn"}
    what = {"missing": "missing in the database", "unexpected": "made by no file", "changed": one.field}[one.change]
    head = Row(
        number,
        ((f" {sign} ", tones[tone]), (f"{one.kind} ", "muted"), (one.identity, "strong"), (f"  {what}", tones[tone])),
    )
    if one.change != "changed":
        value = one.found if one.change == "unexpected" else one.expected
        return [head, Row(None, ((f"     {shown(value, 300)}", "muted"),))]
    return [
        head,
        Row(None, (("     files     ", "muted"), (shown(one.expected, 300), "plain"))),
        Row(None, (("     database  ", "muted"), (shown(one.found, 300), "strong"))),
    ]


def _folded(drift: Drift) -> list[Row]:
    managed = [one for one in drift.differences if one.is_managed]
    cosmetic = sum(one.is_cosmetic and not one.is_managed for one in drift.differences)
    rows = []
    if managed:
        names = ", ".join(sorted({one.schema for one in managed}))
        rows.append(Row(None, ((f" · {len(managed)} more in what Supabase manages: {names}", "muted"),)))
    if cosmetic:
        rows.append(Row(None, ((f" · {cosmetic} only in the order of columns", "muted"),)))
    return rows
