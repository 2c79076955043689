"""The user's files and editor: read whole or not at all, written in one step, nothing lost on the way."""

import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from chatly_console.core.failure import Failure
from chatly_console.query.buffers import LARGEST_TEXT, Buffers
from chatly_console.query.text_files import read_text, write_text
from chatly_console.shell.dialogs import AskText, Confirm
from tests.query.stage import Stage, until
from tests.query.test_pane import write


def test_what_is_no_text_is_refused_with_its_place(tmp_path: Path) -> None:
    bad = tmp_path / "bad.sql"
    bad.write_bytes(b"select 1;\nselect '\xff'")
    with pytest.raises(Failure, match=r"line 2 holds a byte \(0xff\) that is no UTF-8"):
        read_text(bad)
    with pytest.raises(Failure, match="it is a folder"):
        read_text(tmp_path)
    with pytest.raises(Failure, match="no such file"):
        read_text(tmp_path / "none.sql")
    bad.write_bytes(b"\xef\xbb\xbfselect 1")
    assert read_text(bad) == "select 1"


def test_what_is_no_file_is_neither_read_nor_replaced() -> None:
    """/dev/zero never ends; and as root, saving could put a file in the place of a device."""
    with pytest.raises(Failure, match="device"):
        read_text(Path("/dev/zero"))
    with pytest.raises(Failure, match="device"):
        write_text(Path("/dev/null"), "select 1")
    assert Path("/dev/null").is_char_device()
    for name in ("a\0b", "a\ud800"):
        with pytest.raises(Failure, match="no file can have this name"):
            read_text(Path(name))
        with pytest.raises(Failure, match="no file can have this name"):
            write_text(Path(name), "select 1")


