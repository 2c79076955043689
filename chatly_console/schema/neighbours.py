"""The foreign-key graph around one table: who points at it, and what it points at, drawn with lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatly_console.core.catalogue import Catalogue, Key, Relation
from chatly_console.core.text import cell_text, cell_width, fit

_ACTIONS = {"c": "cascade", "n": "set null", "d": "set default", "r": "restrict"}
_JOINTS = " ╵╷│╴┘┐┤╶└┌├─┴┬┼"
"""Line characters by the directions that meet in them: up 1, down 2, left 4, right 8."""
_HIGHEST = 8
"""The line on which the table itself stands at most, so that it is in sight however many others there are."""
_GAP = 5


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A table at the other end of a foreign key: `columns` are those of the key, `on_delete` what it does, in words."""

    relation: Relation
    columns: str
    on_delete: str = ""
    may_be_null: bool = False


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A table with those that point at it, and those that it points at, each in the order of names."""

    centre: Relation
    pointing: tuple[Neighbour, ...] = ()
    pointed: tuple[Neighbour, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a drawn line: `node` tells which neighbour it is: (side, place), side -1 left, 0 centre, 1 right."""

    text: str
    tone: str
    node: tuple[int, int] | None = None


def neighbourhood(catalogue: Catalogue, relation: Relation) -> Neighbourhood:
    """The graph around a relation, one key away in both directions."""
    keys = [key for key in catalogue.keys if key.type == "f"]
    pointing = [
        _neighbour(catalogue, key, catalogue.relations[key.relation])
        for key in keys
        if key.target == relation.oid and key.relation in catalogue.relations
    ]
    pointed = [
        _neighbour(catalogue, key, catalogue.relations[key.target])
        for key in keys
        if key.relation == relation.oid and key.target in catalogue.relations
    ]
    return Neighbourhood(relation, _in_order(pointing), _in_order(pointed))


def draw(around: Neighbourhood, width: int) -> list[list[Piece]]:
    """The lines of the drawing: those that point at the table on the left, what it points at on the right."""
    centre = max(min((max(len(around.pointing), len(around.pointed)) - 1) // 2, _HIGHEST), 1)
    height = max(len(around.pointing), len(around.pointed), centre + 3)
    names = [around.centre.name, _about(around.centre)]
    middle = min(max(cell_width(cell_text(name, 60)) for name in names) + 4, max(16, width // 3))
    left, right = _side_widths(around, width - middle)
    first_left, first_right = (_first(len(side), centre) for side in (around.pointing, around.pointed))
    lines = []
    for row in range(height):
        at_left, at_right = row - first_left, row - first_right
        pieces = _left(around.pointing, at_left, left, row, centre, first_left)
        pieces += _centre(around.centre, row - centre, middle)
        pieces += _right(around.pointed, at_right, right, row, centre, first_right)
        lines.append(pieces)
    return lines


def _neighbour(catalogue: Catalogue, key: Key, other: Relation) -> Neighbour:
    columns = {column.number: column for column in catalogue.columns_of(key.relation)}
    names = ", ".join(columns[number].name for number in key.columns if number in columns)
    may_be_null = any(number in columns and not columns[number].not_null for number in key.columns)
    return Neighbour(other, names, _ACTIONS.get(key.on_delete, ""), may_be_null)


def _in_order(found: Sequence[Neighbour]) -> tuple[Neighbour, ...]:
    return tuple(sorted(found, key=lambda one: (one.relation.schema, one.relation.name, one.columns)))


def _first(count: int, centre: int) -> int:
    """The line of the first of so many neighbours: they stand around the centre, and never above the drawing."""
    return max(0, centre - (count - 1) // 2) if count else 0


def _side_widths(around: Neighbourhood, room: int) -> tuple[int, int]:
    """How wide each side is: as its words need, or a fair share where there is no room for all."""
    room -= 2 * _GAP
    wanted = [max((cell_width(_words(one)) for one in side), default=20) for side in (around.pointing, around.pointed)]
    if sum(wanted) <= room:
        return wanted[0], wanted[1]
    half = max(12, room // 2)
    left = min(wanted[0], max(half, room - wanted[1]))
    return left, max(12, room - left)


def _words(one: Neighbour) -> str:
    return f"{cell_text(one.relation.name, 80)} {cell_text(_of(one), 80)}"


def _of(one: Neighbour) -> str:
    action = f" · {one.on_delete}" if one.on_delete else ""
    return f"{one.columns}{'?' if one.may_be_null else ''}{action}"


def _label(one: Neighbour, width: int, node: tuple[int, int]) -> list[Piece]:
    name = cell_text(one.relation.name, max(6, width * 2 // 3))
    rest = width - cell_width(name) - 1
    about = fit(cell_text(_of(one), rest), rest) if rest > 0 else ""
    return [Piece(name, "name", node), Piece(fit(f" {about}", width - cell_width(name)), "quiet", node)]


def _left(side: Sequence[Neighbour], at: int, width: int, row: int, centre: int, first: int) -> list[Piece]:
    is_one = 0 <= at < len(side)
    label = _label(side[at], width, (-1, at)) if is_one else [Piece(" " * width, "line")]
    if not side:
        words = fit("nothing points here", width) if row == centre else " " * width
        return [Piece(words, "quiet"), Piece(" " * _GAP, "line")]
    joint = _joint(row, centre, first, len(side), outside=4, inside=8)
    head = "▶ " if row == centre else "  "
    return [*label, Piece(f" {'─' if is_one else ' '}{joint}{head}", "line")]


def _right(side: Sequence[Neighbour], at: int, width: int, row: int, centre: int, first: int) -> list[Piece]:
    if not side:
        return [
            Piece(" " * _GAP, "line"),
            Piece(fit("points at nothing", width) if row == centre else " " * width, "quiet"),
        ]
    is_one = 0 <= at < len(side)
    joint = _joint(row, centre, first, len(side), outside=8, inside=4)
    line = f"{' ─' if row == centre else '  '}{joint}{'▶ ' if is_one else '  '}"
    return [Piece(line, "line"), *(_label(side[at], width, (1, at)) if is_one else [Piece(" " * width, "line")])]


def _joint(row: int, centre: int, first: int, count: int, *, outside: int, inside: int) -> str:
    """Where the lines of the neighbours meet the one of the table."""
    top, bottom = min(first, centre), max(first + count - 1, centre)
    directions = (row > top and row <= bottom) * 1 + (top <= row < bottom) * 2
    directions += outside * (first <= row < first + count) + inside * (row == centre)
    return _JOINTS[directions]


def _centre(relation: Relation, row: int, width: int) -> list[Piece]:
    """The box of the table: a frame of four lines with its name and what it is."""
    inner = width - 2
    if row == -1:
        return [Piece(f"╭{'─' * inner}╮", "frame", (0, 0))]
    if row in (0, 1):
        words, tone = (relation.name, "centre") if row == 0 else (_about(relation), "quiet")
        text = fit(cell_text(f" {words}", inner), inner)
        return [Piece("│", "frame", (0, 0)), Piece(text, tone, (0, 0)), Piece("│", "frame", (0, 0))]
    if row == 2:
        return [Piece(f"╰{'─' * inner}╯", "frame", (0, 0))]
    return [Piece(" " * width, "line")]


def _about(relation: Relation) -> str:
    return relation.kind if relation.schema == "public" else f"{relation.kind} in {cell_text(relation.schema, 30)}"
