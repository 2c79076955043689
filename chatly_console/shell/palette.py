"""Every command that makes sense now, named `area: Verb`: the keys of the focus chain, the panes, the themes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.binding import ActiveBinding, Binding

from chatly_console.shell.bindings import EVERYWHERE
from chatly_console.shell.choose import Choice
from chatly_console.shell.key_footer import key_name
from chatly_console.shell.pane import Pane

if TYPE_CHECKING:
    from chatly_console.shell.app import ConsoleApp

Run = Callable[[], Awaitable[object] | object]


@dataclass(frozen=True, slots=True)
class Command:
    """Something to do: `area: Verb`, what that means, and the key that does it too."""

    name: str
    run: Run
    key: str = ""
    about: str = ""


_SKIPPED = {"console.commands", "console.copy"}


def commands(app: ConsoleApp) -> list[Command]:
    """The commands for this moment: what the pane does, then what its regions do, then what works everywhere."""
    found = _bound_commands(app) + _pane_commands(app)
    if app.session is not None and app.session.is_read_only:
        found.append(Command("connection: Unlock writes…", partial(app.action_command, "unlock")))
    return [*found, Command("view: Theme…", partial(app.action_command, "theme"))]


def choices(app: ConsoleApp) -> list[Choice[Command]]:
    """The commands as entries of a list."""
    return [Choice(command.name, command, command.key, command.about) for command in commands(app)]


def _bound_commands(app: ConsoleApp) -> list[Command]:
    """The bindings with an id and a description that are enabled, once a meaning."""
    found: dict[str, Command] = {}
    for key, active in sorted(app.screen.active_bindings.items(), key=lambda entry: _distance(entry[1])):
        binding = active.binding
        named = binding.id and binding.description and binding.id not in _SKIPPED
        if named and active.enabled and not binding.id.startswith("console.pane_"):  # type: ignore[union-attr]
            found.setdefault(
                binding.tooltip or f"{binding.id}{binding.action}",
                Command(_name(active), _runner(app, active), key_name(key), _unsaid(binding)),
            )
    return list(found.values())


def _distance(active: ActiveBinding) -> int:
    """How early its commands are listed; within a region they keep their order."""
    if (active.binding.id or "").startswith(f"{EVERYWHERE}."):
        return 2
    return 0 if isinstance(active.node, Pane) else 1


def _unsaid(binding: Binding) -> str:
    """What the long words say beyond the name, as the rest of a sentence."""
    name, words = binding.description.rstrip("…"), binding.tooltip or ""
    if words.lower().startswith(name.lower()):
        return words[len(name) :].lstrip()
    return words[:1].lower() + words[1:] if words[1:2].islower() or words[1:2] == " " else words


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
