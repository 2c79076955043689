"""Tells Alt with a character from Esc followed by one, which a terminal sends as the same two bytes.

Textual waits for a pause before it decides, and writes `^x` for what came without one; on digits it puts the characters
of a Mac's keyboard. Here the pair is Alt with the character where something is bound to that, else the two keys.
"""

from __future__ import annotations

import string
import sys
from collections.abc import Container
from typing import NamedTuple

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser

ESC = "\x1b"
_BEGIN_SEQUENCES = "[]NOPX^_\\"
"""What after Esc begin a sequence of the terminal itself (ECMA-48, C1 in 7 bits)."""
_ON_A_MAC = sys.platform == "darwin"


class _AltKey(NamedTuple):
    value: str


def _keys() -> dict[str, events.Key]:
    """Each printable character's key, by the name that it has with Alt."""
    parser = XTermParser()
    found = {}
    for character in string.digits + string.ascii_letters + string.punctuation + " ":
        for key in parser._sequence_to_key_events(character):
            name = f"shift+{key.key.lower()}" if key.key.isupper() else key.key
            found[f"alt+{name}"] = key
    return found


_KEYS = _keys()


def teach() -> None:
    """Let Textual's parser know Esc with one more character at once, where the pair means nothing else."""
    table: dict[str, object] = ANSI_SEQUENCES_KEYS  # type: ignore[assignment]
    for name, key in _KEYS.items():
        pair = f"{ESC}{key.character}"
        of_a_mac = isinstance(table.get(pair), str)
        if pair[1:] not in _BEGIN_SEQUENCES and (pair not in table or (of_a_mac and not _ON_A_MAC)):
            table[pair] = (_AltKey(name),)


def as_pressed(event: events.Key, bound: Container[str]) -> list[events.Key]:
    """The keys that were pressed: Esc and a character, where that was read as Alt with it and nothing is bound so."""
    key = None if event.key in bound else _KEYS.get(event.key)
    return [event] if key is None else [events.Key("escape", ESC), events.Key(key.key, key.character)]
