"""Applies what the user has set: themes, the last chosen one, and his own keys; what is wrong with it is said."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from chatly_console.resources import data_folder
from chatly_console.shell.memory import recall
from chatly_console.shell.themes import DEFAULT_THEME, BadTheme, load_themes

if TYPE_CHECKING:
    from chatly_console.shell.app import ConsoleApp
    from chatly_console.shell.folders import Folders
    from chatly_console.shell.pane import PaneSpec

log = logging.getLogger(__name__)


def apply_themes(app: ConsoleApp) -> list[str]:
    """Offer the console's themes and the user's, and take the remembered one; returns what is wrong, in sentences."""
    files = load_themes([data_folder("themes"), app.folders.themes])
    for theme in files.themes:
        app.register_theme(theme)
    remembered = recall(app.folders.memory_file).get("theme", DEFAULT_THEME)
    names = {theme.name for theme in files.themes}
    app.theme = remembered if remembered in names else DEFAULT_THEME
    for name in set(app.available_themes) - names:
        app.unregister_theme(name)
    return [_skipped(bad) for bad in files.bad]


async def apply_keymap(app: ConsoleApp) -> list[str]:
    """Use the user's keys, save those that cannot be; returns what is wrong, in sentences.

    Only whoever has a keymap pays for it: all panes are imported, because their bindings must be known.
    """
    if not app.folders.config_file.exists():
        return []
    from chatly_console.shell import keymap

    wanted, problems = keymap.read_keymap(app.folders.config_file)
    if wanted:
        await asyncio.to_thread(_import_all, [*app.panes.specs, *app.result_tabs])
        bindings, names = keymap.loaded_bindings(), [spec.name for spec in app.panes.specs]
        problems += keymap.check_keymap(wanted, bindings, names)
        app.set_keymap(keymap.usable_part(wanted, bindings, names))
    return problems


def settings_problems(folders: Folders, panes: Sequence[PaneSpec], tabs: Sequence[PaneSpec]) -> list[str]:
    """What is wrong with the user's themes and keys, in sentences, without opening the console."""
    from chatly_console.shell import keymap

    files = load_themes([data_folder("themes"), folders.themes])
    wanted, problems = keymap.read_keymap(folders.config_file)
    if wanted:
        _import_all([*panes, *tabs])
        problems += keymap.check_keymap(wanted, keymap.loaded_bindings(), [spec.name for spec in panes])
    return [_skipped(bad) for bad in files.bad] + problems


def _skipped(bad: BadTheme) -> str:
    return f"Theme {bad.path} was skipped: {bad.reason}"


def _import_all(specs: Sequence[PaneSpec]) -> None:
    for spec in specs:
        try:
            importlib.import_module(spec.path.partition(":")[0])
        except Exception as error:
            log.info("%s is not there: %s", spec.path, error)
