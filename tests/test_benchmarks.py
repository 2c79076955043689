"""The benchmarks' table: which files it finds, what it says of a name that it does not know, and what it leaves."""

from pathlib import Path

import pytest

from tests.benchmarks.__main__ import main, names
from tests.benchmarks.servers import FOLDER, server_folder, servers


def test_files_are_found_by_themselves() -> None:
    found = names()
    assert {"console", "executor", "export", "first_paint", "grid", "splitter"} <= set(found)
    assert not {"__main__", "big_table", "tools"} & set(found)


def test_unknown_name_is_wrong_use_and_the_names_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["splitter", "nothing"]) == 2
    assert "nothing" in (said := capsys.readouterr().err) and "splitter" in said


def test_its_servers_are_in_a_folder_of_one_run_unless_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(FOLDER, raising=False)
    with servers():
        made = server_folder("big").parent
        assert made.is_dir()
        with servers():  # each file is one in the table's
            assert server_folder("big").parent == made
    assert not made.exists()
    monkeypatch.setenv(FOLDER, str(tmp_path))
    with servers():
        server_folder("big").mkdir()
    assert server_folder("big").is_dir()
