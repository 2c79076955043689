"""The lines below a node of a text plan, read into the keys that FORMAT JSON gives for them."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from chatly_console.explain.titles import unquoted

Keys = dict[str, Any]

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?$")
_PAIR = re.compile(r"([a-z][a-z ]*?)=(-?[\d.]+)")
_AMOUNT = re.compile(r"([A-Z][A-Za-z -]*?): (\S+)")
_LISTS = {"Output", "Sort Key", "Presorted Key", "Conflict Arbiter Indexes", "Params Evaluated",
          "Remote Output"}  # fmt: skip
_TEXTS = {"Filter", "Join Filter", "One-Time Filter", "Index Cond", "Hash Cond", "Merge Cond", "Recheck Cond",
          "Order By", "Cache Key", "Cache Mode", "Function Call", "Run Condition", "TID Cond", "Remote SQL",
          "Window", "Conflict Filter", "Conflict Resolution", "Relations",
          "Repeatable Seed"}  # fmt: skip
_BOOLEANS = {"true": True, "false": False}


@lru_cache(maxsize=4096)
def number(text: str) -> float | int:
    """A number as JSON has it: whole where it is written whole."""
    return float(text) if "." in text else int(text)


def read_detail(key: str, value: str, keys: Keys) -> None:
    """Put the line `key: value` into the keys of its node; what is not known is kept as it is."""
    known = _KNOWN.get(key)
    if known is not None:
        known(value, keys)
    elif key in _TEXTS:
        keys[key] = value
    elif key in _LISTS:
        keys.setdefault(key, []).extend(split_list(value))
    elif _NUMBER.match(value):
        keys[key] = number(value)
    else:
        keys[key] = _BOOLEANS.get(value, value)


def split_list(text: str) -> list[str]:
    """Split at the commas that are outside of brackets and quotes."""
    if not any(mark in text for mark in "('\"[{"):
        return text.split(", ")
    parts, depth, quote, start = [], 0, "", 0
    for at, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and depth == 0 and text.startswith(", ", at):
            parts.append(text[start:at])
            start = at + 2
    return [*parts, text[start:]]


def _buffers(value: str, keys: Keys) -> None:
    for area, amounts in _areas(value):
        for name in ("hit", "read", "dirtied", "written"):
            key = f"{area.title()} {name.title()} Blocks"
            if name in amounts:
                keys[key] = int(amounts[name])
            elif area != "temp" or name in ("read", "written"):
                keys.setdefault(key, 0)


def _io_timings(value: str, keys: Keys) -> None:
    for area, amounts in _areas(value):
        prefix = f"{area.title()} " if area not in ("", "shared/local") else ""
        for name, amount in amounts.items():
            keys[f"{prefix}I/O {name.title()} Time"] = amount


def _areas(value: str) -> list[tuple[str, dict[str, float]]]:
    """`shared hit=1 read=2, temp read=3` as areas and amounts; an area without a name is ''."""
    found = []
    for part in value.split(", "):
        area = part.split(" ", 1)[0] if "=" not in part.split(" ", 1)[0] else ""
        amounts = {name.strip(): float(amount) for name, amount in _PAIR.findall(part.removeprefix(area))}
        found.append((area, amounts))
    return found


def _wal(value: str, keys: Keys) -> None:
    names = {"records": "WAL Records", "fpi": "WAL FPI", "bytes": "WAL Bytes", "buffers full": "WAL Buffers Full"}
    for name, amount in _PAIR.findall(value):
        keys[names.get(name.strip(), f"WAL {name.strip()}")] = int(amount)


def _sort(value: str, keys: Keys) -> None:
    method, _, space = value.partition("  ")
    keys["Sort Method"] = method
    kind, _, used = space.strip().partition(": ")
    if used:
        keys |= {"Sort Space Used": _kilobytes(used), "Sort Space Type": kind}


def _kilobytes(text: str) -> int | str:
    found = re.match(r"(\d+)\s*kB", text)
    return int(found[1]) if found else text


def _amounts(names: dict[str, str]) -> Callable[[str, str], Keys]:
    def read(key: str, value: str) -> Keys:
        found = {}
        for name, amount in _AMOUNT.findall(f"{key}: {value}"):
            kilobytes = amount.removesuffix("kB")
            found[names.get(name.strip(), name.strip())] = number(kilobytes) if _NUMBER.match(kilobytes) else amount
        return found

    return read


_HASH = _amounts({"Buckets": "Hash Buckets", "Batches": "Hash Batches", "Memory Usage": "Peak Memory Usage"})
_AGGREGATE = _amounts({"Batches": "HashAgg Batches", "Memory Usage": "Peak Memory Usage"})
_MEMOIZE = _amounts({"Hits": "Cache Hits", "Misses": "Cache Misses", "Evictions": "Cache Evictions",
                     "Overflows": "Cache Overflows", "Memory Usage": "Peak Memory Usage"})  # fmt: skip
_ORIGINALLY = re.compile(r" \(originally (\d+)\)")


def _buckets(value: str, keys: Keys) -> None:
    originals = _ORIGINALLY.findall(value)
    plain = _ORIGINALLY.sub("", value)
    keys |= _HASH("Buckets", plain)
    buckets = re.match(r"\d+ \(originally (\d+)\)", value)
    keys["Original Hash Buckets"] = int(buckets[1]) if buckets else keys["Hash Buckets"]
    batches = len(originals) > (1 if buckets else 0)
    keys["Original Hash Batches"] = int(originals[-1]) if batches else keys.get("Hash Batches", 1)


def _tuples(value: str, keys: Keys) -> None:
    names = {"inserted": "Tuples Inserted", "updated": "Tuples Updated", "deleted": "Tuples Deleted",
             "skipped": "Tuples Skipped"}  # fmt: skip
    for name, amount in _PAIR.findall(value):
        keys[names.get(name.strip(), name.strip())] = int(amount)


def _heap_blocks(value: str, keys: Keys) -> None:
    for name, amount in _PAIR.findall(value):
        keys[f"{name.strip().title()} Heap Blocks"] = int(amount)


def _groups(kind: str) -> Callable[[str, Keys], None]:
    def read(value: str, keys: Keys) -> None:
        """`3  Sort Method: quicksort  Average Memory: 25kB  Peak Memory: 25kB`."""
        section: Keys = {"Group Count": int(value.split(" ", 1)[0])}
        methods = re.search(r"Sort Methods?: (.*?)(?:  |$)", value)
        section["Sort Methods Used"] = methods[1].split(", ") if methods else []
        for area in ("Memory", "Disk"):
            found = re.search(rf"Average {area}: (\d+)kB  Peak {area}: (\d+)kB", value)
            if found:
                section[f"Sort Space {area}"] = {
                    "Average Sort Space Used": int(found[1]),
                    "Peak Sort Space Used": int(found[2]),
                }
        keys[f"{kind} Groups"] = section

    return read


def _storage(value: str, keys: Keys) -> None:
    kind, _, most = value.partition("  Maximum Storage: ")
    keys["Storage"] = kind
    if most:
        keys["Maximum Storage"] = _kilobytes(most)


def _hash_key(value: str, keys: Keys) -> None:
    keys.setdefault("Grouping Sets", []).append({"Hash Keys": [split_list(value)]})


def _group_key(value: str, keys: Keys) -> None:
    """One of several, or `()`, is a grouping set."""
    columns = [] if value == "()" else split_list(value)
    if "Grouping Sets" not in keys and "Group Key" not in keys and columns:
        keys["Group Key"] = columns
        return
    sets = keys.setdefault("Grouping Sets", [])
    if "Group Key" in keys:
        sets.append({"Group Keys": [keys.pop("Group Key")]})
    sets.append({"Group Keys": [columns]})


def _sampling(value: str, keys: Keys) -> None:
    method, _, rest = value.partition(" (")
    found = re.match(r"(.*)\)(?: REPEATABLE \((.*)\))?$", rest)
    keys["Sampling Method"] = method
    if found:
        keys["Sampling Parameters"] = split_list(found[1])
        if found[2]:
            keys["Repeatable Seed"] = found[2]


def _index_names(value: str, keys: Keys) -> None:
    keys["Conflict Arbiter Indexes"] = [unquoted(name) for name in split_list(value)]


_KNOWN: dict[str, Callable[[str, Keys], None]] = {
    "Buffers": _buffers,
    "I/O Timings": _io_timings,
    "WAL": _wal,
    "Sort Method": _sort,
    "Buckets": _buckets,
    "Batches": lambda value, keys: keys.update(_AGGREGATE("Batches", value)),
    "Planned Partitions": lambda value, keys: keys.update(_AGGREGATE("Planned Partitions", value)),
    "Hits": lambda value, keys: keys.update(_MEMOIZE("Hits", value)),
    "Tuples": _tuples,
    "Heap Blocks": _heap_blocks,
    "Full-sort Groups": _groups("Full-sort"),
    "Pre-sorted Groups": _groups("Pre-sorted"),
    "Storage": _storage,
    "Hash Key": _hash_key,
    "Group Key": _group_key,
    "Sampling": _sampling,
    "Conflict Arbiter Indexes": _index_names,
}
