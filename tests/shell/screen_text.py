"""Reads what a person would read on the screen of an app under test."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

from textual.app import App
from textual.pilot import Pilot


def lines(app: App[Any]) -> list[str]:
    """The screen, line by line, as the compositor last drew it."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    return [strip.text[:width].rstrip() for strip in strips[:height]]


def text(app: App[Any]) -> str:
    return "\n".join(lines(app))


async def until(pilot: Pilot[Any], condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for something to become true; fails with what is on the screen."""
    limit = monotonic() + seconds
    while not condition():
        assert monotonic() < limit, f"not within {seconds} s; on the screen:\n{text(pilot.app)}"
        await pilot.pause(0.005)
    await pilot.pause()


async def sees(pilot: Pilot[Any], words: str) -> None:
    """Wait until these words are on the screen."""
    await until(pilot, lambda: words in text(pilot.app))


async def misses(pilot: Pilot[Any], words: str) -> None:
    """Wait until these words are gone."""
    await until(pilot, lambda: words not in text(pilot.app))
