"""Recall on real vectors is what numpy's brute force says, for every type, metric and index that pgvector has.

The vectors are scikit-learn's handwritten digits: 1,797 x 64 whole numbers from 0 to 16, so halves hold them exactly
and many distances are equal.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import asyncpg
import numpy as np
import pytest
from numpy.typing import NDArray

from chatly_console.core.identity import LOGIN
from chatly_console.server.database import Database
from chatly_console.server.embedded import EmbeddedServer
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.measuring import measure
from chatly_console.vectors.recall import recall
from chatly_console.vectors.service import find_columns, search, vector_of_row
from tests.conftest import run_apart
from tests.server.conftest import opening_of

datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn has the digits")

Matrix = NDArray[np.float64]
Distances = Callable[[Matrix, Matrix], Matrix]
NAME = "digits_of_vectors"
K = 10

_INDEXES = {
    "ivfflat": {"v": ("vector", ("l2", "ip", "cosine")), "h": ("halfvec", ("l2", "ip", "cosine")),
                "b": ("bit", ("hamming",))},
    "hnsw": {"v": ("vector", ("l2", "ip", "cosine", "l1")), "h": ("halfvec", ("l2", "ip", "cosine", "l1")),
             "s": ("sparsevec", ("l2", "ip", "cosine", "l1")), "b": ("bit", ("hamming", "jaccard"))},
}  # fmt: skip
METRICS = {
    "l2": "L2",
    "ip": "inner product",
    "cosine": "cosine",
    "l1": "L1",
    "hamming": "hamming",
    "jaccard": "jaccard",
}
CASES = [
    (method, column, METRICS[short])
    for method, columns in _INDEXES.items()
    for column, (_, shorts) in columns.items()
    for short in shorts
]
BRUTE: dict[str, Distances] = {
    "L2": lambda data, one: np.linalg.norm(data - one, axis=1),
    "inner product": lambda data, one: -(data @ one),
    "cosine": lambda data, one: 1 - data @ one / np.linalg.norm(data, axis=1) / np.linalg.norm(one),
    "L1": lambda data, one: np.abs(data - one).sum(axis=1),
    "hamming": lambda data, one: ((data > 0) != (one > 0)).sum(axis=1).astype(np.float64),
    "jaccard": lambda data, one: 1 - ((data > 0) & (one > 0)).sum(axis=1) / ((data > 0) | (one > 0)).sum(axis=1),
}
WEAK = {"ivfflat": (("ivfflat.probes", "1"),), "hnsw": (("hnsw.ef_search", "11"),)}


@pytest.fixture(scope="module")
def data() -> Matrix:
    found: Matrix = np.asarray(datasets.load_digits().data, dtype=np.float64)
    return found


@pytest.fixture(scope="module")
def digits_dsn(server: EmbeddedServer, data: Matrix) -> Iterator[str]:
    run_apart(_on(server, f"create database {NAME}"))
    run_apart(_fill(server.dsn(NAME), data))
    yield server.dsn(NAME)
    run_apart(_on(server, f"drop database {NAME} with (force)"))


async def _on(server: EmbeddedServer, sql: str) -> None:
    connection = await asyncpg.connect(server.dsn("postgres"))
    await connection.execute(sql)
    await connection.close()


async def _fill(dsn: str, data: Matrix) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("create extension vector; set maintenance_work_mem to '128MB'; select '[1]'::vector")
    texts = ["[" + ",".join(map(repr, row)) + "]" for row in data.tolist()]
    for method, columns in _INDEXES.items():
        await connection.execute(
            f"create table {method} as select n - 1 as id, x::vector(64) as v, x::vector(64)::halfvec(64) as h,"
            " x::vector(64)::sparsevec(64) as s, binary_quantize(x::vector(64))::bit(64) as b"
            f" from unnest($1::text[]) with ordinality as t(x, n)".replace("$1", _array(texts))
        )
        await connection.execute(f"alter table {method} add primary key (id)")
        for column, (kind, shorts) in columns.items():
            for short in shorts:
                with_ = "with (lists = 39)" if method == "ivfflat" else "with (m = 4, ef_construction = 10)"
                await connection.execute(
                    f"create index on {method} using {method} ({column} {kind}_{short}_ops) {with_}"
                )
        await connection.execute(f"analyze {method}")
    await connection.close()


def _array(texts: list[str]) -> str:
    return "array['" + "','".join(texts) + "']"


@pytest.fixture
async def digits(digits_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(digits_dsn))
    yield database
    await database.close()


async def column_of(database: Database, table: str, name: str, metric: str) -> VectorColumn:
    columns = (await find_columns(database)).columns
    return next(c for c in columns if (c.table, c.name, c.metric.name) == (table, name, metric))


def by_numpy(data: Matrix, number: int, metric: str) -> Matrix:
    return BRUTE[metric](data, data[number])


def recall_by_numpy(distances: Matrix, number: int, found: list[int]) -> float:
    """The share of the k nearest that were found, the question's own row left out, equal distances equally right."""
    others = np.delete(distances, number)
    farthest = np.sort(others)[K - 1]
    return min(K, int((distances[found] <= farthest + 1e-6 * max(1.0, abs(farthest))).sum())) / K


