"""The user's own keys: `[keymap]` in config.toml, checked, because Textual takes nonsense and thefts in silence."""

from __future__ import annotations

import difflib
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys

from chatly_console.shell.bindings import EVERYWHERE

_MODIFIERS = {"ctrl", "shift", "alt", "meta", "super", "hyper"}
_NAMED = {key.value for key in Keys} | {f"f{n}" for n in range(1, 25)}
_SAME_BYTE = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+left_square_bracket": "escape", "ctrl+[": "escape"}


def read_keymap(config_file: Path) -> tuple[dict[str, str], list[str]]:
    """The table `[keymap]` and what is wrong with the file, in sentences; a missing file is an empty table."""
    try:
        table = tomllib.loads(config_file.read_text(encoding="utf-8")).get("keymap", {})
    except FileNotFoundError:
        return {}, []
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return {}, [f"{config_file} cannot be read: {error}"]
    if not isinstance(table, dict):
        return {}, ["keymap in config.toml must be a table: [keymap]"]
    bad = [f'keymap: {name} must be text, such as "ctrl+r"' for name, key in table.items() if not isinstance(key, str)]
    return {name: key for name, key in table.items() if isinstance(key, str)}, bad


def loaded_bindings() -> list[Binding]:
    """Every binding with an id of the console's classes that are imported by now, once for each of its keys."""
    found: dict[tuple[str, str], Binding] = {}
    for owner in _subclasses(DOMNode):
        declared = owner.__dict__.get("BINDINGS", ())
        if owner.__module__.startswith("chatly_console."):
            for binding in Binding.make_bindings(declared):
                if binding.id is not None:
                    found[binding.id, binding.key] = binding
    return list(found.values())


def _subclasses(owner: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for subclass in owner.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


def check_keymap(keymap: Mapping[str, str], bindings: Iterable[Binding], panes: Iterable[str] = ()) -> list[str]:
    """What is wrong with a keymap, in sentences: unknown ids, keys that are none, keys that another binding has.

    `panes` are the areas of which only one is on the way from the focus to the screen at any time.
    """
    return [problem for problems in _problems(keymap, bindings, panes).values() for problem in problems]


def usable_part(keymap: Mapping[str, str], bindings: Iterable[Binding], panes: Iterable[str] = ()) -> dict[str, str]:
    """The entries of a keymap that nothing is wrong with."""
    problems = _problems(keymap, bindings, panes)
    return {name: _canonical(key) for name, key in keymap.items() if not problems[name]}


def _problems(keymap: Mapping[str, str], bindings: Iterable[Binding], panes: Iterable[str]) -> dict[str, list[str]]:
    known = [binding for binding in bindings if binding.id is not None]
    rooms = set(panes)
    held: dict[str, set[str]] = {}
    for binding in known:
        assert binding.id is not None
        mapped = keymap.get(binding.id)
        keys = _canonical(mapped).split(",") if mapped is not None else [binding.key]
        held.setdefault(binding.id, set()).update(keys)
    result: dict[str, list[str]] = {}
    for name, text in keymap.items():
        if name not in held:
            result[name] = [f"keymap: there is no “{name}”{_nearest(name, held)}"]
            continue
        result[name] = [problem for key in text.split(",") if (problem := bad_key(key.strip()))]
        result[name] = [f"keymap: {name} = “{text}”: {problem}" for problem in result[name]]
        if not result[name]:
            result[name] = [
                f"keymap: {name} = “{key}”: the key already belongs to {other}"
                for other, keys in held.items()
                for key in sorted(keys & set(_canonical(text).split(",")))
                if other != name and can_meet(name, other, rooms)
            ]
    return result


def can_meet(one: str, other: str, panes: set[str]) -> bool:
    """Whether both bindings can be on one way from the focus to the screen, going by the areas in their ids."""
    a, b = one.partition(".")[0], other.partition(".")[0]
    return a == b or EVERYWHERE in (a, b) or ((a in panes) != (b in panes))


def bad_key(key: str) -> str:
    """Why this is no key that a terminal can send, or empty."""
    *modifiers, last = [key] if key in ("+", "") else key.split("+")
    if wrong := [word for word in modifiers if word not in _MODIFIERS]:
        return f"“{wrong[0]}” is no modifier (ctrl, alt, shift)"
    if key.lower() in _SAME_BYTE:
        return f"terminals send it as {_SAME_BYTE[key.lower()]}"
    if len(last) == 1:
        upper = modifiers and last.isupper()
        return f"write {'+'.join([*modifiers, 'shift', last.lower()])}" if upper else ""
    if last in _NAMED or _is_character_name(last):
        return ""
    return f"“{key}” is no key"


def _is_character_name(name: str) -> bool:
    """Whether this is Textual's name of a character, such as `question_mark` or `upper_a`."""
    if name.startswith("upper_") and len(name) == 7:
        return True
    for words in (name, f"{name} sign", f"hyphen {name}", f"full {name}"):
        try:
            unicodedata.lookup(words.replace("_", " "))
        except KeyError:
            continue
        return True
    return name in ("slash", "backslash", "minus", "underscore", "plus", "less_than_sign")


def _canonical(text: str) -> str:
    """The keys with Textual's names for characters, as bindings have them."""
    return ",".join(binding.key for binding in Binding.make_bindings([Binding(text, "")])) if text.strip(" ,") else text


def _nearest(name: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {near[0]}?" if near else ""
