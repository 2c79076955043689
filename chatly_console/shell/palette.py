"""Every command that makes sense now, named `area: Verb`: the keys of the focus chain, the panes, the themes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.binding import ActiveBinding

from chatly_console.shell.bindings import EVERYWHERE
from chatly_console.shell.choose import Choice
from chatly_console.shell.key_footer import key_name

if TYPE_CHECKING:
    from chatly_console.shell.app import ConsoleApp

Run = Callable[[], Awaitable[object] | object]


@dataclass(frozen=True, slots=True)
class Command:
    """Something to do: `area: Verb`, and the key that does it too."""

    name: str
    run: Run
    key: str = ""


_SKIPPED = {"console.commands", "console.copy"}


def commands(app: ConsoleApp) -> list[Command]:
    """The commands for this moment, the nearest first."""
    found = _bound_commands(app) + _pane_commands(app)
    if app.session is not None and app.session.is_read_only:
        found.append(Command("connection: Unlock writes…", partial(app.action_command, "unlock")))
    return [*found, Command("view: Theme…", partial(app.action_command, "theme"))]


def choices(app: ConsoleApp) -> list[Choice[Command]]:
    """The commands as entries of a list."""
    return [Choice(command.name, command, command.key) for command in commands(app)]


def _bound_commands(app: ConsoleApp) -> list[Command]:
    """The bindings with an id and a description that are enabled, once an action."""
    found: dict[str, Command] = {}
    for key, active in app.screen.active_bindings.items():
        binding = active.binding
        named = binding.id and binding.description and binding.id not in _SKIPPED
        if named and active.enabled and not binding.id.startswith("console.pane_"):  # type: ignore[union-attr]
            found.setdefault(
                f"{binding.id}{binding.action}", Command(_name(active), _runner(app, active), key_name(key))
            )
    return sorted(found.values(), key=lambda command: command.name.startswith(f"{EVERYWHERE}:"))


def _runner(app: ConsoleApp, active: ActiveBinding) -> Run:
    return partial(app.run_action, active.binding.action, active.node)


def _name(active: ActiveBinding) -> str:
    assert active.binding.id is not None
    area = active.binding.id.partition(".")[0]
    words = active.binding.description
    return f"{area}: {words[:1].upper()}{words[1:]}"


def _pane_commands(app: ConsoleApp) -> list[Command]:
    return [
        Command(f"pane: {spec.title}", partial(app.show_pane, index), str(index + 1))
        for index, spec in enumerate(app.panes.specs)
    ]
