"""The statements of a server as somebody watches them: counted again and again, over a window, and against the past."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from chatly_console.core.durations import age_words
from chatly_console.core.failure import Failure
from chatly_console.triage.counts import WINDOWS, Counts
from chatly_console.triage.kept import Source
from chatly_console.triage.regressions import Regression, regressions, usual_means
from chatly_console.triage.rights import Rights
from chatly_console.triage.service import read_statements
from chatly_console.triage.statement_texts import StatementTexts
from chatly_console.triage.statements import Counted, Key, Statement, ranked, since
from chatly_console.triage.stored_past import StoredCount, read_past, with_count, write_past

_MOST_SHOWN = 100
RECENT = 600.0
"""Seconds that count as now when statements are compared with their past."""


@dataclass(frozen=True, slots=True)
class Window:
    """From when on statements count: `seconds` ago, since the pane was `opened`, a `stored` moment, or the `reset`."""

    kind: Literal["seconds", "opened", "stored", "reset"]
    value: float = 0.0


OPENED, RESET = Window("opened"), Window("reset")


@dataclass
class StatementWatch:
    """`count` and `read_missing_texts` ask the server; all else is what they have brought."""

    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    file: Path | None = None
    """Where the past is stored, if anywhere."""
    order: str = "total"
    window: Window = OPENED
    counted: Counted | None = None
    missing: str = ""
    past: list[StoredCount] = field(default_factory=list)
    """What was stored before this console began to look."""
    slower: list[Regression] = field(default_factory=list)
    """The statements that became slower within the last ten minutes."""
    usual: Mapping[Key, float] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    _stored: list[StoredCount] | None = None
    texts: StatementTexts = field(default_factory=StatementTexts)
    _tops: dict[object, list[Statement]] = field(default_factory=dict)

    async def count(self, source: Source, rights: Rights) -> None:
        """Count; what keeps us from it is kept as a sentence."""
        try:
            self.counted = await read_statements(source, rights)
        except Failure as failure:
            self.counted, self.missing = None, failure.sentence
            return
        self.missing = rights.missing_for_statements
        self._tops.clear()
        self.counts.add(self.clock(), self.counted.statements)
        await asyncio.to_thread(self._compare)

    def _compare(self) -> None:
        """Find what has become slower, and store the count where it is time to."""
        assert self.counted is not None
        if self._stored is None:
            self._stored = read_past(self.file) if self.file is not None else []
            self.past = list(self._stored)
        began = self.counts.before(self.clock(), RECENT)
        before = began[1] if began is not None else {}
        self.usual = usual_means(before, [one.counters for one in self.past])
        window = since(before, self.texts.of_others(self.counted.statements))
        self.slower = regressions(window, self.usual)[:_MOST_SHOWN]
        kept = with_count(self._stored, self.wall(), self.counted.statements)
        if kept is not None and self.file is not None:
            self._stored = kept
            try:
                write_past(self.file, kept)
            except OSError as error:
                self.missing = f"The counts could not be stored for later: {error.strerror}. {self.missing}".strip()

    async def read_missing_texts(self, source: Source, rights: Rights) -> None:
        """Read the texts of what is on show, as far as they are not known.

        What turns out to be the console's own leaves its place to others, whose texts are read in their turn.
        """
        while await self.texts.read(
            source, rights, [*self._ranked(own=False), *(one.statement for one in self.slower[:1])]
        ):
            self._tops.clear()
            self.slower = [one for one in self.slower if one.statement.query_id not in self.texts.own]

    def _ranked(self, *, own: bool) -> list[Statement]:
        if self.counted is None:
            return []
        key = (self.order, self.window, own)
        if key not in self._tops:
            found = self.counted.statements if own else self.texts.of_others(self.counted.statements)
            chosen = since(self._baseline(), found) if self.window != RESET else list(found)
            if self.order == "slower":
                top = [one.statement for one in regressions(chosen, self.usual)[:_MOST_SHOWN]]
            else:
                top = ranked(chosen, self.order, _MOST_SHOWN)
            self._tops[key] = top
        return self._tops[key]

    def _baseline(self) -> Mapping[Key, Statement]:
        if self.window.kind == "stored":
            return next((one.counters for one in self.past if one.at == self.window.value), {})
        if self.window.kind == "seconds":
            began = self.counts.before(self.clock(), self.window.value)
            return began[1] if began is not None else {}
        return self.counts.first[1] if self.counts.first is not None else {}

    def top(self, *, own: bool = False) -> list[Statement]:
        """The statements to show, with their texts as far as they are known; the console's own only if asked for."""
        return [self.texts.with_text(one) for one in self._ranked(own=own)]

    @property
    def slower_with_texts(self) -> list[Regression]:
        """What has become slower, with what is known of its text."""
        return [replace(one, statement=self.texts.with_text(one.statement)) for one in self.slower]

    @property
    def windows(self) -> list[Window]:
        """What there is to choose from, the shortest first."""
        age = self.clock() - self.counts.first[0] if self.counts.first is not None else 0.0
        recent = [Window("seconds", seconds) for seconds in WINDOWS if seconds <= age]
        stored = [Window("stored", one.at) for one in reversed(self.past)]
        return [*recent, OPENED, *stored, RESET]

    def words(self, window: Window) -> str:
        """A window as one says it."""
        if window.kind == "reset":
            return "since the reset"
        if window.kind == "stored":
            then = datetime.fromtimestamp(window.value).astimezone()
            return f"since {then:%a %d %b %H:%M}, {age_words(self.wall() - window.value)} ago"
        began = self.counts.first if window.kind == "opened" else self.counts.before(self.clock(), window.value)
        if began is None:
            return "since opened"
        age = age_words(self.clock() - began[0])
        return f"since opened, {age}" if window.kind == "opened" else f"of the last {age}"
