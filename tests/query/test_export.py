"""A file appears whole, or not at all."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest

from chatly_console.core.failure import Failure
from chatly_console.core.values import Column, Row
from chatly_console.query.export import NewFile, export, format_of
from chatly_console.query.unfinished import remove_leftovers

COLUMNS = [Column("id", 23, "integer"), Column("name")]


async def pages(*found: Sequence[Row]) -> AsyncGenerator[Sequence[Row], None]:
    for page in found:
        yield page


async def test_all_pages_are_in_the_file_in_order(tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    seen: list[int] = []
    source = pages([("1", "a"), ("2", None)], [("3", "b\nc")])
    assert await export(source, COLUMNS, target, "csv", on_progress=seen.append) == 3
    assert target.read_text() == 'id,name\n1,a\n2,\n3,"b\nc"\n'
    assert seen == [2, 3]


async def test_a_failure_in_the_middle_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    target.write_text("old")

    async def breaking() -> AsyncGenerator[Sequence[Row], None]:
        yield [("1", "a")]
        raise Failure("The connection was lost.")

    with pytest.raises(Failure, match="lost"):
        await export(breaking(), COLUMNS, target, "csv")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


async def test_cancelling_leaves_nothing(tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def endless() -> AsyncGenerator[Sequence[Row], None]:
        while True:
            yield [("1", "a")]
            begun.set()
            await asyncio.sleep(0)

    task = asyncio.create_task(export(endless(), COLUMNS, tmp_path / "x.json", "json"))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(tmp_path.iterdir()) == []


async def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Failure, match="no space left on device"):
        await export(pages([("1", "a")]), COLUMNS, tmp_path / "x.csv", "csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["missing/x.csv", "."])
async def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(Failure, match="could not be written"):
        await export(pages(), COLUMNS, tmp_path / name, "csv")


def test_the_name_of_the_file_says_the_format() -> None:
    assert format_of(Path("a.CSV")) == "csv"
    assert format_of(Path("a.ndjson")) == "jsonl"
    assert format_of(Path("a")) is None


def test_only_what_a_dead_process_left_is_removed(tmp_path: Path) -> None:
    target = tmp_path / "ä\udcff.csv"
    script = (
        "import os, sys; from pathlib import Path; from chatly_console.query.export import NewFile\n"
        "file = NewFile(Path(sys.argv[1])).__enter__(); file.write('x' * 9_000_000); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, os.fsencode(target)], check=False)
    assert len(list(tmp_path.iterdir())) == 1
    with NewFile(tmp_path / "alive.csv") as file:
        assert [path.parent for path in remove_leftovers()] == [tmp_path]
        file.keep()
    assert [path.name for path in tmp_path.iterdir()] == ["alive.csv"]
    assert remove_leftovers() == []


def test_a_device_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    """As root, a file under the name of /dev/null would be the end of many programs."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(Failure), NewFile(pipe):
        pass  # nobody reads it
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with NewFile(pipe) as file:
        file.write("row\n")
        file.keep()
    assert os.read(reader, 100) == b"row\n"
    os.close(reader)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"] and pipe.is_fifo()
    with NewFile(Path("/dev/null")) as file:
        file.write("row\n")
        file.keep()
    assert Path("/dev/null").is_char_device()
    with NewFile(Path("/dev/full")) as file, pytest.raises(Failure, match="no space left"):
        file.write("row\n")
        file.keep()
    assert Path("/dev/full").is_char_device()


def test_a_link_stays_and_the_file_keeps_its_rights(tmp_path: Path) -> None:
    target, link = tmp_path / "private.csv", tmp_path / "link.csv"
    target.write_text("before")
    target.chmod(0o600)
    link.symlink_to(target)
    with NewFile(link) as file:
        file.write("after")
        file.keep()
    assert link.is_symlink() and target.read_text() == "after"
    assert target.stat().st_mode & 0o777 == 0o600
