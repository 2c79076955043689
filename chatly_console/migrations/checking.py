"""The commands that look and do not touch: plan, lint, verify and drift, each as lines and as a document."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chatly_console.migrations import report
from chatly_console.migrations.adopt import adopt
from chatly_console.migrations.drift import Drift, read_drift
from chatly_console.migrations.events import Task
from chatly_console.migrations.forecast import FileForecast, outlook
from chatly_console.migrations.layouts import read_folder
from chatly_console.migrations.lint import check_files
from chatly_console.migrations.proof import Proof, summary
from chatly_console.migrations.restoring import restored
from chatly_console.migrations.seeding import seed_of
from chatly_console.migrations.service import read_forecast, read_status
from chatly_console.migrations.shadow_place import shadow_host
from chatly_console.migrations.snapshot import Difference, shown
from chatly_console.migrations.status import Migration
from chatly_console.migrations.verify import timed, verify, verify_on_copy
from chatly_console.migrations.writing import new_pair
from chatly_console.server.database import Database

Tell = Callable[[str], None]


@dataclass
class Output:
    """What a command has to say: lines for people, a document for programs, a remark beside, an exit status."""

    lines: list[str]
    document: Any
    remark: str = ""
    status: int = 0
    more: list[str] = field(default_factory=list)


async def plan(database: Database, folder: Path) -> Output:
    """What the pending files would do."""
    migrations = await read_status(database, folder)
    pending = [m for m in migrations if m.is_pending and m.file is not None]
    found = await read_forecast(database, [Task(m.file, "up") for m in pending if m.file is not None])
    lines = []
    for migration, forecast in zip(pending, found, strict=True):
        lines.append(f"{report.MARKS[migration.state]} {migration.version} {migration.name}: {forecast.words}")
        lines += report.forecast_lines(forecast)
    documents = [_plan_document(m, forecast) for m, forecast in zip(pending, found, strict=True)]
    return Output(lines, documents, outlook(found), 1 if pending else 0)


def _plan_document(migration: Migration, forecast: FileForecast) -> dict[str, Any]:
    return {
        **report.status_document(migration),
        "words": forecast.words,
        "blocks": forecast.blocks,
        "level": forecast.level.name.lower(),
        "seconds": round(forecast.seconds, 3),
        "statements": [
            {
                "line": one.statement.line,
                "verb": one.statement.kind.verb,
                "sentence": one.statement.kind.sentence,
                "effects": [
                    {"relation": e.relation, "lock": e.lock, "rewrites": e.rewrites, "scans": e.scans, "note": e.note}
                    for e in one.effects
                ],
            }
            for one in forecast.statements
        ],
    }


async def lint(folder: Path, names: Sequence[str], *, silenced: bool) -> Output:
    """The findings of the linter; needs no database."""
    files = (await asyncio.to_thread(read_folder, folder)).files
    wanted = [f.version for f in files if any(name in (f.version, f.name, f.label, f.path.name) for name in names)]
    found = await asyncio.to_thread(check_files, files, wanted if names else ())
    shown_ones = [one for one in found if silenced or not one.silenced]
    counted = [one for one in found if not one.silenced and one.level != "note"]
    words = f"{report.counted(len(counted), 'finding')}, {sum(one.silenced for one in found)} silenced"
    lines = [str(one) + ("  (silenced)" if one.silenced else "") for one in shown_ones]
    return Output(lines, [one.as_json() for one in shown_ones], words, 1 if counted else 0)


async def prove(
    database: Database,
    folder: Path,
    *,
    shadow: str,
    production: bool,
    data: bool,
    dump: str,
    tell: Tell,
) -> Output:
    """Prove every file on a shadow; with data where the project has some, or on a copy of real data."""
    status = await read_status(database, folder)
    pending = [m.version for m in status if m.is_pending]
    async with shadow_host(database, shadow, production=production, tell=tell) as host:
        told = _progress(tell)
        if dump:
            work = verify_on_copy(host, folder, restored(Path(dump)), tell=told)
        else:
            seed = seed_of(folder) if data else None
            wanted = pending or [m.version for m in status if m.has_way_back][-1:]
            work = verify(host, folder, tell=told, seed=seed, with_data=wanted)
        proofs, seconds = await timed(work)
    lines = [line for proof in proofs for line in proof_lines(proof)]
    good = all(proof.ok for proof in proofs)
    return Output(lines, [proof.as_json() for proof in proofs], summary(proofs, seconds), 0 if good else 1)


def _progress(tell: Tell) -> Callable[[str, Sequence[Proof]], None]:
    return lambda words, proofs: tell(words)


def proof_lines(proof: Proof) -> list[str]:
    """A proof as the command line prints it."""
    lines = [f"{'✓' if proof.ok else '✗'} {proof.file.version} {proof.file.name}: {proof.words}"]
    lines += [f"    {problem}" for problem in proof.problems[1:]]
    lines += [f"    {difference}" for difference in proof.differences[1:10]]
    for lock in proof.locks:
        if lock.rewritten or lock.mode == "ACCESS EXCLUSIVE":
            more = (
                ", rewrote it" if lock.rewritten else f", read at least {lock.scanned:,} rows" if lock.scanned else ""
            )
            lines.append(f"    took {lock.mode} on {lock.relation} for {lock.held_ms:.0f} ms{more}")
    return lines


async def drift(
    database: Database,
    folder: Path,
    *,
    shadow: str,
    production: bool,
    roles: bool,
    managed: bool,
    adopt_as: str,
    tell: Tell,
) -> Output:
    """How the database differs from what its applied files make; on request written as a migration."""
    async with shadow_host(database, shadow, production=production, tell=tell) as host:
        found = await read_drift(database, host, folder, roles=roles, tell=tell)
    shown_ones = list(found.differences) if managed else found.telling
    output = Output(
        [line for one in shown_ones for line in difference_lines(one)],
        [one.as_json() for one in shown_ones],
        " ".join([found.summary + ".", *found.remarks]),
        1 if found.telling else 0,
    )
    if adopt_as and found.telling:
        output.more = await asyncio.to_thread(write_adoption, found, folder, adopt_as)
    return output


def difference_lines(one: Difference) -> list[str]:
    """A difference as the command line prints it: which object, and each side of the field."""
    sign = {"missing": "-", "unexpected": "+", "changed": "≠"}[one.change]
    if one.change != "changed":
        what = "missing in the database" if one.change == "missing" else "not made by any file"
        return [f"{sign} {one.kind} {one.identity}: {what}"]
    return [f"{sign} {one.kind} {one.identity}: {one.field}", f"    files     {shown(one.expected, 400)}",
            f"    database  {shown(one.found, 400)}"]  # fmt: skip


def write_adoption(found: Drift, folder: Path, name: str) -> list[str]:
    """Write the drift as a pair of files, mostly; returns what was written and what is left to a person."""
    adoption = adopt(found.telling, found.expected, found.found)
    said = []
    if adoption.up:
        pair = new_pair(folder, name, adoption.up_sql, adoption.down_sql)
        said += [f"Written: {pair.up} and down/{pair.down.name}",
                 f"The database has it already: mark it with `migrate repair applied {pair.version}`."]  # fmt: skip
    said += [f"Not certain, write it by hand: {one}" for one in adoption.left]
    return said
