"""A profile as it is edited: a form's few texts in, a table of the file out, and nothing else of the table lost."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from chatly_console.core.dsn import Surroundings, parse_dsn
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.secret import Secret
from chatly_console.server.profile_entry import ADDRESS_KEYS, EntryError, entry_of_target, profile_of_entry
from chatly_console.server.profile_file import Value, read_entry, remove_profile, write_profile

_PLAIN = re.compile(r"[^\s'\\]+")


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form shows. Empty texts and None leave the matter to the profile's defaults."""

    name: str = ""
    connection: str = ""
    environment: str = ""
    read_only: bool | None = None
    colour: str = ""
    ssh: str = ""
    pool_size: str = ""


def draft_of(name: str, entry: Mapping[str, Value]) -> Draft:
    """The form for a table of the file."""
    read_only = entry.get("read_only")
    return Draft(
        name,
        str(entry.get("dsn", "")) or _keywords(entry),
        str(entry.get("environment", "")),
        read_only if isinstance(read_only, bool) else None,
        str(entry.get("colour", "") or entry.get("color", "")),
        str(entry.get("ssh", "")),
        str(entry.get("pool_size", "")),
    )


def entry_of(draft: Draft, before: Mapping[str, Value], around: Surroundings) -> tuple[dict[str, Value], Secret | None]:
    """The table for a form, and the password that its connection string held; raises Failure where it will not do."""
    name = draft.name.strip()
    if not name or not name.isprintable():
        raise Failure("The profile needs a name of printable text.", FailureKind.USAGE)
    # What this shell happens to hold does not belong in a profile.
    target = parse_dsn(draft.connection, replace(around, environ={}))
    if draft.connection.strip() == draft_of(name, before).connection:
        address = {key: value for key, value in before.items() if key in (*ADDRESS_KEYS, "dsn", "pooler")}
    else:
        address = dict(entry_of_target(target))
    chosen: dict[str, Value] = {
        "environment": draft.environment,
        "colour": draft.colour.strip(),
        "ssh": draft.ssh.strip(),
        "pool_size": _number(draft.pool_size),
        "read_only": "" if draft.read_only is None else draft.read_only,
    }
    edited = {*ADDRESS_KEYS, *chosen, "dsn", "pooler", "color"}
    others = {key: value for key, value in before.items() if key not in edited}
    entry = address | {key: value for key, value in chosen.items() if value != ""} | others
    try:
        profile_of_entry(name, entry, replace(around, environ={}))
    except EntryError as error:
        raise Failure(str(error), FailureKind.USAGE) from None
    return entry, target.password


def save_draft(path: Path, draft: Draft, old_name: str, around: Surroundings) -> Secret | None:
    """Write the profile, in the place of `old_name` if that is not empty; returns the password that was typed."""
    name = draft.name.strip()
    taken = read_entry(path, name)
    if taken and name != old_name:
        raise Failure(f"There is a profile “{name}” already.", FailureKind.USAGE)
    entry, password = entry_of(draft, read_entry(path, old_name) if old_name else {}, around)
    write_profile(path, name, entry)
    if old_name and old_name != name:
        remove_profile(path, old_name)
    return password


def _number(text: str) -> Value:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() else text


def _keywords(entry: Mapping[str, Value]) -> str:
    """The address of a table as one `name=value` string."""
    words = []
    for key in ADDRESS_KEYS:
        value = str(entry.get(key, ""))
        if value:
            quoted = value if _PLAIN.fullmatch(value) else "'" + re.sub(r"([\\'])", r"\\\1", value) + "'"
            words.append(f"{'dbname' if key == 'database' else key}={quoted}")
    return " ".join(words)
