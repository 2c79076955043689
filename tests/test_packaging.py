"""The wheel: it carries the data files, and runs from wherever it is installed, without the checkout."""

import asyncio
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files as an installation lays them down."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(installed: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run Python in the installation, from a folder that has nothing to do with the checkout."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [sys.executable, "-P", *words],
        cwd="/",
        env={**environment, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def tracked(*folders: str) -> set[str]:
    """The files of the checkout that belong into the wheel: those that git knows."""
    listed = subprocess.run(["git", "ls-files", "-z", *folders], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("the files to expect are taken from git, which has no checkout here")
    return {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}


def test_the_wheel_holds_every_file_of_the_program_and_its_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert tracked("chatly_console") - names == set()
    assert {f"chatly_console/_data/{name}" for name in tracked("database", "themes")} - names == set()
    assert not [name for name in names if name.startswith(("tests/", "docs/", "database/", "themes/"))]


def test_the_data_folders_are_found_in_the_wheel(installed: Path) -> None:
    done = run(
        installed,
        "-c",
        "from chatly_console.resources import data_folder\nprint(data_folder('database'), data_folder('themes'))",
    )
    data = installed / "chatly_console" / "_data"
    assert done.stdout.split() == [str(data / "database"), str(data / "themes")], done.stderr
    assert (data / "themes").is_dir()


def test_the_data_folders_are_found_in_the_checkout() -> None:
    done = run(ROOT, "-c", "from chatly_console.resources import data_folder\nprint(data_folder('database'))")
    assert done.stdout.strip() == str(ROOT / "database"), done.stderr


def test_the_program_answers_from_the_wheel(installed: Path) -> None:
    done = run(installed, "-m", "chatly_console", "--version")
    assert done.stdout.startswith("chatly-console "), done.stderr
    assert run(installed, "-m", "chatly_console", "demo", "--help").returncode == 0


def test_a_server_runs_from_the_wheel(installed: Path, open_folder: Callable[[str], Path]) -> None:
    """Also the keeper, which is started by its path."""
    folder = open_folder("demo")
    done = run(
        installed,
        "-c",
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from chatly_console.server import embedded\n"
        "server = asyncio.run(embedded.start(Path(sys.argv[1])))\n"
        "print(server.pid)\n"
        "asyncio.run(server.stop())\n"
        "print(server.pid)\n",
        str(folder),
    )
    pid, after = done.stdout.split()
    assert pid.isdigit() and after == "None", done.stderr
    assert asyncio.run(_removed(folder))


async def _removed(folder: Path) -> bool:
    from chatly_console.server import embedded

    return await embedded.reset(folder)
