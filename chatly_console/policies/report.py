"""What the services found, as JSON documents of stable keys, as rows for a table, and as words."""

from collections.abc import Sequence

from chatly_console.core.identity import Identity
from chatly_console.core.values import Column, Row
from chatly_console.policies.compare import Comparison
from chatly_console.policies.expression import pretty, words_of
from chatly_console.policies.policy import COMMANDS, Table
from chatly_console.policies.rows_why import Explanation
from chatly_console.policies.service import Cell


def name_of(identity: Identity) -> str:
    """How an identity is called where there is little room: its label, its subject or its role."""
    return identity.label or identity.subject or identity.role or "the login"


def policies_json(table: Table) -> dict[str, object]:
    """A table with its policies."""
    return {
        "table": f"{table.schema}.{table.name}",
        "state": table.state.value,
        "owner": table.owner,
        "grants": {role: sorted(names) for role, names in table.grants.items()},
        "policies": [
            {
                "name": p.name,
                "kind": p.kind,
                "command": p.command.value if p.command else "ALL",
                "roles": list(p.roles),
                "using": p.using,
                "check": p.check,
                "words": words_of(p),
                "comment": p.comment,
            }
            for p in table.policies
        ],
    }


def policies_words(table: Table) -> str:
    """A table with its policies, to read."""
    lines = [f"{table.full_name}   row level security: {table.state.value}   owner {table.owner}"]
    for command in (*COMMANDS, None):
        for p in table.policies:
            if p.command is not command:
                continue
            lines += ["", f"  {command or 'ALL'}  {p.kind}  {p.name}  to {', '.join(p.roles)}"]
            lines += [f"      {line}" for line in ([p.comment] if p.comment else []) + [words_of(p)]]
            for clause, expression in (("using", p.using), ("with check", p.check)):
                if expression is not None:
                    lines += [f"      {clause}", *(f"        {line}" for line in pretty(expression))]
    return "\n".join(lines)


def matrix_json(cells: Sequence[Cell]) -> list[dict[str, object]]:
    """A cell of the matrix an object."""
    return [
        {
            "identity": name_of(c.identity),
            "role": c.identity.role,
            "table": f"{c.table.schema}.{c.table.name}",
            "command": c.command.value,
            "visible": c.visible,
            "total": c.total,
            "verdict": c.verdict,
            **({"message": c.failure.sentence} if c.failure else {}),
        }
        for c in cells
    ]


def matrix_rows(cells: Sequence[Cell]) -> tuple[list[Column], list[Row]]:
    """Identity and table down, commands across."""
    columns = [Column("identity"), Column("table"), *(Column(c.value) for c in COMMANDS), Column("total", 20, "bigint")]
    rows: list[Row] = []
    for at in range(0, len(cells), len(COMMANDS)):
        group = cells[at : at + len(COMMANDS)]
        total = group[0].total
        rows.append(
            (
                name_of(group[0].identity),
                group[0].table.full_name,
                *(cell_words(c) for c in group),
                None if total is None else str(total),
            )
        )
    return columns, rows


def cell_words(cell: Cell) -> str:
    """A cell in a word: the number of rows, or why there is none."""
    if cell.failure is not None:
        return f"error {cell.failure.sqlstate}"
    if cell.verdict in ("no grant", "no policy", "checked"):
        return cell.verdict
    if cell.visible is None:
        return cell.verdict
    return f"{cell.visible:,}" + ("" if cell.verdict in ("some", "none", "all") else f" ({cell.verdict})")


def why_json(explained: Explanation) -> dict[str, object]:
    """Each row with every policy's value."""
    columns = explained.key_columns
    return {
        "table": f"{explained.table.schema}.{explained.table.name}",
        "command": explained.command.value,
        "identity": name_of(explained.identity),
        "standing": explained.standing.value,
        "rows": [
            {
                "key": dict(zip(columns, row.key, strict=True)),
                "visible": row.verdict.passes,
                "admitted_by": list(row.verdict.admitted_by),
                "vetoed_by": list(row.verdict.vetoed_by),
                "policies": dict(row.values),
            }
            for row in explained.rows
        ],
        "counts": [
            {"policies": dict(t.values), "visible": t.verdict.passes, "rows": t.count} for t in explained.tallies
        ],
        "truncated": explained.truncated,
    }


def why_summary(explained: Explanation) -> str:
    """What decides, and how many rows each combination of values has."""
    who, table = name_of(explained.identity), explained.table.full_name
    lines = [f"{explained.command} on {table} as {who}: {decided_by(explained)}"]
    lines += [f"  {t.count:>9,}  {t.verdict.word:<9} {value_words(t.values)}" for t in explained.tallies]
    if explained.partial:
        lines.append("  The login is subject to policies here itself: rows that it may not see are not counted.")
    return "\n".join(lines)


def decided_by(explained: Explanation) -> str:
    """What decides, in words."""
    if explained.standing.value == "no grant":
        return f"refused, the privilege {explained.command} is missing"
    if explained.exempt_because:
        return f"every row, because {explained.exempt_because}"
    if not all(c.permissive for c in explained.combinations):
        return "no row, because no permissive policy applies"
    return "(any permissive) and (all restrictive)"


def value_words(values: Sequence[tuple[str, bool | None]]) -> str:
    """`name true · other null`."""
    return " · ".join(f"{name} {word_of(value)}" for name, value in values)


def word_of(value: bool | None) -> str:
    """A policy's value as SQL writes it."""
    return "null" if value is None else "true" if value else "false"


def why_rows(explained: Explanation) -> tuple[list[Column], list[Row]]:
    """A row a line, with a column for each policy."""
    names = list(dict.fromkeys(name for row in explained.rows for name, _ in row.values))
    columns = [
        *(Column(n) for n in explained.key_columns),
        Column("row"),
        Column("verdict"),
        *(Column(n) for n in names),
    ]
    rows: list[Row] = [
        (*row.key, row.label, row.verdict.word, *(word_of(value) for _, value in row.values)) for row in explained.rows
    ]
    return columns, rows


def diff_json(subject: str, compared: Comparison) -> dict[str, object]:
    """What only one sees, how many both see, and where they differ."""

    def key(values: Row) -> dict[str, str | None]:
        return dict(zip(compared.key, values, strict=True))

    return {
        "table": subject,
        "only": {name_of(s.identity): [key(r.key) for r in compared.only(at)] for at, s in enumerate(compared.sides)},
        "both": len(compared.shared),
        "differing": [{"key": key(r.key), "columns": list(r.differing)} for r in compared.differing],
        "errors": {name_of(s.identity): s.failure.sentence for s in compared.sides if s.failure},
        "truncated": any(s.truncated for s in compared.sides),
    }


def diff_summary(compared: Comparison) -> str:
    """The counts in a line."""
    parts = [f"only {name_of(s.identity)} {len(compared.only(at)):,}" for at, s in enumerate(compared.sides)]
    parts += [f"both {len(compared.shared):,}", f"differing {len(compared.differing):,}"]
    parts += [f"{name_of(s.identity)}: {s.failure.sentence}" for s in compared.sides if s.failure]
    return " · ".join(parts)


def diff_rows(compared: Comparison) -> tuple[list[Column], list[Row]]:
    """A row a line: its key, who sees it, the columns that differ."""
    columns = [*(Column(n) for n in compared.key), *(Column(name_of(s.identity)) for s in compared.sides), Column("≠")]
    rows: list[Row] = [
        (*row.key, *("sees it" if cell is not None else "·" for cell in row.cells), ", ".join(row.differing))
        for row in compared.rows
        if any(cell is None for cell in row.cells) or row.differing
    ]
    return columns, rows
