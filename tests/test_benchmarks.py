"""The benchmarks' table: which files it finds, and what it says of a name that it does not know."""

import pytest

from tests.benchmarks.__main__ import main, names


def test_files_are_found_by_themselves() -> None:
    found = names()
    assert {"console", "executor", "export", "first_paint", "grid", "splitter"} <= set(found)
    assert not {"__main__", "big_table", "tools"} & set(found)


def test_unknown_name_is_wrong_use_and_the_names_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["splitter", "nothing"]) == 2
    assert "nothing" in (said := capsys.readouterr().err) and "splitter" in said
