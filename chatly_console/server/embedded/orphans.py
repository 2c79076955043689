"""Ends what a killed server has left behind: a busy backend does not notice that its postmaster is gone.

Until the last of them has ended no server can start on the data, and nobody can cancel what they run. Their connections
are lost either way, and the next server recovers the data as after any crash.
"""

import asyncio
import contextlib
import os
import signal

from chatly_console.server.embedded.home import Home
from chatly_console.server.embedded.keeper import command_line, postmaster_pid

_FIND = 'for p in /proc/[0-9]*; do [ "$(readlink "$p/cwd")" = "$1" ] && echo "${p#/proc/}"; done; true'
_SECONDS = 10


async def end_orphans(home: Home, number: signal.Signals) -> None:
    """Send `number` to the backends on the data folder, if no postmaster runs there."""
    if postmaster_pid(str(home.data)) is not None:
        return
    for pid in await _processes_in(home):
        if command_line(pid)[:1] and command_line(pid)[0].startswith("postgres:"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)


async def _processes_in(home: Home) -> list[int]:
    """The processes of the server's user that work in the data folder; only that user may always see it."""
    finder = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", _FIND, "sh", str(home.data)),
        cwd="/",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        **home.owner.run_as(),
    )
    try:
        async with asyncio.timeout(_SECONDS):
            output, _ = await finder.communicate()
    except TimeoutError:
        finder.kill()
        await finder.wait()
        return []
    return [int(word) for word in output.split()]
