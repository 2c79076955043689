"""Writes rows to a file as they come: in constant memory, whole or not at all."""

import asyncio
import errno
import os
import re
import stat
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import BinaryIO

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.formats import FORMATS, Encoder, encoder
from chatly_console.core.page_store import characters
from chatly_console.core.values import Column, Row
from chatly_console.query.unfinished import Unfinished

Pages = AsyncGenerator[Sequence[Row], None]
Progress = Callable[[int], None]
"""Takes the number of rows that are in the file by now."""

_VALUES_AT_ONCE = 10_000
"""Values encoded before the screen has its turn."""
_LARGE = 1 << 19
"""Characters that are worth a thread: to wake it for fewer costs more than it saves."""
_LONG_AGO = 0.2
"""Seconds after which even fewer are written, for who reads them as they come."""
_BY_SUFFIX = {
    ".csv": "csv", ".tsv": "tsv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".md": "markdown",
    ".sql": "insert", ".txt": "table",
}  # fmt: skip


def format_of(path: Path) -> str | None:
    """The format that the name of a file asks for; None where it asks for none."""
    return _BY_SUFFIX.get(path.suffix.lower())


async def export(
    pages: Pages,
    columns: Sequence[Column],
    path: Path,
    name: str,
    *,
    table: str | Sequence[str] = "result",
    on_progress: Progress = lambda rows: None,
) -> int:
    """Write `pages` to a file in the format `name` and return the number of rows.

    Whatever goes wrong, a cancellation included, a file that was there before stays as it was and nothing
    half-written is left.
    """
    if name not in FORMATS:
        raise Failure(f"“{name}” is no format; there are {', '.join(FORMATS)}.", FailureKind.USAGE)
    with NewFile(path) as file:
        rows = await write_pages(pages, columns, encoder(name, table=table), file.write, on_progress=on_progress)
        await asyncio.to_thread(file.keep)
    return rows


async def write_pages(
    pages: Pages,
    columns: Sequence[Column],
    chosen: Encoder,
    write: Callable[[str], None],
    *,
    on_progress: Progress = lambda rows: None,
) -> int:
    """Encode `pages` and `write` them in a thread; returns the number of rows. `pages` are closed in any case."""
    rows, length = 0, _LARGE  # nothing is known of the first part
    async with aclosing(pages), _Writing(write) as writing:
        await writing.add(chosen.header(columns))
        async for page in pages:
            for part in _parts(page):
                # here is quicker than in a thread, with which the fetching would wait in turn for the interpreter
                text = await asyncio.to_thread(chosen.rows, part) if length >= _LARGE else chosen.rows(part)
                length = len(text)
                await writing.add(text)
                await asyncio.sleep(0)
            rows += len(page)
            on_progress(rows)
        await writing.add(chosen.footer())
        await writing.end()
    return rows


def _parts(page: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """The page in parts so small that keys are answered in between."""
    some = page[:: max(1, len(page) // 8)]
    values, length = len(page[0]) if page else 0, characters(some) // max(1, len(some))
    step = max(1, min(_VALUES_AT_ONCE // max(1, values), 2 * _LARGE // max(1, length)))
    return (page[start : start + step] for start in range(0, len(page), step))


class _Writing:
    """Writes in a thread what has been added, once it is worth waking one; leaving waits for the thread."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._waiting: list[str] = []
        self._characters = 0
        self._woken = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "_Writing":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            await asyncio.wait([self._task])
            self._task.exception()

    async def add(self, text: str) -> None:
        """Write this after what came before; waits while that is too much."""
        self._waiting.append(text)
        self._characters += len(text)
        if self._characters >= _LARGE or time.monotonic() - self._woken >= _LONG_AGO:
            await self._hand_over()

    async def end(self) -> None:
        """Write all that is left."""
        await self._hand_over()
        await self._written()

    async def _hand_over(self) -> None:
        await self._written()
        waiting, self._waiting, self._characters = self._waiting, [], 0
        self._task = asyncio.create_task(asyncio.to_thread(self._write_all, waiting))
        self._woken = time.monotonic()

    async def _written(self) -> None:
        if self._task is not None:
            await asyncio.wait([self._task])  # a thread cannot be cancelled, so its task must not be
            self._task.result()

    def _write_all(self, texts: Sequence[str]) -> None:
        for text in texts:
            self._write(text)


_FIELD = re.compile(rb'"(?:[^"]|"")*"|[^,"\n]+')


def csv_of_copy(lines: bytes) -> bytes:
    """CSV as COPY makes it, with `\\.` in quotes as psql and our own encoder have it: older servers end there."""
    if b"\\." not in lines:
        return lines
    return _FIELD.sub(lambda found: b'"\\."' if found[0] == b"\\." else found[0], lines)


class NewFile:
    """A file that appears under its name only when `keep` is called; leaving without it leaves nothing.

    What is no file but can be written to, as /dev/null and /dev/stdout, is written to; it is never replaced by a file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._target = Path(os.path.realpath(path))  # what a link leads to is written, and the link stays
        self._temporary = self._target.with_name(f".{self._target.name}.{os.getpid()}.part")
        self._in_place = False
        self._file: BinaryIO | None = None
        self._unfinished: Unfinished | None = None

    def __enter__(self) -> "NewFile":
        try:
            self._in_place = _is_device(self.path)
            if self._in_place:
                self._file = os.fdopen(_open_device(self.path), "wb", buffering=1 << 20)
            else:
                self._unfinished = Unfinished(self._temporary)
                self._file = open(self._temporary, "wb", buffering=1 << 20)
                with suppress(FileNotFoundError):
                    os.fchmod(self._file.fileno(), self._target.stat().st_mode & 0o777)
        except OSError as error:
            self._forget()
            raise _failure(self.path, error) from error
        return self

    def __exit__(self, *_: object) -> None:
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):  # a full disk refuses the last of the buffer too; the file goes anyway
                file.close()
            if not self._in_place:
                self._temporary.unlink(missing_ok=True)
        self._forget()

    def _forget(self) -> None:
        if self._unfinished is not None:
            self._unfinished.forget()

    def write(self, text: str) -> None:
        """Add text."""
        self.write_bytes(text.encode("utf-8", "surrogatepass"))

    def write_bytes(self, data: bytes) -> None:
        """Add text that is UTF-8 already."""
        assert self._file is not None
        try:
            self._file.write(data)
        except OSError as error:
            raise _failure(self.path, error) from error

    def keep(self) -> None:
        """Put the file under its name."""
        assert self._file is not None
        try:
            self._file.flush()
            if not self._in_place:
                os.fsync(self._file.fileno())
            self._file.close()
            if not self._in_place:
                self._temporary.replace(self._target)
        except OSError as error:
            raise _failure(self.path, error) from error
        self._file = None


def _is_device(path: Path) -> bool:
    """Whether this is a device or a pipe to write to; refuses what is neither that nor a file, present or to come."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    if not (stat.S_ISREG(mode) or stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)):
        raise OSError(errno.EINVAL, "it is no file")
    return not stat.S_ISREG(mode)


def _open_device(path: Path) -> int:
    """Open it without waiting for a reader, which a pipe may never have."""
    descriptor = os.open(path, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    os.set_blocking(descriptor, True)
    return descriptor


def _failure(path: Path, error: OSError) -> Failure:
    return Failure(
        f"{path.name} could not be written: {(error.strerror or str(error)).lower()}.",
        FailureKind.REFUSED,
        detail=str(path),
        hint="Nothing was left behind, and a file that was there before is as it was.",
    )
