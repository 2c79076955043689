"""What a tick draws anew: the lines that say something else, in the colours of the theme, and nothing besides."""

from collections.abc import Sequence

from textual.app import App, ComposeResult
from textual.strip import Strip

from chatly_console.triage.ui.evidence_table import EvidenceTable
from chatly_console.triage.ui.glance_view import GlanceView
from chatly_console.triage.ui.layout import Cell, Heading, TableRow
from chatly_console.triage.ui.pane import TriagePane
from chatly_console.triage.ui.tone_lines import Pieces, ToneLines
from chatly_console.triage.verdicts import Verdict

HEADINGS = (Heading("for", 12), Heading("statement"))


class WatchedTable(EvidenceTable):
    """Notes down which lines are drawn."""

    drawn: list[int]

    def draw(self, at: int, here: bool) -> Strip:
        self.drawn.append(at)
        return super().draw(at, here)


class WatchedGlance(GlanceView):
    """Notes down which lines are drawn."""

    drawn: list[int]

    def render_line(self, y: int) -> Strip:
        self.drawn.append(y)
        return super().render_line(y)


class Stage(App[None]):
    """A table and a glance, in the pane's colours."""

    CSS = TriagePane.DEFAULT_CSS.replace("TriagePane", "Screen")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        names = ("good", "warn", "bad", "muted", "stale", "selection", "impersonate", "prod")
        return dict.fromkeys(names, "#7fbf7f")

    def compose(self) -> ComposeResult:
        self.table, self.glance = WatchedTable(), WatchedGlance()
        self.forget()
        yield self.glance
        yield self.table

    def forget(self) -> None:
        self.table.drawn, self.glance.drawn = [], []


def rows(*ages: str) -> list[TableRow]:
    return [TableRow(place, (Cell(age), Cell("select 1", "bad"))) for place, age in enumerate(ages)]


def verdicts(*ages: str) -> list[Verdict]:
    return [Verdict(age, "bad", age, f"pid {place} waits {age}") for place, age in enumerate(ages)]


async def test_only_lines_that_say_something_else_are_drawn_anew() -> None:
    async with Stage().run_test(size=(60, 14)) as pilot:
        stage = pilot.app
        assert isinstance(stage, Stage)
        stage.table.set_rows(HEADINGS, rows("10 s", "20 s", "30 s"), "")
        stage.glance.show(verdicts("10 s", "20 s"))
        await pilot.pause()
        stage.forget()
        stage.table.set_rows(HEADINGS, rows("10 s", "21 s", "30 s"), "")
        stage.glance.show(verdicts("10 s", "21 s"))
        await pilot.pause()
        assert stage.table.drawn == [1]
        assert stage.glance.drawn == [1, 2], "the second sentence, and the line of both in short"
        stage.forget()
        stage.table.set_rows(HEADINGS, rows("10 s", "21 s", "30 s"), "")
        stage.glance.show(verdicts("10 s", "21 s"))
        await pilot.pause()
        assert (stage.table.drawn, stage.glance.drawn) == ([], [])


async def test_another_theme_the_focus_and_stale_data_change_what_is_drawn() -> None:
    async with Stage().run_test(size=(60, 14)) as pilot:
        stage = pilot.app
        assert isinstance(stage, Stage)

        async def looks() -> tuple[object, object]:
            await pilot.pause()
            line, sentence = stage.table.render_line(1), stage.glance.render_line(0)
            return [(one.text, str(one.style)) for one in line], [(one.text, str(one.style)) for one in sentence]

        stage.table.set_rows(HEADINGS, rows("10 s"), "")
        stage.glance.show(verdicts("10 s"))
        seen = [await looks()]
        stage.theme = "textual-light"
        seen.append(await looks())
        assert seen[0][0] != seen[1][0] and seen[0][1] != seen[1][1]
        stage.set_focus(None)
        seen.append(await looks())
        assert seen[1][0] != seen[2][0], "the cursor of what hears the keys"
        for widget in (stage.table, stage.glance):
            widget.add_class("-stale")
        await pilot.pause()
        seen.append(await looks())
        assert seen[2][0] != seen[3][0]


async def test_lines_are_worded_for_the_width_that_there_is() -> None:
    def words(width: int) -> Sequence[Pieces]:
        return [((f"{width} cells", "loud"),)] * (1 if width > 50 else 2)

    class Alone(App[None]):
        CSS = "ToneLines { height: auto; }"

        def compose(self) -> ComposeResult:
            yield ToneLines(words)

    async with Alone().run_test(size=(60, 6)) as pilot:
        lines = pilot.app.query_one(ToneLines)
        assert (lines.text, lines.size.height) == ("60 cells", 1)
        await pilot.resize_terminal(40, 6)
        await pilot.pause()
        assert (lines.text, lines.size.height) == ("40 cells\n40 cells", 2)
        assert {one.cell_length for one in (lines.render_line(0), lines.render_line(5))} == {40}
