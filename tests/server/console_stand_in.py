"""A console as far as the embedded server is concerned: takes a share, says so, and lives until it is told to end.

`python -m tests.server.console_stand_in FOLDER`; one line of JSON on stdout, then it waits for the end of its stdin.
"""

import asyncio
import json
import sys
from pathlib import Path

from chatly_console.core.failure import Failure
from chatly_console.server import embedded


def main(folder: str) -> None:
    words: list[str] = []
    try:
        server = asyncio.run(embedded.start(Path(folder), words.append))
    except Failure as failure:
        print(json.dumps({"failure": failure.sentence, "hint": failure.hint}), flush=True)
        return
    shown = {"pid": server.pid, "dsn": server.dsn("postgres"), "socket_dir": str(server.socket_dir), "words": words}
    print(json.dumps(shown), flush=True)
    sys.stdin.read()
    server.release()


if __name__ == "__main__":
    main(sys.argv[1])
