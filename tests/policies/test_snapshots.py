"""Pictures of the demo screen: two and three identities side by side, at the sizes that it is made for."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity, Strength
from chatly_console.core.values import Column, Row
from chatly_console.policies.compare import Comparison, Side, align
from chatly_console.policies.ui import pane
from chatly_console.policies.ui.aligned_rows import AlignedRows
from chatly_console.policies.ui.side_view import SideView
from tests.policies.stage import Stage

ADA = Identity.authenticated("02ab7c1e-5a57-4a8f-9f0e-3f6b2f1e77aa", "ada@nordlicht.example")
BEN = Identity.authenticated("7c1e02ab-5a57-4a8f-9f0e-3f6b2f1e77aa", "ben@miro.example")
EVE = Identity.authenticated("eve", "[/]eve\x1b]0;x\x07@x.example")
ASIDES = {ADA: "owner of Nordlicht Optik", BEN: "agent of Café Miró", EVE: "agent of [/]متجر النور"}
COLUMNS = (Column("id"), Column("subject"), Column("status"), Column("note"))


def row(number: int, status: str = "open", note: str | None = None) -> Row:
    subject = ("Gleitsichtbrille, zweite Anfrage", "Reservation for six", "احجز موعد", "[/] \x1b[31mred")[number % 4]
    return (f"{number:08x}-5a57-4a8f-9f0e-3f6b2f1e77aa", subject, status, note)


def compared(*sides: tuple[Identity, list[Row]]) -> Comparison:
    made = [Side(who, COLUMNS, tuple(rows), strength=Strength.BOUNDARY) for who, rows in sides]
    return align(made, ("id",))


def apart() -> Comparison:
    return compared((ADA, [row(n) for n in range(0, 60, 3)]), (BEN, [row(n) for n in range(1, 30, 3)]))


def shared() -> Comparison:
    return compared((ADA, [row(n, note="seen") for n in range(8)]), (BEN, [row(n, "closed" if n == 2 else "open", None)
                    for n in range(4, 12)]), (EVE, [row(n, note="seen") for n in range(6)]))  # fmt: skip


def failed() -> Comparison:
    made = (Side(ADA, COLUMNS, (row(1),)), Side(BEN, failure=Failure("Permission denied for [/]", FailureKind.SQL)))
    return align(made, ("id",))


STATES: dict[str, Callable[[], Comparison]] = {
    "apart": apart,
    "shared": shared,
    "failed": failed,
    "empty": lambda: compared((ADA, []), (BEN, [])),
}


class SideStage(App[None]):
    """The view alone, with one comparison."""

    CSS = Path(pane.__file__).with_suffix(".tcss").read_text("utf-8").replace("PoliciesPane {", "Screen {")
    HORIZONTAL_BREAKPOINTS = Stage.HORIZONTAL_BREAKPOINTS
    get_theme_variable_defaults = Stage.get_theme_variable_defaults

    def __init__(self, comparison: Comparison) -> None:
        super().__init__()
        self.animation_level = "none"
        self._comparison = comparison

    def compose(self) -> ComposeResult:
        yield SideView(id="view-side")

    def on_mount(self) -> None:
        view = self.query_one(SideView)
        view.display = True
        view.show(self._comparison, "select * from conversations", ASIDES, only_differences=False)
        view.query_one("#side-rows").focus()


@pytest.mark.parametrize("size", [(80, 24), (160, 50)], ids=str)
@pytest.mark.parametrize("state", STATES)
def test_side_by_side(snap_compare: Callable[..., bool], state: str, size: tuple[int, int]) -> None:
    assert snap_compare(SideStage(STATES[state]()), terminal_size=size, press=["down", "n"])


@pytest.mark.parametrize("state", ["apart", "shared"])
@pytest.mark.parametrize("width", [80, 160, 240])
async def test_the_sides_stand_under_one_another(state: str, width: int) -> None:
    stage = SideStage(STATES[state]())
    async with stage.run_test(size=(width, 40)):
        rows = stage.query_one(AlignedRows)
        heads = str(stage.query_one("#side-head", Static).render()).splitlines()
        places = {borders(line) for line in heads if "│" in line}
        assert len(places) == 1
        assert {borders(rows.draw(at, False).text) for at in range(len(rows.rows))} == places


def borders(line: str) -> tuple[int, ...]:
    return tuple(at for at, sign in enumerate(line) if sign == "│")


def test_rows_are_counted_where_they_are_alone_shared_or_different() -> None:
    three = shared()
    assert [len(three.only(at)) for at in range(3)] == [0, 4, 0]
    assert len(three.shared) == 2
    assert {r.differing for r in three.rows if r.differing} >= {("note",)}
