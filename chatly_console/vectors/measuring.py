"""Measures recall against time on real rows, as somebody: truth and every setting in one read-only transaction."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan

from chatly_console.core.identity import Identity
from chatly_console.server.database import Database
from chatly_console.server.series import Series, Timed
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.lab import POINT_BUDGET, Curve, Point, Settings, rounds
from chatly_console.vectors.plan import ServedBy
from chatly_console.vectors.recall import Distribution, Neighbour, Tally, nearest, worst_first
from chatly_console.vectors.service import CUSTOM_PLAN, node_of, prepare, series_as
from chatly_console.vectors.statements import sample_sql, search_sql

# What is measured is the index, not how many workers happen to be free nor what is compiled on the way.
MEASURING: Settings = (*CUSTOM_PLAN, ("jit", "off"), ("max_parallel_workers_per_gather", "0"))


@dataclass(frozen=True, slots=True)
class Sampled:
    """A vector that serves as a question, and its name; a row (`without`) is left out of its own answers."""

    name: str
    vector: str
    without: str | None


async def measure(
    database: Database,
    column: VectorColumn,
    sweep: Sequence[Settings],
    *,
    k: int,
    questions: int,
    identity: Identity,
    own: Sequence[Sampled] = (),
    limit: float = 60.0,
) -> AsyncIterator[Curve]:
    """The curve as it grows: after each setting of each round. Whoever stops listening keeps what has come.

    The questions are rows by chance, or (`own`) those of the user. `limit` bounds each statement, in seconds.
    """
    async with series_as(database, identity, MEASURING, limit=limit) as series:
        await prepare(series, column, ())
        lab = Lab(series, column, k, await usual_settings(series, sweep))
        asked = list(own)[:questions] or await sample(series, column, questions)
        curve = Curve(k, len(asked))
        for size in rounds(len(asked)):
            chunk, asked = asked[:size], asked[size:]
            truth = await lab.truth(chunk)
            for settings in sweep:
                curve = await lab.point(curve, settings, chunk, truth)
                yield curve
        yield Curve(k, curve.wanted, curve.points, done=True, exact_ms=lab.exact_ms)


async def sample(series: Series, column: VectorColumn, questions: int) -> list[Sampled]:
    """Rows by chance that serve as questions."""
    found = await series.run(sample_sql(column), str(questions))
    return [Sampled(row[0] or "", row[1] or "", row[0]) for row in found.rows]


async def usual_settings(series: Series, sweep: Sequence[Settings]) -> dict[str, str]:
    """What the settings of the sweep are without us: each point starts from there."""
    names = sorted({name for settings in sweep for name, _ in settings})
    found = {name: await series.run("select pg_catalog.current_setting($1, true)", name) for name in names}
    return {name: timed.rows[0][0] or "" for name, timed in found.items()}


class Lab:
    """The running measurement: one tally for each setting.

    `usual` is what the settings are without us; `exact` measures the exact search itself.
    """

    def __init__(
        self, series: Series, column: VectorColumn, k: int, usual: Mapping[str, str], *, exact: bool = False
    ) -> None:
        self._series, self._column, self._k, self._usual = series, column, k, dict(usual)
        self._tallies: dict[Settings, Tally] = {}
        self._nodes: dict[Settings, ServedBy] = {}
        self._exact = Tally()
        self._sql = search_sql(column, k + 1, exact=exact, labels=False)

    @property
    def exact_ms(self) -> float | None:
        """How long an exact search takes, in the middle."""
        return Distribution.of(self._exact).p50_ms if self._exact.rows else None

    async def truth(self, chunk: Sequence[Sampled]) -> list[list[Neighbour]]:
        """The true neighbours of each question, by a form of the search that no index and no cached plan can serve."""
        sql = search_sql(self._column, self._k + 1, exact=True, labels=False)
        timed = await self._series.repeat(sql, [(question.vector,) for question in chunk])
        found = [self._neighbours(t, q) for t, q in zip(timed, chunk, strict=True)]
        for neighbours, t in zip(found, timed, strict=True):
            self._exact.add(neighbours, neighbours, t.seconds)
        return found

    async def point(
        self, curve: Curve, settings: Settings, chunk: Sequence[Sampled], truth: Sequence[Sequence[Neighbour]]
    ) -> Curve:
        """The curve with one setting measured on these questions too."""
        tally = self._tallies.setdefault(settings, Tally())
        if sum(tally.milliseconds) > POINT_BUDGET * 1000:
            return curve
        await self._series.set(*(self._usual | dict(settings)).items())
        arguments: list[tuple[str | None, ...]] = [(question.vector,) for question in chunk]
        if settings not in self._nodes:
            self._nodes[settings] = await node_of(self._series, self._column, self._sql, chunk[0].vector)
            await self._series.repeat(self._sql, arguments[:1])  # the first one would pay for a cold cache
        timed = await self._series.repeat(self._sql, arguments)
        for t, question, true in zip(timed, chunk, truth, strict=True):
            tally.add(true, self._neighbours(t, question), t.seconds, question.name)
        point = Point(settings, Distribution.of(tally), self._nodes[settings], worst_first(tally.outcomes))
        points = {p.settings: p for p in curve.points} | {settings: point}
        return Curve(curve.k, curve.wanted, tuple(points.values()), exact_ms=self.exact_ms)

    def _neighbours(self, timed: Timed, question: Sampled) -> list[Neighbour]:
        found = [Neighbour(row[0] or "", float(row[1])) for row in timed.rows if row[1] is not None]
        found.sort(key=lambda neighbour: (isnan(neighbour.distance), neighbour.distance))
        return nearest(found, self._k, without=question.without)
