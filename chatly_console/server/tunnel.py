"""Reaches a server through the user's own ssh: a local port that the system's `ssh` forwards.

The user's ssh configuration, agent and jump hosts hold as in a terminal; nothing is asked (BatchMode), for
the screen is the console's. The tunnel ends with the console, also with one that is killed.
"""

import asyncio
import contextlib
import re
import shutil
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.target import ConnectionTarget, Endpoint

OPEN_TIMEOUT = 15.0
LOOPBACK = "127.0.0.1"
_GUARD = Path(__file__).with_name("tunnel_guard.py")
_ALIAS = re.compile(r"[^-\s\0][^\s\0]*")
_PROBE_PAUSE = 0.05
_CLOSE_GRACE = 4.0


class Tunnel:
    """An open tunnel: connect to its `target`; `closed` is done, with a sentence, once ssh has ended."""

    def __init__(self, alias: str, target: ConnectionTarget, local_port: int, process: Process) -> None:
        self.alias = alias
        self.local_port = local_port
        self.target = target.through(LOOPBACK, local_port)
        self.closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._process = process
        self._lines: deque[str] = deque(maxlen=20)
        self._watch = asyncio.create_task(self._watch_process(), name=f"ssh tunnel {alias}")

    @property
    def last_words(self) -> str:
        """What ssh said last, one line; empty if it was silent. Treat it as hostile text."""
        return self._lines[-1] if self._lines else ""

    @property
    def words(self) -> str:
        """The last lines of what ssh said."""
        return "\n".join(self._lines)

    async def close(self) -> None:
        """End ssh and wait until it is gone."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(asyncio.shield(self._watch), _CLOSE_GRACE)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._watch

    async def _watch_process(self) -> None:
        assert self._process.stderr is not None
        while line := await _read_line(self._process.stderr):
            text = line.decode("utf-8", "replace").strip()
            if text:
                self._lines.append(text[:500])
        status = await self._process.wait()
        if not self.closed.done():
            self.closed.set_result(self._sentence(status))

    def _sentence(self, status: int) -> str:
        reason = self.last_words or f"it ended with status {status}"
        return f"The ssh tunnel through {self.alias} is closed: {reason}"


class KeptTunnel:
    """A tunnel that is opened again, at the same local port, after its ssh has ended."""

    def __init__(self, tunnel: Tunnel, target: ConnectionTarget) -> None:
        self._tunnel = tunnel
        self._target = target

    def trouble(self) -> str:
        """That the tunnel is closed, and what ssh said, where it is."""
        closed = self._tunnel.closed
        return f"{closed.result().rstrip('.')}." if closed.done() else ""

    async def mend(self) -> None:
        """Open it again."""
        await self._tunnel.close()
        port = self._tunnel.local_port
        self._tunnel = await open_tunnel(self._tunnel.alias, self._target, local_port=port)

    async def close(self) -> None:
        """End ssh."""
        await self._tunnel.close()


async def open_tunnel(
    alias: str, target: ConnectionTarget, *, timeout: float = OPEN_TIMEOUT, local_port: int = 0
) -> Tunnel:
    """Start ssh to `alias` and wait until its local port takes connections for the target's server.

    `local_port` reopens a tunnel at the port that a pool already knows. Raises Failure (LINK).
    """
    if not _ALIAS.fullmatch(alias):
        raise Failure("The ssh host of the profile is not a host name.", FailureKind.USAGE)
    if len(target.endpoints) > 1:
        raise Failure("A profile with ssh must name one host, not several.", FailureKind.USAGE)
    ssh = shutil.which("ssh")
    if ssh is None:
        raise Failure("ssh is not installed.", FailureKind.LINK, hint="Install OpenSSH's client.")
    port = local_port or _free_port()
    endpoint = target.endpoints[0] if target.endpoints else Endpoint("localhost", target.default_port)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(_GUARD)),
        *(ssh, "-N", "-T", "-o", "ExitOnForwardFailure=yes", "-o", "BatchMode=yes"),
        *("-o", "ServerAliveInterval=15", "-o", f"ConnectTimeout={max(1, round(timeout))}"),
        *("-L", f"{LOOPBACK}:{port}:{_destination(endpoint)}", "--", alias),
        stdin=PIPE,
        stdout=DEVNULL,
        stderr=PIPE,
        start_new_session=True,
    )
    tunnel = Tunnel(alias, target, port, process)
    try:
        await asyncio.wait_for(_until_open(tunnel), timeout)
    except TimeoutError:
        await tunnel.close()
        raise Failure(
            f"ssh {alias} did not open the tunnel within {timeout:g} s.",
            FailureKind.LINK,
            detail=tunnel.words,
            hint=_advice(alias, tunnel.words),
        ) from None
    except BaseException:
        await tunnel.close()
        raise
    return tunnel


async def _until_open(tunnel: Tunnel) -> None:
    """Return once the port takes a connection while ssh lives; raise Failure if it ends first."""
    while not tunnel.closed.done():
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, tunnel.local_port)
        except OSError:
            await asyncio.wait([tunnel.closed], timeout=_PROBE_PAUSE)
            continue
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        if not tunnel.closed.done():
            return
    reason = tunnel.last_words or "it ended without a word"
    raise Failure(
        f"ssh {tunnel.alias} did not open the tunnel: {reason}",
        FailureKind.LINK,
        detail=tunnel.words,
        hint=_advice(tunnel.alias, tunnel.words),
    )


def _advice(alias: str, words: str) -> str:
    if "Host key verification failed" in words:
        return f"Run `ssh {alias}` once in a terminal and look at the host's key."
    if "Permission denied" in words:
        return f"`ssh {alias}` must work without asking: load the key into the agent (ssh-add)."
    if "Could not resolve hostname" in words:
        return f"“{alias}” is neither in ~/.ssh/config nor a name that resolves."
    return f"Try `ssh {alias}` in a terminal."


def _destination(endpoint: Endpoint) -> str:
    if endpoint.is_socket:
        return f"{endpoint.host}/.s.PGSQL.{endpoint.port}"
    host = endpoint.address or endpoint.host
    return f"[{host}]:{endpoint.port}" if ":" in host else f"{host}:{endpoint.port}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


async def _read_line(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readline()
    except ValueError:
        # A line beyond the reader's limit: it was dropped.
        return b"\n"
