"""Opens the demo: the embedded server, with the Chatly database built where it is missing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from chatly_console.core.dsn import parse_dsn
from chatly_console.core.target import ConnectionTarget
from chatly_console.demo.service import DATABASE, build_database
from chatly_console.server.embedded import EmbeddedServer, start


async def open_demo(
    folder: Path | None = None, *, scale: int = 1, progress: Callable[[str], None] = lambda words: None
) -> tuple[EmbeddedServer, ConnectionTarget]:
    """The running server and the target of its Chatly database; `progress` hears what takes time."""
    server = await start(folder, progress)

    def tell(words: str, share: float) -> None:
        progress(f"{words} {share:.0%}")

    try:
        outdated = await build_database(str(server.socket_dir), server.port, DATABASE, scale=scale, progress=tell)
    except BaseException:
        server.release()
        raise
    target = parse_dsn(server.dsn(DATABASE))
    return server, replace(target, warnings=(*target.warnings, outdated)) if outdated else target
