"""Migration files in a folder: `YYYYMMDDHHMMSS_description.sql`, the way back in `down/` under the same name."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from chatly_console.core.classify import Classification, classify
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.sql import split

_NAME = re.compile(r"(\d{14})_([A-Za-z0-9_]+)\.sql")
_DIRECTIVE = re.compile(r"^--\s*chatly:\s*(.+)$", re.MULTILINE)
_WORD = re.compile(r"([\w-]+)(?:=(\"[^\"]*\"|\S+))?")


@dataclass(frozen=True, slots=True)
class MigrationStatement:
    """One statement of a migration: its text, its first line in the file (from 1), and what it does."""

    text: str
    line: int
    kind: Classification


@dataclass(frozen=True, slots=True)
class MigrationFile:
    """One migration as its file has it. `directives` are those of its `-- chatly:` header lines."""

    version: str
    name: str
    path: Path
    text: str = field(repr=False)
    down: Path | None = None
    directives: dict[str, str] = field(default_factory=dict)

    @property
    def checksum(self) -> str:
        """SHA-256 of the file's text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def statements(self) -> list[MigrationStatement]:
        """The statements in their order, without the semicolons."""
        found = []
        for place in split(self.text):
            text = self.text[place.start : place.end]
            line = self.text.count("\n", 0, place.code) + 1
            found.append(MigrationStatement(text, line, classify(self.text[place.code : place.end])))
        return found

    @property
    def in_transaction(self) -> bool:
        """Whether it runs in one transaction: unless it says no, or holds a statement that no transaction takes."""
        if self.directives.get("transaction", "true") == "false":
            return False
        return not any(statement.kind.needs_no_transaction for statement in self.statements)


def read_folder(folder: Path) -> list[MigrationFile]:
    """The migrations of a folder in the order of their versions; raises `Failure` for two of one version."""
    if not folder.is_dir():
        raise Failure(f"{folder} is not a folder of migrations.", FailureKind.USAGE)
    files: dict[str, MigrationFile] = {}
    for path in sorted(folder.glob("*.sql")):
        named = _NAME.fullmatch(path.name)
        if named is None:
            continue
        version, name = named.groups()
        if version in files:
            raise Failure(f"{path.name} and {files[version].path.name} have the same version.", FailureKind.USAGE)
        down = folder / "down" / path.name
        files[version] = MigrationFile(
            version, name, path, _text(path), down if down.exists() else None, directives(_text(path))
        )
    return list(files.values())


def directives(text: str) -> dict[str, str]:
    """What the `-- chatly:` lines say: `transaction=false` as a pair, a bare word as `true`."""
    found: dict[str, str] = {}
    for line in _DIRECTIVE.findall(text):
        found |= {word: value.strip('"') or "true" for word, value in _WORD.findall(line)}
    return found


def new_pair(folder: Path, name: str, now: datetime | None = None) -> tuple[Path, Path]:
    """Write an empty migration and its way back, named for this moment; raises `Failure` where that cannot be."""
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if not slug:
        raise Failure("A migration needs a name of letters and digits.", FailureKind.USAGE)
    moment = now or datetime.now(UTC)
    newest = max((file.version for file in read_folder(folder)), default="0")
    version = max(moment.strftime("%Y%m%d%H%M%S"), str(int(newest) + 1))
    up, down = folder / f"{version}_{slug}.sql", folder / "down" / f"{version}_{slug}.sql"
    try:
        down.parent.mkdir(exist_ok=True)
        up.write_text(f"-- {name}\n-- chatly: lock_timeout=2s\n\n", encoding="utf-8")
        down.write_text(f"-- The way back of {version}_{slug}\n\n", encoding="utf-8")
    except OSError as error:
        raise Failure(f"{folder} cannot be written: {error.strerror}.", FailureKind.USAGE) from error
    return up, down


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{path.name} cannot be read: {error}.", FailureKind.USAGE) from error
