"""What the console remembers by itself from one run to the next, such as the theme: a few words, never a secret."""

import contextlib
import json
import os
from pathlib import Path


def recall(path: Path) -> dict[str, str]:
    """What was remembered; a file that is missing or damaged is an empty memory."""
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(loaded, dict):
        return {}
    return {key: value for key, value in loaded.items() if isinstance(key, str) and isinstance(value, str)}


def remember(path: Path, key: str, value: str) -> None:
    """Keep one more thing; where the disk refuses, the choice lasts for this run only."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.write_text(json.dumps({**recall(path), key: value}, indent=1) + "\n", encoding="utf-8")
        fresh.replace(path)
