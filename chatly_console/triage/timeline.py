"""An incident as a time line in Markdown: what was wrong from when to when, notes, and the tree at its worst."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from chatly_console.core.durations import age_words
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.text import safe_text
from chatly_console.triage.blocking import Node, blocking_tree
from chatly_console.triage.glance import glance
from chatly_console.triage.incident import MARK, Moment, looks_of
from chatly_console.triage.pulse import History
from chatly_console.triage.readings import number_of
from chatly_console.triage.report import tree_text
from chatly_console.triage.verdicts import MARKS, Verdict, causes

_TREE_LINES = 40


def timeline(moments: Sequence[Moment]) -> str:
    """The report; raises `Failure` for a record without a single look."""
    looks = looks_of(moments)
    if not looks:
        raise Failure("This record has no look at the server in it.", FailureKind.USAGE)
    first, last = looks[0].at, looks[-1].at
    lines = [
        f"# Incident on {_plain(looks[0].server)}",
        "",
        f"{first:%Y-%m-%d %H:%M:%S} to {last:%H:%M:%S} {first:%Z}, {age_words((last - first).total_seconds())}, "
        f"{number_of(len(looks), 'look')} at the server.",
        "",
        "| time | |",
        "|---|---|",
        *(f"| {at:%H:%M:%S} | {_plain(words)} |" for at, words in _events(moments)),
    ]
    worst = max(looks, key=lambda moment: sum(node.blocks for node in _roots(moment)))
    if _roots(worst):
        tree = list(tree_text(_roots(worst)))
        lines += ["", f"## Who blocked whom at {worst.at:%H:%M:%S}", "", "```", *map(_line, tree[:_TREE_LINES])]
        lines += [f"… {len(tree) - _TREE_LINES} more", "```"] if len(tree) > _TREE_LINES else ["```"]
    return "\n".join(lines) + "\n"


def _events(moments: Sequence[Moment]) -> Iterator[tuple[datetime, str]]:
    """Notes, and each trouble when it begins and when it is over."""
    history = History()
    standing: dict[str, tuple[datetime, Verdict]] = {}
    for moment in moments:
        if moment.pulse is None:
            yield moment.at, MARK if moment.note == MARK else f"note: {moment.note}"
            continue
        history.add(moment.pulse)
        judged = glance(
            moment.sessions, _roots(moment), history, moment.wraparound, temp=moment.temp, findings=moment.findings
        )
        found = {one.name: one for one in causes(judged)}
        for name in [name for name in standing if name not in found]:
            began, was = standing.pop(name)
            yield moment.at, f"✓ over after {age_words((moment.at - began).total_seconds())}: {was.name}"
        for name, verdict in found.items():
            if name not in standing or standing[name][1].level != verdict.level:
                yield moment.at, f"{MARKS[verdict.level]} {verdict.sentence}"
            standing[name] = (standing[name][0] if name in standing else moment.at, verdict)
    for began, was in standing.values():
        yield moments[-1].at, f"still standing since {began:%H:%M:%S}: {was.name}"


def _roots(moment: Moment) -> tuple[Node, ...]:
    return blocking_tree(moment.sessions, moment.prepared)


def _line(text: str) -> str:
    """A line of a code block, which no text from the server may end."""
    return safe_text(text).replace("```", "'''")


def _plain(text: str) -> str:
    """Text that cannot break the table that it stands in, nor be taken for markup."""
    escaped = safe_text(text)
    for character in "\\`*_[]<>|":
        escaped = escaped.replace(character, f"\\{character}")
    return escaped