def test_links_that_lead_in_a_circle_are_neither_read_nor_replaced(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for touch in (read_text, lambda path: write_text(path, "select 1")):
        with pytest.raises(Failure, match="could not be"):
            touch(tmp_path / "loop")
    assert (tmp_path / "loop").is_symlink()


def test_a_file_keeps_its_rights_and_stays_whole_where_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    path.write_text("old")
    path.chmod(0o640)
    write_text(path, "new")
    assert path.read_text() == "new" and path.stat().st_mode & 0o777 == 0o640
    with pytest.raises(Failure, match="could not be written"):
        write_text(tmp_path / "nowhere" / "a.sql", "x")
    assert [p.name for p in tmp_path.iterdir()] == ["a.sql"]


def test_a_buffer_remembers_its_file(tmp_path: Path) -> None:
    buffers = Buffers.of_profile("p", root=tmp_path)
    buffers.add("a", "text").path = "/tmp/a.sql"
    buffers.save()
    buffers.close()
    again = Buffers.of_profile("p", root=tmp_path)
    assert [(buffer.name, buffer.path) for buffer in again] == [("a", "/tmp/a.sql")]
    again.close()


async def test_a_file_is_opened_changed_and_saved(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "report.sql"
    path.write_text("select 1")
    async with stage.run_test(size=(120, 40)) as pilot:
        await pilot.press("alt+o")
        await until(lambda: isinstance(stage.screen, AskText))
        stage.screen.query_one("Input").value = str(path)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(lambda: stage.pane.editing.buffers.active.name == "report")
        await pilot.press(*"-- x ", "ctrl+s")
        await until(lambda: path.read_text() == "-- x select 1")
        await pilot.press("ctrl+n", *"select 2", "ctrl+s")
        await until(lambda: isinstance(stage.screen, AskText))
        stage.screen.query_one("Input").value = str(path)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(lambda: isinstance(stage.screen, Confirm))
        await pilot.press("n")
        assert path.read_text() == "-- x select 1"


async def test_bad_files_are_told_of_and_nothing_is_lost(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "nul.sql").write_bytes(b"select '\0'")
    (tmp_path / "big.sql").write_text("x" * (LARGEST_TEXT + 1))
    (tmp_path / "bad.sql").write_bytes(b"\xfe")
    async with stage.run_test(size=(120, 40)):
        write(stage, "select 'mine'")
        for name, words in (("nul", "NUL characters"), ("bad", "no UTF-8"), ("big", "too many")):
            stage.pane.do(stage.pane.files.open(f"{tmp_path}/{name}.sql"))
            await until(lambda: any(words in say.text for say in stage.said))  # noqa: B023


@pytest.fixture
def my_editor(tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes $EDITOR a program of this shell text; it is lent nothing, since a test has no terminal."""
    program = tmp_path / "my editor"
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(stage, "suspend", contextlib.nullcontext)

    def make(script: str) -> None:
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("EDITOR", f"'{program}' --wait")

    return make


async def test_the_users_editor_has_the_text_and_gives_it_back(
    stage: Stage, my_editor: Callable[[str], None], tmp_path: Path
) -> None:
    my_editor('[ "$1" = --wait ] && printf "select 2,\\n  3" > "$2"')
    async with stage.run_test(size=(120, 40)) as pilot:
        editor = write(stage, "select 1", cursor=7)
        await pilot.press("alt+v")
        await until(lambda: editor.text == "select 2,\n  3")
        assert editor.cursor_location == (0, 7)
        await pilot.press("ctrl+z")
        assert editor.text == "select 1"
        assert not list(tmp_path.glob("chatly-*"))


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ('printf x > "$2"; exit 3', "my editor ended with status 3; the text is as it was."),
        ("kill -9 $$", "my editor was ended by signal 9; the text is as it was."),
        ('rm "$2"', "my editor left no file; the text is as it was."),
        ('rm -r "$(dirname "$2")"', "my editor left no file; the text is as it was."),
        ("printf 'a\\n\\377' > \"$2\"", "line 2 holds a byte (0xff) that is no UTF-8. It is kept as "),
    ],
)
async def test_an_editor_that_gives_no_text_leaves_everything_as_it_was(
    stage: Stage, my_editor: Callable[[str], None], tmp_path: Path, script: str, said: str
) -> None:
    my_editor(script)
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select 1")
        await pilot.press("alt+v")
        await until(lambda: any(said in say.text for say in stage.said))
        assert stage.pane.editing.editor.text == "select 1"
        kept = list(tmp_path.rglob("*-not-taken.txt"))
        assert [path.read_bytes() for path in kept] == ([b"a\n\xff"] if "kept" in said else [])


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("/no/such/program", "/no/such/program could not be started: no such file or directory."),
        (__file__, f"{__file__} could not be started: permission denied."),
        ("'vim", "$EDITOR is no command: No closing quotation."),
        (" ", "This terminal cannot be lent to another program."),
    ],
)
async def test_an_editor_that_cannot_be_had_is_said(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, program: str, said: str
) -> None:
    monkeypatch.setenv("EDITOR", program)
    if program.strip():
        monkeypatch.setattr(stage, "suspend", contextlib.nullcontext)
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select 1")
        await pilot.press("alt+v")
        await until(lambda: any(say.text == said for say in stage.said))
        assert stage.pane.editing.editor.text == "select 1"


async def test_what_was_saved_in_the_users_editor_outlives_the_end_of_the_console(
    stage: Stage, my_editor: Callable[[str], None], tmp_path: Path
) -> None:
    my_editor(f"printf saved > \"$2\"; touch '{tmp_path}/written'; exec sleep 60")
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select 1")
        await pilot.press("alt+v")
        await until((tmp_path / "written").exists)
    kept = Buffers.of_profile(stage.session.profile.name, root=tmp_path)
    assert [buffer.text for buffer in kept if buffer.name == "scratch-edited"] == ["saved"]


async def test_a_statement_is_laid_out_and_that_can_be_undone(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select 1;\nSELECT a, b FROM t WHERE a = 1;\n", cursor=12)
        await pilot.press("alt+l")
        await until(lambda: "from t" in stage.pane.editing.editor.text)
        assert stage.pane.editing.editor.text.startswith("select 1;\nselect a,")
        await pilot.press("ctrl+z")
        assert "SELECT a, b FROM t" in stage.pane.editing.editor.text
