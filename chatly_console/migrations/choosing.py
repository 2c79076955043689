"""Which files an `up` or a `down` means, and what speaks against it: never a silent choice."""

from collections.abc import Sequence

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.migrations.events import Task
from chatly_console.migrations.status import Migration, State


def tasks_up(
    migrations: Sequence[Migration],
    *,
    only: Sequence[str] = (),
    to: str = "",
    out_of_order: bool = False,
) -> list[Task]:
    """What is pending, in order: those named, or those up to a version, or all. Raises `Failure`.

    One that is older than what is applied runs only where it is named, or where `out_of_order` says so.
    """
    _refuse_dirty(migrations)
    named = [find(migrations, word) for word in only]
    last = find(migrations, to).version if to else ""
    if named:
        for migration in named:
            if not migration.is_pending:
                raise Failure(f"{migration.version} {migration.name} is {migration.state.value}.", FailureKind.USAGE)
        chosen = [migration for migration in migrations if migration in named]
    else:
        chosen = [m for m in migrations if m.is_pending and (not last or int(m.version) <= int(last))]
        early = [m for m in chosen if m.state is State.OUT_OF_ORDER]
        if early and not out_of_order:
            raise Failure(
                f"{_names(early)} {'are' if len(early) > 1 else 'is'} older than what is applied already.",
                FailureKind.REFUSED,
                hint="Name it to run it all the same, or use --out-of-order, or give it a new version.",
            )
    return [_task(migration, "up") for migration in chosen]


def tasks_down(migrations: Sequence[Migration], *, to: str = "", last: int = 1, everything: bool = False) -> list[Task]:
    """What is rolled back, the newest first: the last ones, or all above a version. Raises `Failure`."""
    _refuse_dirty(migrations)
    applied = [m for m in migrations if m.is_applied or m.state is State.PARTWAY]
    if to:
        target = find(migrations, to)
        chosen = [m for m in applied if int(m.version) > int(target.version)]
    else:
        chosen = applied if everything else applied[-last:] if last else []
    chosen = list(reversed(chosen))
    for migration in chosen:
        refuse_way_back(migration)
    return [_task(migration, "down") for migration in chosen]


def refuse_way_back(migration: Migration) -> None:
    """Raise `Failure` where there is no way back."""
    name = f"{migration.version} {migration.name}"
    if migration.file is None:
        raise Failure(f"{name} is applied, and no file of it is here.", FailureKind.REFUSED)
    directives = migration.file.up.directives
    if migration.file.down is None:
        because = f": {directives.reason}" if directives.irreversible and directives.reason else "."
        raise Failure(
            f"{name} has no way back{because}",
            FailureKind.REFUSED,
            hint=f"Write down/{migration.file.path.name}, or mark it as reverted with `migrate repair reverted`.",
        )


def _refuse_dirty(migrations: Sequence[Migration]) -> None:
    dirty = [m for m in migrations if m.is_dirty]
    if dirty:
        raise Failure(
            f"golang-migrate has left {_names(dirty)} halfway (dirty).",
            FailureKind.REFUSED,
            hint="Look at what it did, then say how it stands: `migrate repair applied VERSION` or `reverted VERSION`.",
        )


def _task(migration: Migration, way: str) -> Task:
    if migration.file is None:
        raise Failure(f"No file of {migration.version} {migration.name} is here.", FailureKind.REFUSED)
    return Task(migration.file, "up" if way == "up" else "down")


def find(migrations: Sequence[Migration], word: str) -> Migration:
    """The migration that is meant by a version, the beginning of one, or a name. Raises `Failure`."""
    exact = [m for m in migrations if word in (m.version, m.name, f"{m.version}_{m.name}")]
    found = exact or [m for m in migrations if word and m.version.startswith(word)]
    if len(found) == 1:
        return found[0]
    if found:
        raise Failure(f"“{word}” may be {_names(found)}.", FailureKind.USAGE)
    raise Failure(f"There is no migration “{word}”.", FailureKind.USAGE)


def _names(migrations: Sequence[Migration]) -> str:
    words = [f"{m.version} {m.name}" for m in migrations]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + f" and {words[-1]}"
