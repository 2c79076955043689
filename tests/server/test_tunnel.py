"""The ssh tunnel, with an `ssh` of our own on the PATH: there is no ssh server in a test run."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from chatly_console.core.dsn import parse_dsn
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.link import Link, LinkState
from chatly_console.server.open_profile import open_profile
from chatly_console.server.profiles import profile_of_target
from chatly_console.server.tunnel import open_tunnel

from . import waiting
from .stalling_proxy import StallingProxy

FORWARD = """
import asyncio, os, sys
arguments = sys.argv[1:]
assert "BatchMode=yes" in arguments and "ExitOnForwardFailure=yes" in arguments, arguments
open(os.environ["FAKE_SSH_PID"], "w").write(str(os.getpid()))
_, local, remote = arguments[arguments.index("-L") + 1].split(":", 2)
assert arguments[-2] == "--"
host, port = remote.rsplit(":", 1)
async def pump(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()
async def forward(reader, writer):
    try:
        there = await asyncio.open_connection(host.strip("[]"), int(port))
    except OSError as error:
        print("channel 2: open failed: connect failed:", error.strerror, file=sys.stderr, flush=True)
        writer.close()
        return
    await asyncio.gather(pump(reader, there[1]), pump(there[0], writer), return_exceptions=True)
async def main():
    server = await asyncio.start_server(forward, "127.0.0.1", int(local))
    async with server:
        await server.serve_forever()
asyncio.run(main())
"""


@pytest.fixture
def fake_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    script = tmp_path / "ssh"
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("FAKE_SSH_PID", str(tmp_path / "pid"))
    write(script, FORWARD)
    return script


def write(script: Path, program: str) -> None:
    script.write_text(f"#!{sys.executable}\n{program}")
    script.chmod(0o755)


@pytest.fixture
async def echo_port() -> AsyncIterator[int]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def until(condition: object, seconds: float = 10) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        await asyncio.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def test_bytes_go_through_and_closing_ends_ssh(fake_ssh: Path, echo_port: int) -> None:
    tunnel = await open_tunnel("bastion", parse_dsn(f"postgresql://u@127.0.0.1:{echo_port}/d"))
    assert tunnel.target.port == tunnel.local_port
    reader, writer = await asyncio.open_connection("127.0.0.1", tunnel.local_port)
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"hello"
    writer.close()
    pid = int((fake_ssh.parent / "pid").read_text())
    assert is_alive(pid)
    await tunnel.close()
    assert not is_alive(pid)
    assert tunnel.closed.done()
    again = await open_tunnel(
        "bastion", parse_dsn(f"postgresql://u@127.0.0.1:{echo_port}/d"), local_port=tunnel.local_port
    )
    assert again.local_port == tunnel.local_port
    await again.close()


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("ssh: Could not resolve hostname bastion: Name or service not known", "~/.ssh/config"),
        ("Host key verification failed.", "look at the host's key"),
        ("me@bastion: Permission denied (publickey).", "ssh-add"),
        ("bind [127.0.0.1]:1: Address already in use", "in a terminal"),
    ],
)
async def test_what_ssh_says_is_told_with_the_way_on(fake_ssh: Path, words: str, hint: str) -> None:
    write(fake_ssh, f"import sys\nprint('banner\\n' + {words!r}, file=sys.stderr)\nsys.exit(255)")
    with pytest.raises(Failure) as caught:
        await open_tunnel("bastion", parse_dsn("postgresql://u@h/d"))
    assert caught.value.kind is FailureKind.LINK
    assert words in caught.value.sentence
    assert hint in caught.value.hint


async def test_ssh_that_hangs_is_given_up_and_ended(fake_ssh: Path) -> None:
    program = "import os, signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    write(fake_ssh, program + "open(os.environ['FAKE_SSH_PID'], 'w').write(str(os.getpid()))\ntime.sleep(60)")
    with pytest.raises(Failure, match="within 1 s"):
        await open_tunnel("bastion", parse_dsn("postgresql://u@h/d"), timeout=1)
    await until(lambda: not is_alive(int((fake_ssh.parent / "pid").read_text())))


async def test_a_dying_ssh_is_noticed(fake_ssh: Path, echo_port: int) -> None:
    tunnel = await open_tunnel("bastion", parse_dsn(f"postgresql://u@127.0.0.1:{echo_port}/d"))
    os.kill(int((fake_ssh.parent / "pid").read_text()), 9)
    sentence = await asyncio.wait_for(asyncio.shield(tunnel.closed), 10)
    assert "bastion is closed" in sentence
    await tunnel.close()


async def test_a_killed_console_leaves_no_ssh_behind(fake_ssh: Path, echo_port: int) -> None:
    program = (
        "import asyncio\nfrom chatly_console.core.dsn import parse_dsn\n"
        "from chatly_console.server.tunnel import open_tunnel\n"
        f"async def main():\n    await open_tunnel('b', parse_dsn('postgresql://u@127.0.0.1:{echo_port}/d'))\n"
        "    print('open', flush=True)\n    await asyncio.sleep(60)\nasyncio.run(main())"
    )
    console = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=subprocess.PIPE)
    try:
        assert console.stdout is not None
        assert await asyncio.wait_for(console.stdout.readline(), 20) == b"open\n"
    finally:
        console.kill()
        await console.wait()
    await until(lambda: not is_alive(int((fake_ssh.parent / "pid").read_text())))


@pytest.mark.parametrize("alias", ["-oProxyCommand=touch /tmp/x", "a b", "", "a\nb"])
async def test_an_alias_is_never_an_option(fake_ssh: Path, alias: str) -> None:
    with pytest.raises(Failure, match="not a host name"):
        await open_tunnel(alias, parse_dsn("postgresql://u@h/d"))


async def test_without_ssh_and_with_several_hosts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(Failure, match="one host"):
        await open_tunnel("b", parse_dsn("postgresql://u@h1,h2/d"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Failure, match="not installed"):
        await open_tunnel("b", parse_dsn("postgresql://u@h/d"))


async def test_a_tunnel_that_died_is_opened_again_for_the_same_console(fake_ssh: Path, database_dsn: str) -> None:
    there = parse_dsn(database_dsn)
    async with StallingProxy(host=there.places[0].host, port=there.places[0].port) as server:
        dsn = f"postgresql://{there.user}@127.0.0.1:{server.port}/{there.database}?sslmode=disable"
        profile = replace(profile_of_target(parse_dsn(dsn), "dsn"), ssh="bastion")
        database = await open_profile(profile)
        try:
            links: list[Link] = []
            database.subscribe(links.append)
            former = int((fake_ssh.parent / "pid").read_text())
            os.kill(former, 9)
            await waiting.until(database, lambda state: state is LinkState.CONNECTED and bool(links))
            assert "tunnel through bastion is closed" in links[0].sentence and "mended" in links[0].sentence
            assert (await database.records("select 1 as one"))[0]["one"] == 1
            present = int((fake_ssh.parent / "pid").read_text())
            assert present != former and is_alive(present)
        finally:
            await database.close()
        assert not is_alive(present)
