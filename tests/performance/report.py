"""The report as Markdown, from what was measured; every figure in it comes from the run."""

from dataclasses import dataclass

from tests.performance.measure import Experiment, Found
from tests.performance.tables import Table


@dataclass(frozen=True)
class Report:
    """What one run measured."""

    made_on: str
    server: str
    pgvector: str
    machine: str
    rounds: int
    counts: dict[str, int]
    compared: list[tuple[Experiment, Found, Found]]
    rejected: list[tuple[Experiment, Found, Found, str, str, str]]
    vectors: Table
    tenants: Table
    writes: Table
    estimates: Table
    partitions: Table


def write(report: Report) -> str:
    """The whole text."""
    counts = ", ".join(f"{count:,} {name}" for name, count in report.counts.items())
    parts = [
        "# Performance of the Chatly database, measured",
        "Made by `make perf-report`; do not edit. Every figure comes from one run on one machine: compare them "
        "with each "
        "other, not with those of another machine.",
        f"- made on {report.made_on}, {report.server.split(' on ')[0]}, pgvector {report.pgvector}, {report.machine}\n"
        f"- rows: {counts}; messages lie on disk in the order of time, as they arrive\n"
        f"- each pair is run in turn {report.rounds} times after one run that warms up, in transactions that "
        f"are rolled "
        "back; milliseconds are the median of the server's execution time, with the fastest and slowest in brackets; "
        "blocks are of 8 kB, found in memory or read\n"
        "- no parallel workers, no JIT; users read under row level security (`ada` owns the largest tenant)\n"
        "- “expected → found” is the planner's guess of the rows of the result and their number, for the plan that "
        "is in use",
        "## Critical queries, without and with what makes them fast",
        _table(Table(
            ("query", "reader", "before, ms", "after, ms", "times faster", "blocks before → after", "rows "
            "expected → found"),
            [_summary(experiment, before, after) for experiment, before, after in report.compared],
        )),
        *(_details(number, *each) for number, each in enumerate(report.compared, 1)),
        "## Vector indexes, over all tenants",
        "Fifty questions as the backend asks them: four of people, the rest the beginnings of chunks. Recall counts "
        f"neighbours that are as near as the exact ones. {_best(report.vectors)}",
        _table(report.vectors),
        "The lists of IVFFlat are √rows of the table to begin with, and the index is built again when the table "
        "has grown "
        "to four times (`chatly-console vectors advise` says so). The search functions take more probes than "
        "the fastest "
        "row here, because they also serve the larger tenants, whose rows are only a part of each list.",
        "## Vector search of tenants, under row level security",
        "A plain `order by embedding <=> … limit 10` leaves it to the policy to filter what the index found: with "
        "`probes` 1 small tenants get too few rows or the wrong ones. `match_documents()` names the tenant, so a small "
        "one is read by its own index and sorted exactly.",
        _table(report.tenants),
        "## What indexes of messages cost on insert",
        "The same insert of 5,000 messages with the index and without it, in turn: the fastest of thirteen, and what "
        "is written to the write-ahead log. The cost is counted by the latter, which does not depend on what else the "
        "machine does.",
        _table(report.writes),
        "## Extended statistics",
        _table(report.estimates),
        "## Monthly partitions of messages",
        "`database/partitioning/messages_by_month.sql` and its way back, run here in a transaction that was "
        "rolled back. "
        "Partitions pay when old months are removed or a table no longer fits the memory; a query that does not "
        "name a time looks into each of them. (Freshly copied here, before their first vacuum.)",
        _table(report.partitions),
        "## Tried and rejected",
        _table(Table(
            ("candidate", "reader", "ms without → with", "blocks", "size", "insert", "plan without", "with", "why not"),
            [_turned_down(*each) for each in report.rejected],
        )),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _best(vectors: Table) -> str:
    """The fastest setting that finds 95 of 100."""
    index, fastest = "", ("", "", float("inf"))
    for row in vectors.rows:
        index = row[0] or index
        if row[2] and float(row[3]) >= 0.95 and float(row[4]) < fastest[2]:
            fastest = (index, row[2], float(row[4]))
    return f"The fastest that finds at least 95 of 100 is {fastest[0]} with {fastest[1]}: {fastest[2]:.2f} ms."


def _summary(experiment: Experiment, before: Found, after: Found) -> tuple[str, ...]:
    return (
        experiment.name, experiment.reader.split("@")[0], f"{before.ms:,.2f}", f"{after.ms:,.2f}",
        f"{before.ms / after.ms:,.1f}" if after.ms else "–", f"{before.blocks:,} → {after.blocks:,}",
        f"{after.expected:,} → {after.rows:,}",
    )  # fmt: skip


def _turned_down(
    experiment: Experiment, before: Found, after: Found, size: str, cost: str, reason: str
) -> tuple[str, ...]:
    return (
        experiment.name, experiment.reader.split("@")[0], f"{before.ms:.2f} → {after.ms:.2f}",
        f"{before.blocks:,} → {after.blocks:,}", size, cost, before.plan, after.plan, reason,
    )  # fmt: skip


def _details(number: int, experiment: Experiment, before: Found, after: Found) -> str:
    lines = [f"### {number}. {experiment.name}", "", experiment.why, ""]
    sql = experiment.after.sql if len(experiment.after.sql) < 1_000 else f"{experiment.after.sql[:60]}…"
    lines += ["```sql", *(line.strip() for line in sql.splitlines()), "```", ""]
    for variant, found in ((experiment.before, before), (experiment.after, after)):
        low, high = found.spread
        lines.append(
            f"- {variant.words}: {found.ms:,.2f} ms ({low:,.2f} to {high:,.2f}), {found.blocks:,} blocks: {found.plan}"
        )
    return "\n".join(lines)


def _table(table: Table) -> str:
    rows = [table.heads, tuple("---" for _ in table.heads), *table.rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
