"""Saved queries: read from two folders, opened with their parameters, and made of statements."""

from pathlib import Path

from chatly_console.query.snippets import as_snippet, folders, read_folders, read_snippet
from chatly_console.query.ui.parameter_form import ParameterForm
from chatly_console.shell.choose import Choose
from chatly_console.shell.dialogs import AskText
from tests.query.stage import Stage, until
from tests.query.test_pane import write


def test_the_users_file_wins_and_a_bad_one_is_told_of(tmp_path: Path) -> None:
    ours, mine = tmp_path / "ours", tmp_path / "mine"
    ours.mkdir()
    mine.mkdir()
    (ours / "a.sql").write_text("-- title: Theirs\nselect 1")
    (ours / "b_c.sql").write_text("select 2")
    (mine / "a.sql").write_text("-- title: [/] Mine\n-- purpose: why\nselect 3")
    (mine / "bad.sql").write_bytes(b"\xff\xfe")
    found, problems = read_folders([("chatly", ours), ("mine", mine)])
    assert [(s.title, s.purpose, s.source) for s in found] == [("[/] Mine", "why", "mine"), ("b c", "", "chatly")]
    assert len(problems) == 1 and problems[0].startswith("bad.sql cannot be read")
    assert read_folders([("none", tmp_path / "nowhere")]) == ([], [])


def test_a_statement_becomes_a_file_and_a_header_stays() -> None:
    assert as_snippet("Wer wartet?", " select 1;") == ("wer_wartet.sql", "-- title: Wer wartet?\nselect 1;\n")
    name, text = as_snippet("../../etc/x", "-- title: Kept\nselect 1;")
    assert name == "etc_x.sql" and text == "-- title: Kept\nselect 1;\n"


def test_the_programs_own_queries_can_all_be_read() -> None:
    found, problems = read_folders(folders()[:1])
    assert not problems
    assert all(read_snippet(s.name, s.text, s.source) == s for s in found)


async def test_one_is_kept_and_opened_again_with_its_parameters(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select :days::int as days")
        await pilot.press("alt+m")
        await until(lambda: isinstance(stage.screen, AskText))
        await pilot.press(*"Days", "enter")
        await until(lambda: any(say.text.startswith("Kept as") for say in stage.said))
        await pilot.press("alt+s")
        await until(lambda: isinstance(stage.screen, Choose))
        await pilot.press(*"days", "enter")
        await until(lambda: stage.pane.editing.buffers.active.name == "days")
        assert stage.pane.editing.editor.text.startswith("-- title: Days\nselect :days")
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, ParameterForm))
