"""The question before a run: what will happen, in words, and how hard it is to say yes."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatly_console.migrations.events import Task
from chatly_console.migrations.forecast import FileForecast, Level, about_words


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before a run. With a `word` it has to be typed; a `grave` one wants more than enter."""

    text: str
    detail: str
    grave: bool
    word: str = ""


def question(found: Sequence[FileForecast], where: str, database: str, *, production: bool) -> Question:
    """The question for these files: on production the database's name is to be typed."""
    tasks = [one.task for one in found]
    verb = "Roll back" if tasks[0].way == "down" else "Apply"
    what = tasks[0].file.label if len(tasks) == 1 else f"{len(tasks)} migrations"
    worst = max(one.level for one in found)
    lines = [f"on {where}{', PRODUCTION' if production else ''}", ""]
    lines += [f"{_sign(one.level)} {one.task.file.version} {one.task.file.name}: {one.words}" for one in found[:12]]
    if len(found) > 12:
        lines.append(f"  and {len(found) - 12} more")
    lines += ["", _time(found), _kept(tasks)]
    grave = worst is not Level.SAFE or tasks[0].way == "down"
    return Question(f"{verb} {what}?", "\n".join(lines), grave, database if production else "")


def _sign(level: Level) -> str:
    return {Level.SAFE: "✓", Level.CAREFUL: "▲", Level.DESTRUCTIVE: "✗"}[level]


def _time(found: Sequence[FileForecast]) -> str:
    blocked = max((one.blocked_seconds for one in found), default=0.0)
    total = about_words(sum(one.seconds for one in found))
    longest = f"; somebody waits for about {about_words(blocked)} at the longest" if blocked > 0.1 else ""
    return f"About {total} in all{longest}. A lock that is not to be had in time is tried again."


def _kept(tasks: Sequence[Task]) -> str:
    alone = [task for task in tasks if not task.script.in_transaction]
    if not alone:
        return "Each file is one transaction: it is kept whole, or not at all."
    names = ", ".join(task.file.name for task in alone[:3])
    return f"Outside a transaction, statement by statement: {names}. Should it be cut off, it can go on."
