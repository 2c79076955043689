"""Tells Alt with a character from Esc followed by one, which a terminal sends as the same two bytes.

Textual waits for a pause of a tenth of a second before it decides, and writes `^x` for what came without one; on digits
it puts the characters of a Mac's keyboard. Here the pair is Alt with the character where something is bound to that,
else the two keys.

With vi keys, Esc and a letter follow each other faster than a tenth of a second, and half of the letters are bound with
Alt: Esc and `c` would commit, Esc and `w` close the buffer. But a terminal writes both bytes of Alt at once, so that
they arrive in one piece, while no finger is as quick as that: an Esc that came alone, a moment before, was Esc. So the
console's keys with Alt need not be given up where one types. What stays in doubt is only what the way here has put into
one piece, as a slow line may; that is Alt, as it is for any program.
"""

from __future__ import annotations

import string
import sys
import time
from collections.abc import Container, Iterable
from typing import NamedTuple

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.message import Message

ESC = "\x1b"
_BEGIN_SEQUENCES = "[]NOPX^_\\"
"""What after Esc begin a sequence of the terminal itself (ECMA-48, C1 in 7 bits)."""
_AT_ONCE = 0.01
"""Seconds from an Esc that came alone within which what follows may still be part of it: one piece cut in two."""
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


class KeyParser(XTermParser):
    """Reads what the terminal sends; an Esc that came alone is that key, as soon as another one is pressed."""

    _escaped_at: float | None = None
    """When an Esc came of which it is not known yet what it is."""

    def feed(self, data: str) -> Iterable[Message]:
        """What this piece of input means."""
        now = time.monotonic()
        escaped_at = self._escaped_at if self._timeout_time is not None else None
        if escaped_at is not None and now - escaped_at > _AT_ONCE and _is_a_key(data):
            self._timeout_time = 0.0
            yield from self.tick()
        self._escaped_at = now if data.endswith(ESC) else None
        yield from super().feed(data)


def _is_a_key(data: str) -> bool:
    """Whether this is no rest of a sequence that was cut behind its Esc."""
    return data[:1] not in ("", "[") and (len(data) == 1 or data[0] not in _BEGIN_SEQUENCES)


def teach() -> None:
    """Let Textual know Esc with one more character at once, where the pair means nothing else, and Esc alone."""
    if sys.platform != "win32":
        from textual.drivers import linux_driver

        vars(linux_driver)["XTermParser"] = KeyParser
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
