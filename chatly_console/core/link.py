"""Whether the server answers: the state that the identity bar shows and every pane hears of."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum


class LinkState(Enum):
    """What is known of the server, from a live check and never from memory."""

    CONNECTED = "connected"
    LOST = "lost"
    """Refused, reset, stopped: it is asked again every second."""
    STALLED = "not answering"
    """The connection stands and nothing comes back."""


@dataclass(frozen=True, slots=True)
class Link:
    """The state of the way to the server since `since`, with a sentence where it is not well."""

    state: LinkState = LinkState.CONNECTED
    sentence: str = ""
    since: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def is_up(self) -> bool:
        """Whether statements can be sent."""
        return self.state is LinkState.CONNECTED
