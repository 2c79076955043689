"""What psql itself sends for a script: a server that speaks just enough of the protocol to write it down."""

import asyncio
import re
import struct
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
_COPY_IN = re.compile(r"(?<!')\bfrom\s+(?:stdin|stdout)\b", re.IGNORECASE)


async def statements_sent(psql: Path, script: str, folder: Path) -> list[str]:
    """The queries that `psql -f` sends for `script`, in order; `folder` is for the socket and the file."""
    sent: list[str] = []

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _converse(reader, writer, sent)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    file = folder / "script.sql"
    file.write_text(script, encoding="utf-8", newline="")
    server = await asyncio.start_unix_server(converse, str(folder / SOCKET))
    try:
        process = await asyncio.create_subprocess_exec(
            *(str(psql), "-X", "-q", "-h", str(folder), "-U", "nobody", "-d", "nothing", "-f", str(file)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PGCLIENTENCODING": "UTF8", "PGSSLMODE": "disable", "PGGSSENCMODE": "disable"},
        )
        async with asyncio.timeout(20):
            await process.wait()
    finally:
        server.close()
        await server.wait_closed()
    return sent


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: list[str]) -> None:
    (length,) = struct.unpack("!i", await reader.readexactly(4))
    await reader.readexactly(length - 4)
    _send(writer, b"R", struct.pack("!i", 0))
    for name, value in (
        (b"client_encoding", b"UTF8"),
        (b"standard_conforming_strings", b"on"),
        (b"server_version", b"18.0"),
    ):
        _send(writer, b"S", name + b"\0" + value + b"\0")
    _send(writer, b"Z", b"I")
    while True:
        kind, body = await _receive(reader)
        if kind == b"X":
            return
        if kind != b"Q":
            continue
        query = body[:-1].decode()
        sent.append(query)
        for _ in _COPY_IN.findall(query if query[:4].lower() == "copy" else ""):
            _send(writer, b"G", struct.pack("!bh", 0, 0))
            while (await _receive(reader))[0] not in (b"c", b"f"):
                pass
        _send(writer, b"C", b"OK\0")
        _send(writer, b"Z", b"I")


def _send(writer: asyncio.StreamWriter, kind: bytes, body: bytes) -> None:
    writer.write(kind + struct.pack("!i", len(body) + 4) + body)


async def _receive(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    kind = await reader.readexactly(1)
    (length,) = struct.unpack("!i", await reader.readexactly(4))
    return kind, await reader.readexactly(length - 4)