@pytest.mark.parametrize(("method", "name", "metric"), CASES)
async def test_distances_and_recall_are_those_of_brute_force(
    digits: Database, data: Matrix, method: str, name: str, metric: str
) -> None:
    column = await column_of(digits, method, name, metric)
    assert column.index is not None and column.index.method == method
    for number in (3, 700, 1500):
        distances = by_numpy(data, number, metric)
        vector = await vector_of_row(digits, column, str(number), LOGIN)
        exact = await search(digits, column, vector, K, LOGIN, without=str(number), exact=True)
        assert not exact.node.approximate
        best = np.sort(np.delete(distances, number))[:K]
        assert [hit.distance for hit in exact.hits] == pytest.approx(best.tolist(), abs=2e-3, rel=1e-3)
        found = await search(digits, column, vector, K, LOGIN, without=str(number), settings=WEAK[method])
        assert found.node.approximate, found.node.words
        measured = recall([hit.neighbour for hit in exact.hits], [hit.neighbour for hit in found.hits])
        assert measured == pytest.approx(recall_by_numpy(distances, number, [int(hit.key) for hit in found.hits]))


@pytest.mark.parametrize(("method", "name", "metric"), [CASES[0], CASES[9], CASES[16]])
async def test_the_labs_mean_is_the_mean_of_brute_force(
    digits: Database, data: Matrix, method: str, name: str, metric: str
) -> None:
    column = await column_of(digits, method, name, metric)
    curves = [c async for c in measure(digits, column, [WEAK[method]], k=K, questions=25, identity=LOGIN)]
    point = curves[-1].points[0]
    shares = []
    for outcome in point.worst:
        number = int(outcome.question)
        vector = await vector_of_row(digits, column, outcome.question, LOGIN)
        found = await search(digits, column, vector, K, LOGIN, without=outcome.question, settings=WEAK[method])
        shares.append(recall_by_numpy(by_numpy(data, number, metric), number, [int(hit.key) for hit in found.hits]))
        assert outcome.recall == pytest.approx(shares[-1])
    assert len(shares) == 25 and point.figures.recall == pytest.approx(float(np.mean(shares)))
    assert point.figures.recall_min == pytest.approx(min(shares))


async def test_measurements_at_the_same_time_do_not_disturb_each_other(digits: Database) -> None:
    column = await column_of(digits, "ivfflat", "v", "L2")

    async def at(probes: int) -> float:
        sweep = [(("ivfflat.probes", str(probes)),)]
        curves = [c async for c in measure(digits, column, sweep, k=K, questions=30, identity=LOGIN)]
        return curves[-1].points[0].figures.recall or 0.0

    few, all_lists = await asyncio.gather(at(1), at(39))
    assert all_lists == 1.0 and few < 1.0
