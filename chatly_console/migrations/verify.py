"""Proves files on a shadow: up, twice where that is claimed, down, up again; the catalogue must be the same each time.

A chain that is run up and then down as a whole hides faults (what one file forgot goes with the table of another):
so each file is proven by itself, on what those before it have made.
"""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from time import monotonic

from chatly_console.core.failure import Failure
from chatly_console.migrations.events import Event, FileEnded, FileFailed, Task
from chatly_console.migrations.files import MigrationFile, Script
from chatly_console.migrations.layouts import read_folder
from chatly_console.migrations.proof import Proof
from chatly_console.migrations.restoring import Restore
from chatly_console.migrations.runner import Runner
from chatly_console.migrations.service import read_status
from chatly_console.migrations.shadow import Shadow, shadow_of
from chatly_console.migrations.snapshot import OF_DATABASE, OF_SERVER, Difference, Snapshot, differences
from chatly_console.migrations.snapshot_service import read_snapshot
from chatly_console.migrations.steps import refuse, steps_of
from chatly_console.server.database import Database
from chatly_console.server.dedicated import Dedicated

Told = Callable[[str, Sequence[Proof]], None]
"""Hears what is being done, and the proofs so far."""
Seed = Callable[[Database], Awaitable[None]]
"""Fills a shadow on which all files are applied."""
_MOST_DIFFERENCES = 50


async def verify(
    host: Database,
    folder: Path,
    *,
    tell: Told = lambda words, proofs: None,
    seed: Seed | None = None,
    with_data: Sequence[str] = (),
) -> list[Proof]:
    """Prove every file of the folder on the server of `host`. Raises `Failure` where no shadow can be made.

    With a `seed` the files of the versions `with_data` are run on its data as well, there, back and there again, so
    that what only rows show is found: a constraint that they break, a lock that is held for long.
    """
    proofs: list[Proof] = []
    files = read_folder(folder).files
    async with shadow_of(host, folder, lambda words: tell(words, proofs)) as shadow:
        prover = _Prover(shadow, proofs, tell)
        await prover.prove_all(files)
        if seed is not None and all(proof.ok for proof in proofs):
            await prover.with_data(seed, with_data)
    return proofs


async def verify_on_copy(
    host: Database, folder: Path, restore: Restore, *, tell: Told = lambda words, proofs: None
) -> list[Proof]:
    """Prove what is pending on a copy of real data: `restore` fills an empty shadow, with its history, and says what it
    had to leave out. Raises `Failure`."""
    proofs: list[Proof] = []
    async with shadow_of(host, folder, lambda words: tell(words, proofs), bare=True) as shadow:
        tell("restoring the dump", proofs)
        left = await restore(shadow.database)
        pending = [m.file for m in await read_status(shadow.database, folder) if m.is_pending and m.file is not None]
        prover = _Prover(shadow, proofs, tell)
        await prover.prove_all(pending, rebuild=False)
        for proof in proofs:
            if proof.done:
                proof.done.append(f"on a copy of real data {left}".rstrip())
    return proofs


