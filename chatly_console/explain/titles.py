"""The first line of a node in a text plan, read into the keys of FORMAT JSON, and written from them."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_NAME = r'(?:"(?:[^"]|"")*"|[^\s".]+)'
_ON = re.compile(rf"(?P<first>{_NAME})(?:\.(?P<second>{_NAME}))?(?:\s+(?P<alias>{_NAME}))?\s*$")
_INDEX = re.compile(
    rf"(?P<kind>(?:Parallel )?Index (?:Only )?Scan)(?P<back> Backward)? using (?P<index>{_NAME})(?: on )?"
)
_JOIN = re.compile(r"(Nested Loop|Merge|Hash)(?: (Left|Full|Right Semi|Right Anti|Right|Semi|Anti))?( Join)?$")
_AGGREGATES = {"Aggregate": "Plain", "GroupAggregate": "Sorted", "HashAggregate": "Hashed", "MixedAggregate": "Mixed"}
_AGGREGATE_NAMES = {strategy: name for name, strategy in _AGGREGATES.items()}
_WRITES = ("Insert", "Update", "Delete", "Merge")
_CUSTOM = re.compile(r"Custom Scan \((?P<provider>.*?)\)(?: on |$)")
_ON_KEYS = {
    "CTE Scan": "CTE Name",
    "WorkTable Scan": "CTE Name",
    "Function Scan": "Function Name",
    "Table Function Scan": "Table Function Name",
    "Named Tuplestore Scan": "Tuplestore Name",
}
_ALIAS_ONLY = ("Subquery Scan", "Values Scan", "Result")


@lru_cache(maxsize=8192)
def _read(title: str) -> tuple[tuple[str, object], ...]:
    keys: dict[str, object] = {}
    for prefix, key in (("Async ", "Async Capable"), ("Parallel ", "Parallel Aware")):
        if title.startswith(prefix):
            keys[key] = True
            title = title[len(prefix) :]
    index = _INDEX.match(title)
    custom = _CUSTOM.match(title)
    if index:
        keys |= {"Node Type": index["kind"], "Scan Direction": "Backward" if index["back"] else "Forward"}
        keys["Index Name"] = unquoted(index["index"])
        on = title[index.end() :]
    elif custom:
        keys |= {"Node Type": "Custom Scan", "Custom Plan Provider": custom["provider"]}
        on = title[custom.end() :]
    else:
        kind, _, on = title.partition(" on ")
        keys |= _kind_keys(kind.strip())
    if on:
        keys |= _target_keys(str(keys["Node Type"]), on)
    return tuple(keys.items())


def read_title(title: str) -> dict[str, Any]:
    """The keys that FORMAT JSON gives for `Hash Left Join`, `Index Scan using a_pkey on public.a x`, and so on."""
    return dict(_read(title))


def _kind_keys(kind: str) -> dict[str, object]:
    join = _JOIN.match(kind)
    if join and (join[3] or (join[1] == "Nested Loop" and not join[2])):
        name = join[1] if join[1] == "Nested Loop" else f"{join[1]} Join"
        return {"Node Type": name, "Join Type": join[2] or "Inner"}
    for mode in ("Partial", "Finalize"):
        if kind.startswith(f"{mode} ") and kind[len(mode) + 1 :] in _AGGREGATES:
            strategy = _AGGREGATES[kind[len(mode) + 1 :]]
            return {"Node Type": "Aggregate", "Strategy": strategy, "Partial Mode": mode}
    if kind in _AGGREGATES:
        return {"Node Type": "Aggregate", "Strategy": _AGGREGATES[kind], "Partial Mode": "Simple"}
    if kind in _WRITES:
        return {"Node Type": "ModifyTable", "Operation": kind}
    if kind.startswith("Foreign ") and kind[8:] in _WRITES:
        return {"Node Type": "Foreign Scan", "Operation": kind[8:]}
    for name, strategy in (("HashSetOp", "Hashed"), ("SetOp", "Sorted")):
        if kind == name or kind.startswith(f"{name} "):
            return {"Node Type": "SetOp", "Strategy": strategy, "Command": kind[len(name) + 1 :]}
    if kind == "Foreign Scan":
        return {"Node Type": kind, "Operation": "Select"}
    return {"Node Type": kind}


def _target_keys(kind: str, on: str) -> dict[str, object]:
    found = _ON.match(on)
    if not found:
        return {"Alias": on}
    first, second, alias = (unquoted(part) if part else "" for part in found.group("first", "second", "alias"))
    if kind == "Bitmap Index Scan":
        return {"Index Name": second or first}
    if kind in _ALIAS_ONLY and not second:
        return {"Alias": alias or first}
    keys: dict[str, object] = {_ON_KEYS.get(kind, "Relation Name"): second or first}
    if second:
        keys["Schema"] = first
    keys["Alias"] = alias or second or first
    return keys


def unquoted(name: str) -> str:
    """An identifier without its quotes."""
    return name[1:-1].replace('""', '"') if len(name) > 1 and name[0] == name[-1] == '"' else name


def method_of(raw: Mapping[str, Any]) -> str:
    """The method in the words of a text plan, without its target: `Parallel Hash Left Join`."""
    kind = str(raw.get("Node Type", "?"))
    if kind == "Aggregate":
        mode = str(raw.get("Partial Mode", "Simple"))
        name = _AGGREGATE_NAMES.get(str(raw.get("Strategy", "Plain")), kind)
        words = name if mode == "Simple" else f"{mode} {name}"
    elif kind in ("Nested Loop", "Merge Join", "Hash Join"):
        words = _join_words(kind, str(raw.get("Join Type", "Inner")))
    elif kind == "ModifyTable":
        words = str(raw.get("Operation", kind))
    elif kind == "Foreign Scan" and raw.get("Operation") in _WRITES:
        words = f"Foreign {raw['Operation']}"
    elif kind == "SetOp":
        words = f"{'HashSetOp' if raw.get('Strategy') == 'Hashed' else kind} {raw.get('Command', '')}".rstrip()
    elif kind == "Custom Scan":
        words = f"{kind} ({raw.get('Custom Plan Provider', '')})"
    else:
        words = kind + (" Backward" if raw.get("Scan Direction") == "Backward" and "Index" in kind else "")
    parallel = "Parallel " if raw.get("Parallel Aware") is True else ""
    return ("Async " if raw.get("Async Capable") is True else "") + parallel + words


def _join_words(kind: str, join: str) -> str:
    if join == "Inner":
        return kind
    return f"Nested Loop {join} Join" if kind == "Nested Loop" else f"{kind.removesuffix(' Join')} {join} Join"


def target_of(raw: Mapping[str, Any]) -> str:
    """What it works on: `messages m`, `messages using messages_sent_at`; names as they are, without quotes."""
    kind = str(raw.get("Node Type", ""))
    index = str(raw.get("Index Name", ""))
    if kind == "Bitmap Index Scan":
        return index
    name = str(raw.get("Relation Name") or raw.get(_ON_KEYS.get(kind, ""), "") or "")
    alias = str(raw.get("Alias", ""))
    words = name if not alias or alias == name else f"{name} {alias}".strip()
    schema = str(raw.get("Schema", ""))
    if schema and name and schema != "public":
        words = f"{schema}.{words}"
    return f"{words} using {index}" if index else words


def text_title(raw: Mapping[str, Any]) -> str:
    """The first line of the node as a text plan has it, with names quoted where they must be."""
    kind = str(raw.get("Node Type", ""))
    method = method_of(raw)
    index = str(raw.get("Index Name", ""))
    if kind == "Bitmap Index Scan":
        return f"{method} on {quoted(index)}"
    words = f"{method} using {quoted(index)}" if index else method
    name, alias = str(raw.get("Relation Name") or raw.get(_ON_KEYS.get(kind, ""), "")), str(raw.get("Alias", ""))
    if not name:
        return f"{words} on {quoted(alias)}" if alias else words
    schema = f"{quoted(str(raw['Schema']))}." if raw.get("Schema") else ""
    named = f"{words} on {schema}{quoted(name)}"
    return f"{named} {quoted(alias)}" if alias and alias != name else named


def quoted(name: str) -> str:
    """A name as an identifier, quoted where it must be."""
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else '"' + name.replace('"', '""') + '"'
