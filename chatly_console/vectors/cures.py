"""What would give a tenant its rows: each way is measured as that tenant, or on a copy with the tenant's filter."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace

from chatly_console.core.failure import Failure
from chatly_console.core.identity import Identity
from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.server.database import Database
from chatly_console.server.series import Series
from chatly_console.vectors.candidates import Candidate, as_index, create_sql
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.lab import Curve, Point, Settings
from chatly_console.vectors.measuring import MEASURING, Lab, Sampled, sample, usual_settings
from chatly_console.vectors.operators import settings_words
from chatly_console.vectors.recall import Neighbour
from chatly_console.vectors.scratch import Scratch, copy_rows, scratch_series
from chatly_console.vectors.service import prepare, series_as
from chatly_console.vectors.statements import count_sql, tenants_sql

QUESTIONS = 20
MOST_TENANTS = 5
"""Who sees more tenants than this has no filter that an index of one tenant could serve."""

_INDEX = "chatly_scratch_index"


@dataclass(frozen=True, slots=True)
class Cure:
    """One way, measured; `where` says on what, `failure` why it could not be."""

    name: str
    where: str
    point: Point | None = None
    failure: str = ""
    note: str = ""

    @property
    def is_full(self) -> bool:
        """Whether every question got all the rows there are, and (nearly) all of them right."""
        return self.point is not None and not self.point.figures.short and (self.point.figures.recall or 0.0) >= 0.99


def best_cure(cures: Sequence[Cure]) -> Cure | None:
    """The quickest of those that give all rows, and the right ones; what stands is no cure."""
    full = [cure for cure in cures[1:] if cure.is_full and cure.point is not None]
    return min(full, key=lambda cure: cure.point.figures.p50_ms if cure.point else 0.0, default=None)


async def measure_cures(
    database: Database,
    column: VectorColumn,
    k: int,
    identity: Identity,
    *,
    questions: int = QUESTIONS,
    may_copy: bool = True,
    tell: Callable[[str], None] = lambda words: None,
) -> AsyncIterator[Cure]:
    """The cures one after the other, first what stands: on the table as `identity`, then on a copy as the login.

    The copy is made in a transaction that is rolled back; without `may_copy` there is none.
    """
    async with series_as(database, identity, MEASURING, limit=60) as series:
        await prepare(series, column, ())
        asked = await sample(series, column, questions)
        tenants = await _tenants(series, column)
        if not asked:
            return
        async for cure in _on_the_table(series, column, k, asked, tenants, tell):
            yield cure
    if not may_copy or column.tenant is None or not 1 <= len(tenants) <= MOST_TENANTS or column.index is None:
        return
    try:
        async with scratch_series(database) as series:
            tell("copying the rows")
            await prepare(series, column, ())
            scratch = await copy_rows(series, column)
            async for cure in _on_a_copy(series, scratch, column, k, asked, tenants, tell):
                yield cure
    except Failure as failure:
        yield Cure("an index of the tenant's own", "a copy", failure=failure.sentence)


async def _tenants(series: Series, column: VectorColumn) -> list[str]:
    """Whose rows the identity sees: a few more than would be of use, at most."""
    if column.tenant is None:
        return []
    found = await series.run(tenants_sql(column, MOST_TENANTS + 1))
    return [row[0] for row in found.rows if row[0] is not None]


def _of_tenants(column: VectorColumn, tenants: Sequence[str]) -> VectorColumn:
    """The column with the tenants named in the query, as constants that the planner can see."""
    named = f"{quote_identifier(column.tenant or '')} in ({', '.join(map(quote_literal, tenants))})"
    return replace(column, filter=f"({column.filter}) and {named}" if column.filter else named)


async def _on_the_table(
    series: Series,
    column: VectorColumn,
    k: int,
    asked: list[Sampled],
    tenants: list[str],
    tell: Callable[[str], None],
) -> AsyncIterator[Cure]:
    truth = await Lab(series, column, k, {}).truth(asked)
    where = "the table, under its policies"
    ways: list[tuple[str, VectorColumn, Settings, bool]] = [("as it is", column, (), False)]
    index = column.index
    if index is not None:
        scan = (f"{index.method}.iterative_scan", "relaxed_order")
        wider = _wider(index.method, int(index.options.get("lists", "100")))
        ways += [("iterative scan", column, (scan,), False),
                 (f"iterative scan, {settings_words((wider,))}", column, (scan, wider), False)]  # fmt: skip
    if column.tenant is not None and 1 <= len(tenants) <= MOST_TENANTS:
        ways.append(("the tenant named in the query", _of_tenants(column, tenants), (), False))
    ways.append(("exact, past the index", column, (), True))
    usual = await usual_settings(series, [settings for _, _, settings, _ in ways])
    for name, searched, settings, exact in ways:
        tell(name)
        try:
            point = await _point(series, searched, k, usual, settings, asked, truth, exact=exact)
        except Failure as failure:
            yield Cure(name, where, failure=failure.sentence)
            return
        yield Cure(name, where, point)


async def _point(
    series: Series,
    column: VectorColumn,
    k: int,
    usual: dict[str, str],
    settings: Settings,
    asked: list[Sampled],
    truth: list[list[Neighbour]],
    *,
    exact: bool = False,
) -> Point:
    lab = Lab(series, column, k, usual, exact=exact)
    return (await lab.point(Curve(k, len(asked)), settings, asked, truth)).points[0]


async def _on_a_copy(
    series: Series,
    scratch: Scratch,
    column: VectorColumn,
    k: int,
    asked: list[Sampled],
    tenants: list[str],
    tell: Callable[[str], None],
) -> AsyncIterator[Cure]:
    """The ways that change the table, with the tenant's filter in place of the policy."""
    where = "a copy" if scratch.whole else f"a copy of {scratch.rows:,} rows"
    mine = _of_tenants(scratch.column, tenants)
    truth = await Lab(series, mine, k, {}).truth(asked)
    tenant = quote_identifier(column.tenant or "")
    index = column.index
    assert index is not None
    rows = int((await series.run(count_sql(mine))).rows[0][0] or 0)
    lists = max(1, round(rows**0.5))
    graph = tuple((name, int(value)) for name, value in index.options.items() if value.isdigit())
    options = (("lists", lists),) if index.method == "ivfflat" else graph or (("m", 16), ("ef_construction", 64))
    candidate = Candidate(index.method, options, index.form or "plain")
    wider = (_wider(index.method, lists, least=1),)

    tell("an index on the tenant column")
    await series.run(f"create index chatly_scratch_tenant on {mine.relation} ({tenant})")
    yield Cure("index on the tenant column, exact", where, await _point(series, mine, k, {}, (), asked, truth))
    await series.run(f"drop index {quote_identifier(mine.schema)}.chatly_scratch_tenant")

    tell("a partial index")
    partial = as_index(mine, candidate, _INDEX)
    await series.run(create_sql(scratch.column, candidate, _INDEX, where=mine.filter))
    point = await _point(series, partial, k, {}, wider, asked, truth)
    note = "needs the tenant named in each query: no policy alone lets the planner use it"
    yield Cure("partial index of the tenant, named in the query", where, point, note=note)
    await series.run(f"drop index {quote_identifier(mine.schema)}.{_INDEX}")

    tell("a partition of its own")
    parted = replace(mine, table=f"{mine.table}_parts")
    for sql in _partition_sql(scratch.column, parted, tenants):
        await series.run(sql)
    await series.run(create_sql(parted, candidate, _INDEX))
    await series.run(f"analyze {parted.relation}")
    point = await _point(series, as_index(parted, candidate, _INDEX), k, {}, wider, asked, truth)
    yield Cure("a partition for each tenant, each with its index", where, point)


def _wider(method: str, lists: int, *, least: int = 10) -> tuple[str, str]:
    """The setting that looks at more of the index than the server's own does."""
    return ("ivfflat.probes", str(max(least, round(lists**0.5)))) if method == "ivfflat" else ("hnsw.ef_search", "200")


def _partition_sql(source: VectorColumn, parted: VectorColumn, tenants: Sequence[str]) -> list[str]:
    """The copy again in partitions: one for each tenant that is looked at, one for all others."""
    schema = quote_identifier(parted.schema)
    name, tenant = parted.relation, quote_identifier(parted.tenant or "")
    kind = "temporary " if parted.schema.startswith("pg_temp") else ""
    parts = [
        f"create {kind}table {schema}.{quote_identifier(f'{parted.table}_{number}')} partition of {name}"
        f" for values in ({quote_literal(value)})"
        for number, value in enumerate(tenants)
    ]
    return [
        f"create {kind}table {name} (like {source.relation}) partition by list ({tenant})",
        *parts,
        f"create {kind}table {schema}.{quote_identifier(f'{parted.table}_others')} partition of {name} default",
        f"insert into {name} select * from {source.relation}",
    ]
