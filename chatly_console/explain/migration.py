"""A proposed change as a migration: under a name of its own, so that it can be undone."""

import re
from dataclasses import dataclass

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.explain.advice import Finding

LONGEST_NAME = 63
"""Bytes of an identifier; the server cuts what is longer."""
_INDEX = re.compile(
    r'create index concurrently on (?P<table>(?:"(?:[^"]|"")+"|\w+)(?:\.(?:"(?:[^"]|"")+"|\w+))?)'
    r"(?: using (?P<method>\w+))? \((?P<columns>.*?)\);"
)
_STATISTICS = re.compile(r"create statistics (?P<kinds>\([^)]*\) )?on (?P<columns>.*?) from (?P<table>\S+?);")


@dataclass(frozen=True, slots=True)
class Change:
    """A migration: its description in words, the SQL that makes the change, and the SQL that undoes it."""

    name: str
    up: str
    down: str


def migration_of(finding: Finding) -> Change:
    """The change that a finding proposes; raises `Failure` where it proposes none that can be kept in a migration."""
    indexes, statistics = [_index(found) for found in _INDEX.finditer(finding.sql)], _STATISTICS.search(finding.sql)
    if indexes:
        names, ups, downs = zip(*indexes, strict=True)
        return Change(f"add {' and '.join(names)}", "\n".join(ups), "\n".join(reversed(downs)))
    if statistics:
        name = _name(statistics["table"], statistics["columns"], "stats")
        up = (
            f"create statistics if not exists {name} {statistics['kinds'] or ''}on {statistics['columns']}"
            f" from {statistics['table']};\nanalyze {statistics['table']};"
        )
        return Change(f"add {name}", up, f"drop statistics if exists {name};")
    raise Failure(
        "This advice is no change of the schema, so there is nothing to write down.",
        FailureKind.USAGE,
        hint="Indexes and statistics can become migrations.",
    )


def _index(found: re.Match[str]) -> tuple[str, str, str]:
    """The name of an index, and the statements that make it and remove it."""
    name = _name(found["table"], found["columns"], "idx")
    using = f" using {found['method']}" if found["method"] else ""
    up = f"create index concurrently if not exists {name} on {found['table']}{using} ({found['columns']});"
    return name, up, f"drop index concurrently if exists {_schema(found['table'])}{name};"


def _name(table: str, columns: str, ending: str) -> str:
    plain = re.sub(r" \w+_ops\b", "", columns)
    words = "_".join(re.findall(r"\w+", f"{table.rpartition('.')[2]} {plain}")).lower()
    return f"{words[: LONGEST_NAME - len(ending) - 1]}_{ending}"


def _schema(table: str) -> str:
    schema, dot, _ = table.rpartition(".")
    return f"{schema}{dot}"
