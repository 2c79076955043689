"""What a text plan says beside its tree: planning, JIT, triggers, settings, serialization, times."""

import re
from collections.abc import Callable
from typing import Any

from chatly_console.explain.parsing.details import read_detail, split_list

Keys = dict[str, Any]

_TIME = re.compile(r"(Planning Time|Execution Time|Planning time|Execution time|Total runtime): ([\d.]+) ms$")
_TRIGGER = re.compile(
    r"Trigger (?:for constraint )?(.*?)(?: for constraint (.*?))?(?: on (.*?))?:(?: time=([\d.]+))? calls=(\d+)$"
)
_SETTING = re.compile(r"([a-zA-Z_.0-9]+) = '((?:[^']|'')*)'")
_MILLISECONDS = re.compile(r"([A-Z][a-z]+) ([\d.]+) ms")
_OPTION = re.compile(r"([A-Z][a-z]+) (true|false)")
_SERIALIZATION = re.compile(r"(?:time=([\d.]+) ms  )?output=(\d+)kB  format=(\w+)$")


class Summary:
    """Reads the lines that belong to no node; `reads` says whether a line was one of them."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._section: Keys | None = None
        self._indent = 0
        self._lines: dict[str, Callable[[str], None]] = {
            "Settings": self._settings,
            "Serialization": self._serialization,
            "Query Identifier": lambda value: self._keys.update({"Query Identifier": int(value)}),
            "Query Text": lambda value: self._keys.update({"Query Text": value}),
        }

    def reads(self, indent: int, text: str) -> bool:
        """Take the line in, if it is one of the summary's."""
        if self._section is not None and indent > self._indent:
            self._in_section(text)
            return True
        self._section = None
        if text in ("Planning:", "JIT:"):
            self._begin(text[:-1], indent)
            return True
        time = _TIME.match(text)
        if time:
            key = {"total runtime": "Total Runtime"}.get(time[1].lower(), time[1].title())
            self._keys[key] = float(time[2])
            return True
        key, colon, value = text.partition(": ")
        if colon and key in self._lines:
            self._lines[key](value.strip())
            if key == "Serialization":
                self._begin(key, indent)
            return True
        return self._trigger(text)

    def _begin(self, name: str, indent: int) -> None:
        self._section = self._keys.setdefault(name, {})
        self._indent = indent

    def _in_section(self, text: str) -> None:
        assert self._section is not None
        key, _, value = text.partition(": ")
        if key == "Options":
            self._section["Options"] = {name: on == "true" for name, on in _OPTION.findall(value)}
        elif key == "Timing":
            self._section["Timing"] = _jit_times(value)
        elif key == "Memory":
            for name, amount in re.findall(r"(used|allocated)=(\d+)kB", value):
                self._section[f"Memory {name.title()}"] = int(amount)
        else:
            read_detail(key, value.strip(), self._section)

    def _settings(self, value: str) -> None:
        self._keys["Settings"] = {name: text.replace("''", "'") for name, text in _SETTING.findall(value)}

    def _serialization(self, value: str) -> None:
        found = _SERIALIZATION.match(value)
        section: Keys = self._keys.setdefault("Serialization", {})
        if found is None:
            section["Notes"] = split_list(value)
            return
        if found[1]:
            section["Time"] = float(found[1])
        section |= {"Output Volume": int(found[2]), "Format": found[3]}

    def _trigger(self, text: str) -> bool:
        found = _TRIGGER.match(text)
        if found is None:
            return False
        name, constraint, relation, time, calls = found.groups()
        keys: Keys = {"Trigger Name": name, "Calls": int(calls)}
        if text.startswith("Trigger for constraint "):
            keys = {"Constraint Name": name, "Calls": int(calls)}
        if constraint:
            keys["Constraint Name"] = constraint
        if relation:
            keys["Relation"] = relation
        if time:
            keys["Time"] = float(time)
        self._keys.setdefault("Triggers", []).append(keys)
        return True


def _jit_times(value: str) -> Keys:
    times: Keys = {name: float(amount) for name, amount in _MILLISECONDS.findall(value)}
    if "Deform" in times:
        times["Generation"] = {"Deform": times.pop("Deform"), "Total": times["Generation"]}
    return times
