"""The map: the plane is the right one, the drawing shows all points, and nobody sees another's rows."""

import numpy as np
import pytest

from chatly_console.connections.identity_option import resolve
from chatly_console.core.failure import Failure
from chatly_console.core.identity import LOGIN
from chatly_console.server.database import Database
from chatly_console.vectors.mapping import map_of, place_vector
from chatly_console.vectors.projection import principal_plane
from chatly_console.vectors.scatter import Window, draw, grouped
from chatly_console.vectors.service import find_columns, rows_of_keys, vector_of_row


@pytest.mark.parametrize("rows", [500, 20, 2, 1])
def test_the_plane_shows_as_much_variance_as_any(rows: int) -> None:
    random = np.random.default_rng(3)
    vectors = (random.normal(size=(rows, 40)) * np.linspace(5, 0.1, 40)).astype(np.float32)
    plane = principal_plane(vectors)
    placed = plane.project(vectors)
    assert placed.shape == (rows, 2) and np.all(np.isfinite(placed))
    centred = vectors - vectors.mean(axis=0)
    values = np.linalg.svd(centred, compute_uv=False) ** 2
    expected = values[:2] / values.sum() if values.sum() > 0 else np.zeros(2)
    assert plane.shares == pytest.approx(list(expected) + [0.0] * (2 - len(expected)), abs=1e-4)
    again = principal_plane(vectors[::-1].copy()).project(vectors)
    assert np.allclose(np.abs(again), np.abs(placed), atol=1e-2 * max(1.0, float(np.abs(placed).max())))


def test_equal_vectors_are_one_point() -> None:
    plane = principal_plane(np.ones((50, 8), dtype=np.float32))
    assert plane.shares == (0.0, 0.0)
    assert np.allclose(plane.project(np.ones((1, 8), dtype=np.float32)), 0)


def test_every_point_is_drawn_where_it_lies() -> None:
    points = np.array([[0, 0], [1, 1], [1, 0], [0.5, 0.5]], dtype=np.float32)
    window = Window.around(points, 20, 10)
    drawing = draw(points, np.array([0, 1, 2, 0]), window)
    assert len(drawing.lines) == 10 and all(len(line) == 20 for line in drawing.lines)
    cells = window.cells(points)
    assert (cells[0][0] < cells[1][0]) and (cells[0][1] > cells[1][1]), "larger is right, and up"
    for cell, group in zip(cells, [0, 1, 2, 0], strict=True):
        assert drawing.lines[cell[1]][cell[0]] > "\u2800" and drawing.groups[cell[1], cell[0]] == group
    for column, row in cells.tolist():
        assert window.cells(window.middle_of(column, row)[np.newaxis, :])[0].tolist() == [column, row]
    assert sum(character != " " for line in drawing.lines for character in line) == 4
    far = np.vstack([np.random.default_rng(1).normal(size=(1000, 2)), [[1e6, 1e6]]]).astype(np.float32)
    assert Window.around(far, 20, 10).right < 100, "one far point does not squeeze the rest"


def test_frequent_groups_have_a_number_of_their_own() -> None:
    names, numbers = grouped(["a", "b", "b", None, "c", "b", "a"], 2)
    assert names == ["b", "a"] and numbers.tolist() == [1, 0, 0, 2, 2, 0, 1]


async def test_a_map_has_the_rows_of_who_looks(chatly: Database) -> None:
    ada = await resolve("ada@nordlicht.example", chatly)
    column = (await find_columns(chatly)).columns[0]
    hers = await map_of(chatly, column, ada)
    everybody = await map_of(chatly, column, LOGIN)
    assert hers is not None and everybody is not None and everybody.whole
    assert len(set(hers.tenants)) == 1 and len(everybody.keys) > len(hers.keys) > 0
    assert 0 < sum(everybody.plane.shares) < 1
    vector = await vector_of_row(chatly, column, everybody.keys[5], LOGIN)
    assert np.allclose(place_vector(everybody.plane, vector), everybody.points[5], atol=1e-4)
    shown = await rows_of_keys(chatly, column, everybody.keys[:3], ada)
    assert len(shown) <= 3 and {row[-1] for row in shown} <= set(hers.keys)
    assert await map_of(chatly, column.filtered("false"), LOGIN) is None


async def test_every_dense_type_has_a_map_and_the_others_say_why_not(every_type: Database) -> None:
    for column in (await find_columns(every_type)).columns:
        if column.type in ("vector", "halfvec"):
            found = await map_of(every_type, column, LOGIN)
            assert found is not None and found.points.shape == (600, 2)
            vector = await vector_of_row(every_type, column, found.keys[0], LOGIN)
            assert np.allclose(place_vector(found.plane, vector), found.points[0], atol=1e-2)
        else:
            with pytest.raises(Failure, match="dense"):
                await map_of(every_type, column, LOGIN)
