"""Whoever runs a statement of ours: a dedicated connection, or the pool."""

from typing import Protocol

from chatly_console.core.values import Record


class Asks(Protocol):
    """What reading and writing the history needs of a connection."""

    async def records(self, sql: str, *arguments: object) -> list[Record]:
        """Run it and return its rows."""
