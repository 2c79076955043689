"""What people write in the demo: phrases in nine languages, filled in once and then drawn from.

The phrases are data (`database/seed/phrases/*.toml`); filled in ahead, a message costs a list access.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from random import Random

from chatly_console.demo.rows import escape

_VARIANTS = 24
_GENERAL = {"greet_in", "greet_out", "short_in", "short_out", "days", "products", "names"}


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that people write about: ready sentences of contacts, of members, and of uploaded files."""

    name: str
    subjects: list[str]
    questions: list[str]
    answers: list[str]
    facts: list[list[str]]
    """For each fact its variants."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """All that is said in one language."""

    language: str
    names: list[str]
    short_in: list[str]
    short_out: list[str]
    topics: list[Topic]


def load_phrases(folder: Path, random: Random) -> dict[str, Phrases]:
    """The phrases of each language in `folder`, filled in with numbers, days and products."""
    return {
        path.stem: _phrases(path.stem, tomllib.loads(path.read_text(encoding="utf-8")), random)
        for path in sorted(folder.glob("*.toml"))
    }


def _phrases(language: str, said: dict[str, object], random: Random) -> Phrases:
    days, products = _strings(said["days"]), _strings(said["products"])

    def fill(template: str) -> list[str]:
        # A template without a slot has one variant; the others are as many as a reader will not notice.
        wanted = _VARIANTS if "{" in template else 1
        return [
            template.replace("{n}", str(random.randint(2, 60) if "{n} " in template else random.randint(1000, 9999)))
            .replace("{d}", random.choice(days))
            .replace("{p}", random.choice(products))
            for _ in range(wanted)
        ]

    def greeted(greetings: object, templates: object) -> list[str]:
        plain = [filled for template in _strings(templates) for filled in fill(template)]
        return plain + [f"{random.choice(_strings(greetings))} {text}" for text in plain]

    topics = []
    for name, topic in said.items():
        if name in _GENERAL:
            continue
        assert isinstance(topic, dict)
        topics.append(
            Topic(
                name,
                fill(str(topic["subject"])),
                greeted(said["greet_in"], topic["ask"]),
                greeted(said["greet_out"], topic["answer"]),
                [fill(fact) for fact in _strings(topic["facts"])],
            )
        )
    return Phrases(
        language, _crossed(_strings(said["names"])), _strings(said["short_in"]), _strings(said["short_out"]), topics
    )


def _strings(value: object) -> list[str]:
    """The texts of a list, ready for COPY: none of them holds what it would have to escape."""
    assert isinstance(value, list)
    return [escape(str(item)) for item in value]


def _crossed(names: list[str]) -> list[str]:
    """Every given name with every family name, where both are written apart."""
    parts = [name.partition(" ") for name in names]
    return sorted({f"{given} {family}".strip() for given, _, _ in parts for _, _, family in parts})
