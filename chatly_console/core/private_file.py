"""Files of the user's own, one for each profile and the server that it leads to: for nobody else to read."""

import json
import os
import re
from hashlib import sha256
from pathlib import Path
from typing import Any


def file_of_profile(folder: Path, profile: str, server: str) -> Path:
    """The file of a profile and the server that it leads to."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", profile)[:40]
    return folder / f"{name}-{sha256(f'{profile} {server}'.encode()).hexdigest()[:10]}.json"


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Write all of it, as a whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(document, file, separators=(",", ":"))
    beside.replace(path)
