"""The drawing of the foreign-key graph: who is where, how the lines meet, and that nothing is too wide."""

import pytest

from chatly_console.core.catalogue import Catalogue, ColumnInfo, Key, Relation
from chatly_console.core.text import cell_width
from chatly_console.schema.neighbours import Neighbourhood, draw, neighbourhood
from tests.schema.hostile import NAMES


def graph(pointing: int, pointed: int, names: tuple[str, ...] = ()) -> Neighbourhood:
    """A table with so many tables that point at it and that it points at."""
    count = pointing + pointed + 1
    titles = {n: names[n % len(names)] if names else f"table_{n}" for n in range(count)}
    relations = {n: Relation(n, "public", titles[n], "table") for n in range(count)}
    columns = {n: (ColumnInfo(n, 1, f"{titles[n]}_id", "int", bool(n % 2), False),) for n in range(count)}
    keys = [Key(100 + n, f"k{n}", "f", n, (1,), 0, (1,), "c", "a") for n in range(1, pointing + 1)]
    keys += [Key(200 + n, f"k{n}", "f", 0, (1,), n, (1,), "a", "a") for n in range(pointing + 1, count)]
    return neighbourhood(Catalogue((), relations, columns=columns, keys=tuple(keys)), relations[0])


def lines(around: Neighbourhood, width: int = 100) -> list[str]:
    return ["".join(piece.text for piece in line).rstrip() for line in draw(around, width)]


def test_it_is_drawn_with_lines_that_meet() -> None:
    drawn = lines(graph(2, 3))
    assert "table_1 table_1_id · cascade ─┬▶ │ table_0 │ ─┼▶ table_4 table_0_id?" in " ".join(drawn[1].split())
    assert drawn[0].count("┌▶ table_3") == 1 and drawn[2].count("└▶ table_5") == 1
    assert "table_2 table_2_id? · cascade ─┘" in drawn[2]


def test_a_table_without_keys_says_so() -> None:
    drawn = "\n".join(lines(graph(0, 0)))
    assert "nothing points here" in drawn and "points at nothing" in drawn


@pytest.mark.parametrize("width", [40, 60, 100, 150])
@pytest.mark.parametrize(("pointing", "pointed"), [(0, 3), (3, 0), (1, 1), (30, 2), (2, 40), (200, 200)])
def test_every_line_is_as_wide_as_the_room_and_every_neighbour_is_there(
    pointing: int, pointed: int, width: int
) -> None:
    around = graph(pointing, pointed, NAMES)
    drawn = draw(around, width)
    nodes = {piece.node for line in drawn for piece in line if piece.node is not None}
    assert nodes >= {(-1, n) for n in range(pointing)} | {(1, n) for n in range(pointed)} | {(0, 0)}
    for line in drawn:
        text = "".join(piece.text for piece in line)
        assert cell_width(text) <= max(width, 56), text
        assert "\x1b" not in text and "\u202e" not in text and "\n" not in text
    assert len({cell_width("".join(piece.text for piece in line)) for line in drawn}) == 1, "the box stands straight"
