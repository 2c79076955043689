"""What became of a write, as JSON of stable keys and as words."""

from chatly_console.policies.attempt import Attempt, Refusal
from chatly_console.policies.report import word_of


def try_json(attempt: Attempt) -> dict[str, object]:
    """What became of a write."""
    failure = attempt.failure
    return {
        "ok": attempt.ok,
        "rows": attempt.rows,
        "sqlstate": failure.sqlstate if failure else "",
        "message": failure.sentence if failure else "",
        "refused_by": [_refusal_json(r) for r in attempt.refused_by],
        "left_out_by": [_refusal_json(r) for r in attempt.left_out],
        "missing_grant": attempt.missing_grant,
        "note": attempt.note,
        "strength": attempt.strength,
    }


def _refusal_json(refusal: Refusal) -> dict[str, object]:
    return {
        "policy": refusal.policy,
        "kind": refusal.kind,
        "command": refusal.command.value,
        "clause": refusal.clause.value,
        "value": refusal.value,
        "row": refusal.row,
    }


def try_words(attempt: Attempt) -> str:
    """What became of a write, to read."""
    lines = []
    if attempt.ok:
        lines.append(f"{'✓' if attempt.rows else '▲'} {attempt.rows:,} row{'s' * (attempt.rows != 1)}, rolled back.")
    elif attempt.failure:
        lines.append(f"✗ {attempt.failure.sqlstate}  {attempt.failure.sentence}")
    if attempt.missing_grant:
        lines.append(f"  A privilege (GRANT) is missing, and no policy was asked: {attempt.missing_grant}")
    lines += [f"  {refusal_words(r)}" for r in (*attempt.refused_by, *attempt.left_out)]
    if attempt.note:
        lines.append(f"  {attempt.note}")
    return "\n".join(lines)


def refusal_words(refusal: Refusal) -> str:
    """A policy's no in words."""
    on = f" of {refusal.row}" if refusal.row else ""
    as_policy = f"{refusal.command} {refusal.clause}"
    return f"{refusal.kind:<11} {refusal.policy}  as {as_policy}: {word_of(refusal.value)}{on}"
