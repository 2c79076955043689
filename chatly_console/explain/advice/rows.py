"""Rules on estimates: where they begin to be wrong, and what makes them right. Statistics come before indexes."""

from __future__ import annotations

from chatly_console.explain.advice.columns import columns_of, table_of
from chatly_console.explain.advice.finding import Finding, NodeRule, PlanRule, Severity, at_node, called, count
from chatly_console.explain.advice.predicates import wrapped_expression
from chatly_console.explain.figures import Figures
from chatly_console.explain.plan import Node
from chatly_console.explain.wording import factor_words

CRIT_FACTOR = 1000.0
GUESSED_FUNCTION_ROWS = (100.0, 1000.0)
GUESSED_GROUPS = 200.0
"""What the planner takes where it knows nothing: a function returns 1000 rows (100 for a set of arrays), 200 groups."""
GUESSED_SHARES = ((0.005, "a two-hundredth"), (1 / 3, "a third"))
"""The parts of a table that it takes for a comparison, and for a range, with an expression without statistics."""
GUESS_TOLERANCE = 0.01


def misestimate(figures: Figures, node: Node) -> Finding | None:
    """An estimate that is off, at the node where that begins."""
    estimate = figures.estimate(node)
    if estimate is None or not estimate.starts_here:
        return None
    severity: Severity = "crit" if estimate.factor >= CRIT_FACTOR else "warn"
    what = f"expected {count(estimate.planned)} rows, got {count(estimate.actual)} ({factor_words(estimate.factor)})"
    fix, doubt, sql = _cure(node, low=estimate.low)
    stake = node.parent if node.parent is not None and estimate.low else node
    finding = at_node(
        figures, node, "misestimate", severity, f"The estimate begins to be wrong at {called(node)}: {what}.",
        fix, doubt, sql=sql,
    )  # fmt: skip
    if stake is node or not figures.plan.timed:
        return finding
    whole = at_node(figures, stake, "misestimate", severity, finding.evidence, fix, doubt, with_all_below=True)
    return Finding("misestimate", severity, node, whole.share, whole.at_stake_ms, finding.evidence, fix, doubt, sql)


def _cure(node: Node, *, low: bool) -> tuple[str, str, str]:
    if node.kind == "Function Scan":
        name = node.text("Function Name")
        return (f"Tell the planner how many rows it returns: alter function {name} rows N;",
                "Functions that return very different numbers have no right one.", "")  # fmt: skip
    if node.relation:
        condition = " ".join(node.text(key) for key in ("Index Cond", "Filter", "Recheck Cond"))
        columns = columns_of(condition, node.text("Alias"))
        together = [column.split(" ")[0] for column in (*columns.equal, *columns.ranged)]
        name = table_of(node)
        if low and len(together) > 1:
            listed = ", ".join(together[:4])
            sql = f"create statistics (dependencies, ndistinct, mcv) on {listed} from {name};\nanalyze {name};"
            return sql, "A plain analyze may be enough: perhaps the columns do not depend on each other.", sql
        sql = f"analyze {name};"
        return sql, "If they are fresh: a larger statistics target.", sql
    if node.kind in ("Hash Join", "Merge Join", "Nested Loop"):
        fix = "Analyze both sides; then see whether the join's columns depend on those of the filters."
        return fix, "Statistics over the columns of two tables do not exist; a rewrite may be the only cure.", ""
    if node.kind in ("Aggregate", "Group", "Unique", "WindowAgg"):
        return ("create statistics (ndistinct) on the grouped columns; then analyze.",
                "For groups of an expression, make the statistics on the expression.", "")  # fmt: skip
    return ("Analyze the tables below this node.", "The node may only combine what is right below it.", "")


def default_guess(figures: Figures, node: Node) -> Finding | None:
    """A number of rows that the planner takes when it knows nothing at all."""
    estimate = figures.estimate(node)
    if estimate is None or not estimate.is_off or not node.rows_planned:
        return None
    if node.kind == "Function Scan" and node.rows_planned in GUESSED_FUNCTION_ROWS:
        what = f"{count(node.rows_planned)} rows are what the planner takes for a function that says nothing."
        fix = f"alter function {node.text('Function Name')} rows N;"
    elif node.kind == "Aggregate" and node.rows_planned == GUESSED_GROUPS:
        what = "200 groups are what the planner takes where it has no statistics of the grouped expression."
        fix = "create statistics on the grouped expression; then analyze."
    else:
        return None
    return at_node(figures, node, "default-guess", "info", what, fix, "It may be right by chance for other values.")


def guessed_share(figures: Figures, node: Node) -> Finding | None:
    """A scan of which the planner took a fixed part, since it has no statistics of the expression that is compared."""
    estimate, facts, condition = figures.estimate(node), figures.table(node), node.text("Filter")
    if estimate is None or not estimate.is_off or facts is None or not facts.rows or not node.rows_planned:
        return None
    share = node.rows_planned / facts.rows
    taken = next((words for guess, words in GUESSED_SHARES if abs(share - guess) <= guess * GUESS_TOLERANCE), "")
    if not taken or "(" not in condition.strip("()"):
        return None
    expression = wrapped_expression(condition)
    table = table_of(node)
    sql = f"create statistics on ({expression}) from {table};\nanalyze {table};" if expression else ""
    return at_node(
        figures, node, "default-guess", "info",
        f"The planner took {taken} of {called(node)}, which it does where it knows nothing of what is compared:"
        f" {condition}",
        sql or "create statistics on the expression that is compared; then analyze.",
        "The real share may happen to be near one of these.", sql=sql,
    )  # fmt: skip


def stale_statistics(figures: Figures, node: Node) -> Finding | None:
    """A table with an estimate that is off, of which much has changed since it was last analysed."""
    if not figures.tables:
        return None
    estimate, facts = figures.estimate(node), figures.table(node)
    if estimate is None or not estimate.is_off or facts is None or not facts.is_stale:
        return None
    sql = f"analyze {table_of(node)};"
    return at_node(
        figures, node, "stale-statistics", "warn", f"{node.relation}: {facts.words}.", sql,
        "Autovacuum may be about to do it; see whether it keeps up.", sql=sql, with_all_below=True,
    )  # fmt: skip


_SCANS: tuple[NodeRule, ...] = (stale_statistics, guessed_share)
NODE_RULES: dict[str, tuple[NodeRule, ...]] = {
    "*": (misestimate,),
    "Function Scan": (default_guess,),
    "Aggregate": (default_guess,),
    **dict.fromkeys(("Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan"), _SCANS),
}
PLAN_RULES: tuple[PlanRule, ...] = ()
