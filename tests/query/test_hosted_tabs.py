"""Result tabs of other rooms below the editor, by the keys that a person presses."""

from pathlib import Path

from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static

from chatly_console.query.run import Phase
from chatly_console.query.ui.results import ResultView
from chatly_console.shell.messages import ExplainStatement
from chatly_console.shell.pane import Pane, PaneSpec
from chatly_console.shell.session import Session
from chatly_console.shell.states import Empty
from tests.query.stage import Stage, session_without_server, until


class Listening(Pane, can_focus=True):
    """Keeps what it is asked."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.asked: list[Message] = []
        self.hidden = 0
        self.connections = 0

    def compose(self) -> ComposeResult:
        yield Static("a plan")

    def receive(self, request: Message) -> None:
        self.asked.append(request)

    def on_hidden(self) -> None:
        self.hidden += 1

    def on_connected(self) -> None:
        self.connections += 1

    @property
    def busy(self) -> str:
        return "a plan" if self.asked else ""

    def cancel_work(self) -> bool:
        was = bool(self.asked)
        self.asked.clear()
        return was


class HostingStage(Stage):
    result_tabs = (PaneSpec("explain", "plan", f"{__name__}:Listening"),)


class BrokenStage(Stage):
    result_tabs = (PaneSpec("explain", "plan", "tests.query.no_such_room:Nothing"),)


def asked(stage: Stage) -> list[tuple[str, bool]]:
    found = stage.query(Listening)
    requests = found.first().asked if found else []
    return [(request.sql, request.analyze) for request in requests if isinstance(request, ExplainStatement)]


async def test_f8_and_f9_hand_the_statement_at_the_cursor_to_the_plan(tmp_path: Path) -> None:
    stage = HostingStage(session_without_server(), tmp_path)
    async with stage.run_test(size=(120, 40)) as pilot:
        assert not stage.query(Listening)
        editor = stage.pane.editing.editor
        editor.load_text("select 1;\nselect 2;\n")
        editor.show_offset(12)
        await pilot.press("f8")
        await until(lambda: asked(stage) == [("select 2", False)])
        assert stage.query_one(Listening).region.height > 5
        assert not stage.query_one(ResultView).region
        await pilot.press("f9")
        await until(lambda: asked(stage)[1:] == [("select 2", True)])
        assert editor.has_focus
        await pilot.press("escape")
        assert stage.query_one(Listening).has_focus


async def test_rows_and_plan_take_turns(stage: Stage) -> None:
    stage.result_tabs = HostingStage.result_tabs  # type: ignore[attr-defined]
    async with stage.run_test(size=(120, 40)) as pilot:
        await pilot.press("alt+p")
        await until(lambda: bool(stage.query(Listening)))
        await pilot.press("alt+p")
        await until(lambda: bool(stage.query_one(ResultView).region))
        plan = stage.query_one(Listening)
        assert (plan.hidden, plan.asked) == (1, [])
        await pilot.press("alt+p")
        await until(lambda: bool(plan.region))
        stage.pane.editing.editor.load_text("select 1")
        await pilot.press("f5")
        await until(lambda: stage.pane.run is not None and stage.pane.run.state.phase is Phase.DONE)
        assert stage.query_one(ResultView).region


async def test_another_room_asks_and_the_plan_gets_the_focus(tmp_path: Path) -> None:
    stage = HostingStage(session_without_server(), tmp_path)
    async with stage.run_test(size=(120, 40)):
        stage.pane.receive(ExplainStatement("select 3"))
        await until(lambda: asked(stage) == [("select 3", False)])
        await until(lambda: stage.query_one(Listening).has_focus)
        assert stage.pane.busy == "a plan"
        assert stage.pane.cancel_work()
        stage.pane.on_connected()
        assert stage.query_one(Listening).connections == 1


async def test_a_tab_that_cannot_be_built_says_so(tmp_path: Path) -> None:
    stage = BrokenStage(session_without_server(), tmp_path)
    async with stage.run_test(size=(120, 40)) as pilot:
        await pilot.press("alt+p")
        await until(lambda: bool(stage.query(Empty)))
        assert "not built yet" in stage.query_one(Empty).meaning