class _Prover:
    """Runs files on one shadow and keeps what it finds."""

    def __init__(self, shadow: Shadow, proofs: list[Proof], tell: Told) -> None:
        self._shadow = shadow
        self._proofs = proofs
        self._tell = tell
        self._events: list[Event] = []

    async def prove_all(self, files: Sequence[MigrationFile], *, rebuild: bool = True) -> None:
        """Prove the files one after the other; one whose way there fails ends it, since the others stand on it.

        After a fault the shadow is made anew, unless it is a copy, which ends with the first fault.
        """
        self._proofs += [Proof(file) for file in files]
        before = await read_snapshot(self._shadow.database)
        place = 0
        while place < len(files):
            rebuilt = False
            async with self._runner().turn() as session:
                while place < len(files) and not rebuilt:
                    proof = self._proofs[place]
                    self._say(f"{place + 1} of {len(files)}: {proof.file.name}")
                    after = await self._prove(session, proof, before)
                    if after is None:
                        self._not_reached(place)
                        return
                    place, before, rebuilt = place + 1, after, bool(proof.problems)
            if rebuilt and place < len(files) and not rebuild:
                self._not_reached(place - 1)
                return
            if rebuilt and place < len(files):
                before = await self._rebuild(files[:place])

    async def with_data(self, seed: Seed, wanted: Sequence[str]) -> None:
        """Take the wanted files back, load the data as it would be before them, and take them there, back and there."""
        chosen = [proof for proof in self._proofs if proof.file.version in wanted]
        if not chosen or any(proof.file.down is None for proof in chosen):
            for proof in chosen:
                proof.done.append("not tried with data: no way back")
            return
        async with self._runner().turn() as session:
            if await self._all(session, chosen, "down") and await self._load(session, chosen, seed):
                for way in ("up", "down", "up"):
                    if not await self._all(session, chosen, way, "on data: "):
                        return
                for proof in chosen:
                    proof.done.append("with data")

    async def _load(self, session: Dedicated, chosen: Sequence[Proof], seed: Seed) -> bool:
        """Load the data. What is made for the newest files cannot be loaded before them: then it is after them."""
        self._say("loading data")
        try:
            await seed(self._shadow.database)
        except Failure as failure:
            if not failure.sqlstate.startswith("42"):
                raise
            if not await self._all(session, chosen, "up"):
                return False
            await seed(self._shadow.database)
            return await self._all(session, chosen, "down", "on data: ")
        return True

    async def _all(self, session: Dedicated, chosen: Sequence[Proof], way: str, where: str = "") -> bool:
        """Run all of these one way; False where one failed."""
        for proof in chosen if way == "up" else reversed(chosen):
            self._say(f"{where or 'before the data: '}{way}: {proof.file.name}")
            ended = await self._run(session, proof, way, where)
            if ended is None:
                return False
            if way == "up" and where:
                proof.locks, proof.seconds = ended.locks, ended.seconds
        return True

    async def _prove(self, session: Dedicated, proof: Proof, before: Snapshot) -> Snapshot | None:
        """The catalogue after the file, or None where its way there fails."""
        ended = await self._run(session, proof, "up", "")
        if ended is None:
            return None
        proof.locks, proof.seconds = ended.locks, ended.seconds
        proof.done.append("up")
        after = await read_snapshot(self._shadow.database)
        if proof.file.up.directives.idempotent:
            await self._again(session, proof, after)
        if proof.file.down is None:
            if not proof.file.up.directives.irreversible:
                proof.done.append("no way back")
            return after
        if await self._run(session, proof, "down", "the way back: ") is None:
            return after
        proof.done.append("down")
        self._compare(proof, before, await read_snapshot(self._shadow.database), "the way back leaves a difference")
        if await self._run(session, proof, "up", "after the way back: ") is None:
            return after
        proof.done.append("up after down")
        now = await read_snapshot(self._shadow.database)
        self._compare(proof, after, now, "a second time it makes something else")
        return now

    async def _run(self, session: Dedicated, proof: Proof, way: str, where: str) -> FileEnded | None:
        """Run one way of the file; None where it failed, with the reason among the problems."""
        self._events.clear()
        task = Task(proof.file, "up" if way == "up" else "down")
        try:
            refuse(task.script)
            await self._runner().one(session, task)
        except Failure as failure:
            failed = next((event for event in self._events if isinstance(event, FileFailed)), None)
            place = f"{failed.place}: " if failed is not None and failed.place is not None else ""
            proof.problems.append(f"{where}{place}{failure.sentence}")
            return None
        return next(event for event in self._events if isinstance(event, FileEnded))

    async def _again(self, session: Dedicated, proof: Proof, after: Snapshot) -> None:
        """Run a file that calls itself idempotent once more: nothing may change."""
        try:
            await _run_plainly(session, proof.file.up)
        except Failure as failure:
            if session.in_transaction:
                await session.run("rollback")
            proof.problems.append(f"it calls itself idempotent, and a second run fails: {failure.sentence}")
            return
        proof.done.append("again")
        now = await read_snapshot(self._shadow.database)
        self._compare(proof, after, now, "it calls itself idempotent, and a second run changes something")

    def _compare(self, proof: Proof, expected: Snapshot, found: Snapshot, words: str) -> None:
        every = differences(expected, found, roles=True)
        wrong = [one for one in every if not one.is_cosmetic and _may_be_of(one, proof.file)]
        if wrong:
            proof.differences += wrong[:_MOST_DIFFERENCES]
            more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
            proof.problems.append(f"{words}: {wrong[0]}{more}")

    async def _rebuild(self, files: Sequence[MigrationFile]) -> Snapshot:
        """A fresh shadow with these files applied: what a faulty one left must not spoil the next proof."""
        self._say("making the shadow anew after a fault")
        await self._shadow.make()
        await self._runner().run([Task(file, "up") for file in files])
        return await read_snapshot(self._shadow.database)

    def _not_reached(self, place: int) -> None:
        for proof in self._proofs[place + 1 :]:
            proof.problems.append(f"not reached: {self._proofs[place].file.name} before it is at fault")

    def _runner(self) -> Runner:
        return Runner(self._shadow.database, self._events.append)

    def _say(self, words: str) -> None:
        self._tell(words, self._proofs)


def _may_be_of(difference: Difference, file: MigrationFile) -> bool:
    """Whether this file can have made it: roles are the server's, where others change them too, meanwhile."""
    if difference.kind not in OF_SERVER or difference.identity.startswith(OF_DATABASE):
        return True
    text = file.up.text + (file.down.text if file.down is not None else "")
    return difference.identity.lower() in text.lower()


async def _run_plainly(session: Dedicated, script: Script) -> None:
    """Run a script without history and log."""
    if script.in_transaction:
        await session.run("begin")
        for statement in script.statements:
            await session.run(statement.text)
        await session.run("commit; set session authorization default; reset role; reset all")
        return
    for step in steps_of(script):
        for index in range(step.first, step.last):
            await session.run(script.statements[index].text)
    await session.run("set session authorization default; reset role; reset all")


async def timed(work: Awaitable[list[Proof]]) -> tuple[list[Proof], float]:
    """The proofs, and the seconds that they took."""
    began = monotonic()
    return await work, monotonic() - began
