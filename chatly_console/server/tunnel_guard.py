"""Runs one command and ends it when its standard input closes: that happens whenever the console is gone.

It is run as a script of its own, `python tunnel_guard.py COMMAND...`, so that not even a killed console
leaves its ssh behind.
"""

import os
import signal
import subprocess
import sys
import threading

_GRACE = 2.0


def main(command: list[str]) -> int:
    """Run `command` until it ends, or until standard input does; returns its exit status."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    threading.Thread(target=_end_with_input, args=(child,), daemon=True).start()
    return child.wait()


def _end_with_input(child: "subprocess.Popen[bytes]") -> None:
    while os.read(0, 1):
        pass
    child.terminate()
    try:
        child.wait(_GRACE)
    except subprocess.TimeoutExpired:
        child.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
