"""Keeps the console alive when a widget's code raises: Textual would end the program, and with it the user's work."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual import events
from textual.message import Message
from textual.message_pump import MessagePump

from chatly_console.core.failure import Failure, FailureKind

log = logging.getLogger(__name__)

TOO_MANY = 20
WITHIN = 5.0
"""An error that comes this often (count, seconds) is no accident of one key press: then it is better to end."""


class Survivors:
    """Counts unexpected errors, and says when there were too many to go on."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._times: deque[float] = deque(maxlen=TOO_MANY)

    def can_go_on(self) -> bool:
        """Count one more error."""
        self._times.append(self._clock())
        return len(self._times) < TOO_MANY or self._times[-1] - self._times[0] > WITHIN


def unexpected(error: BaseException, sentence: str, log_file: Path) -> Failure:
    """Log an error that nobody foresaw; returns what is to be said of it."""
    log.error(sentence, exc_info=error)
    hint = f"What happened is in the log: {log_file}"
    return Failure(sentence, FailureKind.USAGE, detail=f"{type(error).__name__}: {error}", hint=hint)


_original: Any = MessagePump._dispatch_message


async def _dispatch(pump: MessagePump, message: Message) -> None:
    """As Textual's own, save that an error of a handler leaves the widget alive where the app wants that.

    Compose and mount are left alone: a widget that could not be built has nothing to keep.
    """
    try:
        await _original(pump, message)
    except Exception as error:
        survive = getattr(pump.app, "survive", None)
        if survive is None or isinstance(message, (events.Compose, events.Mount)) or not survive(error):
            raise


def keep_widgets_alive() -> None:
    """Install this for every app in the process that has a method `survive`."""
    MessagePump._dispatch_message = _dispatch  # type: ignore[method-assign, assignment]
