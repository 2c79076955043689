"""The identities that somebody took on lately, and his favourites, for each profile: kept from one run to the next.

The file is readable by its owner only: it holds addresses and ids of users, though never a token.
"""

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from chatly_console.core.identity import Identity

_MOST_RECENT = 8


@dataclass(frozen=True, slots=True)
class Remembered:
    """An identity, and whether it is a favourite."""

    identity: Identity
    aside: str = ""
    favourite: bool = False


class IdentityMemory:
    """Recent and favourite identities of one profile; a file that is missing or damaged is an empty memory."""

    def __init__(self, folder: Path, profile: str) -> None:
        self._path = folder / "identities.json"
        self._profile = profile

    def recall(self) -> list[Remembered]:
        """Favourites first, then the others, each from the latest to the oldest."""
        found = [r for entry in self._load().get(self._profile, []) if (r := _read(entry)) is not None]
        return sorted(found, key=lambda r: not r.favourite)

    def taken_on(self, identity: Identity, aside: str = "") -> None:
        """This identity is the latest."""
        known = {r.identity: r for r in self.recall()}
        before = known.pop(identity, None)
        words = aside or (before.aside if before else "")
        self._save([Remembered(identity, words, before is not None and before.favourite), *known.values()])

    def toggle_favourite(self, identity: Identity, aside: str = "") -> bool:
        """Make it a favourite, or one no longer; returns which."""
        known = {r.identity: r for r in self.recall()}
        before = known.get(identity, Remembered(identity, aside))
        known[identity] = Remembered(identity, before.aside or aside, not before.favourite)
        self._save(list(known.values()))
        return known[identity].favourite

    def _save(self, entries: list[Remembered]) -> None:
        favourites = [r for r in entries if r.favourite]
        kept = [*favourites, *[r for r in entries if not r.favourite][:_MOST_RECENT]]
        written = {**self._load(), self._profile: [_written(r) for r in kept]}
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                json.dump(written, file, ensure_ascii=False, indent=1)
            fresh.replace(self._path)

    def _load(self) -> dict[str, list[object]]:
        try:
            loaded = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(loaded, dict):
            return {}
        return {str(name): entries for name, entries in loaded.items() if isinstance(entries, list)}


def _written(remembered: Remembered) -> dict[str, object]:
    identity = remembered.identity
    return {
        "role": identity.role,
        "claims": identity.claims,
        "label": identity.label,
        "aside": remembered.aside,
        "favourite": remembered.favourite,
    }


def _read(entry: object) -> Remembered | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("role"), str):
        return None
    claims, label = str(entry.get("claims") or ""), str(entry.get("label") or "")
    try:
        identity = Identity(entry["role"], claims, label)
        identity.claim_values()
    except (ValueError, AssertionError):
        return None
    return Remembered(identity, str(entry.get("aside") or ""), bool(entry.get("favourite")))
