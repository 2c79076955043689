"""Remembers which service makes a profile's vectors, and what was agreed to; the key is in the keyring only."""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from chatly_console.core.failure import Failure
from chatly_console.vectors.embedding_service import Service, Template


@dataclass(frozen=True, slots=True)
class Chosen:
    """A service and the host that the user has agreed to send texts to (empty: none)."""

    service: Service
    agreed: str = ""

    @property
    def consented(self) -> bool:
        """Whether texts may go where this service is."""
        return self.agreed == self.service.host


def key_name(profile: str) -> str:
    """Under which name the keyring holds the key of a profile's service."""
    return f"{profile}/embeddings"


def read_choice(path: Path, profile: str) -> Chosen | None:
    """The service of a profile; None where none was chosen, or the file is damaged."""
    entry = _read(path).get(profile)
    try:
        template = Template(**entry["template"]) if entry and entry.get("template") else None
        chosen = Chosen(Service(**(entry["service"] | {"template": template})), entry["agreed"]) if entry else None
        if chosen is not None:
            chosen.service.check()
        return chosen
    except (TypeError, KeyError, Failure):
        return None


def write_choice(path: Path, profile: str, chosen: Chosen | None) -> None:
    """Remember it; None forgets. Where the disk refuses, the choice lasts for this run only."""
    known = _read(path)
    known.pop(profile, None)
    if chosen is not None:
        service = asdict(chosen.service)
        template = service.pop("template")
        known[profile] = {"service": service, "template": template, "agreed": chosen.agreed}
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
        fresh.chmod(0o600)
        fresh.replace(path)


def _read(path: Path) -> dict[str, Any]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
