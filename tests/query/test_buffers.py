"""The editor's texts survive crashes and other consoles."""

import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chatly_console.core.failure import Failure
from chatly_console.query.buffers import LARGEST_TEXT, Buffers
from chatly_console.query.state_folder import nothing_is_kept, state_folder


def test_what_was_saved_is_there_again_with_its_order_cursor_and_active_buffer(tmp_path: Path) -> None:
    first = Buffers.of_profile("prod eu/1", root=tmp_path)
    first.active.text = "select 'ä\u2028\x00\ud800';\n"
    first.add("triage.sql", "select 1").cursor = 3
    first.add("../../etc/passwd", "select 2")
    first.go_to("triage.sql")
    first.save()
    first.close()
    again = Buffers.of_profile("prod eu/1", root=tmp_path)
    assert again.names == ["scratch", "triage.sql", "../../etc/passwd"]
    assert [buffer.text for buffer in again] == ["select 'ä\u2028\x00\ud800';\n", "select 1", "select 2"]
    assert (again.active.name, again.active.cursor) == ("triage.sql", 3)


def test_files_are_for_the_owner_only_and_stay_in_their_folder(tmp_path: Path) -> None:
    buffers = Buffers.of_profile("p", root=tmp_path / "state")
    buffers.add("/tmp/../x", "select 1")
    buffers.save()
    files = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert files
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
    folders = [path for path in (tmp_path / "state").rglob("*") if path.is_dir()]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o700 for path in folders)
    assert list(tmp_path.iterdir()) == [tmp_path / "state"]


def test_a_second_console_leaves_the_first_ones_texts_alone(tmp_path: Path) -> None:
    first = Buffers.of_profile("p", root=tmp_path)
    first.active.text = "select 'of the first'"
    first.save()
    second = Buffers.of_profile("p", root=tmp_path)
    assert second.held_elsewhere == ["scratch"]
    assert second.names == ["scratch-2"]
    second.active.text = "select 'of the second'"
    second.save()
    first.save()
    first.close()
    second.close()
    third = Buffers.of_profile("p", root=tmp_path)
    assert sorted(buffer.text for buffer in third) == ["select 'of the first'", "select 'of the second'"]


def test_a_killed_console_leaves_whole_files_and_no_locks(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from chatly_console.query.buffers import Buffers
buffers = Buffers.of_profile("p", root=Path(sys.argv[1]))
number = 0
while True:
    number += 1
    buffers.active.text = f"{number}\\n" * 20000
    buffers.save()
    print(number, flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True) as console:
        assert console.stdout is not None
        for _ in range(20):
            last = console.stdout.readline()
        time.sleep(0.003)
        console.kill()
    again = Buffers.of_profile("p", root=tmp_path)
    assert again.held_elsewhere == []
    lines = again.active.text.splitlines()
    assert len(lines) == 20000
    assert set(lines) == {lines[0]}
    assert int(lines[0]) >= int(last)


def test_renaming_keeps_the_text_and_removing_takes_the_file(tmp_path: Path) -> None:
    buffers = Buffers.of_profile("p", root=tmp_path)
    buffers.active.text = "select 1"
    buffers.save()
    buffers.add("other")
    buffers.go_to("scratch")
    buffers.rename("other")
    assert buffers.names == ["other-2", "other"]
    buffers.remove()
    buffers.remove()
    buffers.save()
    buffers.close()
    assert [buffer.text for buffer in Buffers.of_profile("p", root=tmp_path)] == [""]


def test_a_text_too_large_for_the_editor_is_refused_with_the_way_to_run_it(tmp_path: Path) -> None:
    buffers = Buffers.of_profile("p", root=tmp_path)
    with pytest.raises(Failure) as refused:
        buffers.add("dump", "x" * (LARGEST_TEXT + 1))
    assert "query -f" in refused.value.hint
    assert buffers.names == ["scratch"]


@pytest.mark.parametrize("name", ["日" * 60, "😀" * 60, "a\udcffb", "..", "a\0b\n\x1b[31m/../c"])
def test_any_name_makes_a_file_of_the_folder(tmp_path: Path, name: str) -> None:
    buffers = Buffers.of_profile("p", root=tmp_path)
    for _ in range(2):
        buffers.add(name, "select 1")
    buffers.rename(name)
    buffers.save()
    buffers.close()
    again = Buffers.of_profile("p", root=tmp_path)
    assert len(set(again.names)) == 2 and [buffer.text for buffer in again] == ["select 1"] * 2
    assert {path.parent for path in tmp_path.rglob("*") if path.is_file()} == {tmp_path / "profiles" / "p"}


def test_a_folder_that_is_removed_meanwhile_is_made_again_with_texts_and_locks(tmp_path: Path) -> None:
    buffers = Buffers.of_profile("p", root=tmp_path)
    buffers.active.text = "select 'written before'"
    buffers.save()
    shutil.rmtree(tmp_path / "profiles")
    buffers.save()
    second = Buffers.of_profile("p", root=tmp_path)
    assert second.held_elsewhere == ["scratch"] and "scratch" not in second.names
    buffers.remove()
    buffers.add("other", "select 2")
    shutil.rmtree(tmp_path / "profiles")
    (tmp_path / "profiles").write_text("in its place")
    buffers.add("third", "select 3")
    buffers.remove()
    with pytest.raises(OSError, match=r"exists|directory"):
        buffers.save()
    assert [buffer.text for buffer in buffers] == ["", "select 2"]


@pytest.mark.parametrize(
    "junk", [b"[" * 100_000, b'{"order":[["a",1e400]],"active":1}', b'{"order":[["a",-9]],"active":"a"}']
)
def test_an_order_that_cannot_be_read_loses_no_text(tmp_path: Path, junk: bytes) -> None:
    buffers = Buffers.of_profile("p", root=tmp_path)
    buffers.rename("a")
    buffers.active.text = "kept"
    buffers.save()
    buffers.close()
    (tmp_path / "profiles" / "p" / "order.json").write_bytes(junk)
    again = Buffers.of_profile("p", root=tmp_path).active
    assert (again.text, again.cursor) == ("kept", 0)


def test_a_disk_that_refuses_leaves_the_old_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    buffers = Buffers.of_profile("p", root=tmp_path)
    buffers.active.text = "select 'old'"
    buffers.save()
    buffers.active.text = "select 'new'"

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        buffers.save()
    monkeypatch.undo()
    assert not buffers.active.is_saved
    buffers.close()
    assert Buffers.of_profile("p", root=tmp_path).active.text == "select 'old'"
    assert not list(tmp_path.rglob("*.new"))


def test_where_nothing_can_be_written_the_texts_last_as_long_as_the_console(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read-only home, as in many containers, is no reason not to work."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file" / "state"))
    assert str(tmp_path / "file" / "state") in nothing_is_kept()
    folder = state_folder()
    assert folder == state_folder() and folder.stat().st_mode & 0o777 == 0o700
    buffers = Buffers.of_profile("p")
    buffers.active.text = "select 1"
    buffers.save()
    buffers.close()
    assert Buffers.of_profile("p").active.text == "select 1"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert nothing_is_kept() == "" and state_folder().is_relative_to(tmp_path)
