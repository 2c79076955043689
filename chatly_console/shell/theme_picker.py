"""Chooses a theme by looking at it: each one is on the whole screen while it is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.memory import remember

if TYPE_CHECKING:
    from chatly_console.shell.app import ConsoleApp


async def pick_theme(app: ConsoleApp) -> None:
    """Ask, and go back to the theme before where none was chosen. Call it in a worker."""
    before = app.theme
    themes = sorted(app.available_themes.values(), key=lambda theme: (not theme.dark, theme.name))
    choices = [Choice(theme.name, theme.name, "dark" if theme.dark else "light") for theme in themes]
    marked = next((index for index, choice in enumerate(choices) if choice.value == before), 0)

    def preview(name: str) -> None:
        app.theme = name

    chosen = await app.push_screen_wait(Choose("Theme", choices, on_marked=preview, marked=marked))
    app.theme = chosen or before
    if chosen is not None:
        remember(app.folders.memory_file, "theme", chosen)
        app.note(f"Theme {chosen}", "done")
