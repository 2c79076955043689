"""A console on a database that is not there, with a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chatly_console.shell.app import ConsoleApp
from chatly_console.shell.folders import Folders
from tests.shell.fakes import NOON, make_session, opener_of
from tests.shell.panes import PANES

MakeApp = Callable[..., ConsoleApp]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "config", tmp_path / "state")


@pytest.fixture
def make_app(folders: Folders) -> MakeApp:
    def make(opener: Any = None, panes: Any = PANES, **more: Any) -> ConsoleApp:
        return ConsoleApp(panes, opener or opener_of(make_session()), folders=folders, now=lambda: NOON, **more)

    return make
