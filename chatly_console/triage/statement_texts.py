"""The texts of statements, which are read only for what is on show, and which of these the console itself has sent."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from chatly_console.server.own_statements import is_ours
from chatly_console.triage.kept import Source
from chatly_console.triage.rights import Rights
from chatly_console.triage.service import read_texts
from chatly_console.triage.statements import Statement, ranked

_MOST = 2_000


@dataclass
class StatementTexts:
    """What is known of them; `read` adds to it."""

    known: dict[int, str] = field(default_factory=dict)
    own: set[int] = field(default_factory=set)
    """The ids of the console's own statements, as far as their texts have been read."""

    async def read(self, source: Source, rights: Rights, statements: Iterable[Statement]) -> bool:
        """Read those of these statements that are not known; whether there were any. Raises Failure."""
        wanted = [one.query_id for one in statements if one.query_id not in self.known]
        if not wanted:
            return False
        if len(self.known) > _MOST:
            self.known.clear()
        found = await read_texts(source, rights, wanted)
        self.known.update(dict.fromkeys(wanted, ""))
        self.known.update(found)
        self.own |= await asyncio.to_thread(lambda: {one for one, text in found.items() if is_ours(text)})
        return True

    def of_others(self, statements: Iterable[Statement]) -> Sequence[Statement]:
        """Without those that are known to be the console's own."""
        return [one for one in statements if one.query_id not in self.own]

    def with_text(self, statement: Statement) -> Statement:
        """The statement with its text, if that is known."""
        return replace(statement, query=self.known.get(statement.query_id, ""))


async def read_top(
    source: Source, rights: Rights, statements: Sequence[Statement], order: str, limit: int, *, own: bool = False
) -> list[Statement]:
    """The first in this order with their texts, the console's own only if asked for. Raises Failure."""
    texts = StatementTexts()
    while True:
        top = ranked(statements if own else texts.of_others(statements), order, limit)
        if not await texts.read(source, rights, top):
            return [texts.with_text(one) for one in top]
