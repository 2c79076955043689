"""A TCP proxy on loopback that can stop forwarding, cut its connections, or refuse new ones."""

import asyncio
from contextlib import suppress
from typing import Self


class StallingProxy:
    """Forwards to a server until told otherwise; an asynchronous context manager."""

    def __init__(self, *, host: str = "", port: int = 5432) -> None:
        self.flowing = asyncio.Event()
        self.flowing.set()
        self._host = host
        self._target_port = port
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self.port = 0

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.flowing.set()
        await self.refuse()

    async def listen(self) -> None:
        """Accept connections, on the port of the last time."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Cut all connections and take no new ones."""
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def stall(self) -> None:
        """Keep the connections and forward nothing."""
        self.flowing.clear()

    def resume(self) -> None:
        """Forward again."""
        self.flowing.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._host.startswith("/"):
            path = f"{self._host}/.s.PGSQL.{self._target_port}"
            there_reader, there_writer = await asyncio.open_unix_connection(path)
        else:
            there_reader, there_writer = await asyncio.open_connection(self._host, self._target_port)
        self._writers += [writer, there_writer]
        with suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(self._pump(reader, there_writer), self._pump(there_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self.flowing.wait()
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()
