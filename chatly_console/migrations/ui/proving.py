"""Runs the pane's long looks, a proof and a search for drift, and keeps what they find."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from chatly_console.core.failure import Failure
from chatly_console.migrations.checking import write_adoption
from chatly_console.migrations.drift import read_drift
from chatly_console.migrations.proof import Proof, summary
from chatly_console.migrations.restoring import restored
from chatly_console.migrations.seeding import seed_of
from chatly_console.migrations.shadow_place import AUTO, shadow_host
from chatly_console.migrations.ui.host import Host
from chatly_console.migrations.verify import verify, verify_on_copy
from chatly_console.shell.dialogs import AskText
from chatly_console.shell.messages import Report, Say


async def prove(pane: Host, folder: Path, dump: Path | None = None) -> None:
    """Prove all files on a shadow, the pending ones with the project's data as well; or these alone on a dump."""
    database, known = pane.session.database, pane.known
    assert database is not None

    def tell(words: str, proofs: Sequence[Proof]) -> None:
        known.words, known.proofs = words, list(proofs)

    known.begin("proof")
    known.proofs, known.proof_failure, known.proof_seconds = (), "", None
    pane.draw()
    pending = [m.version for m in known.reading.pending]
    try:
        async with shadow_host(
            database, AUTO, production=pane.session.is_production, tell=lambda w: tell(w, ())
        ) as host:
            if dump is not None:
                known.proofs = await verify_on_copy(host, folder, restored(dump), tell=tell)
            else:
                seed = await asyncio.to_thread(seed_of, folder) if pending else None
                known.proofs = await verify(host, folder, tell=tell, seed=seed, with_data=pending)
        known.proof_seconds = known.seconds
        words = summary(known.proofs, known.proof_seconds)
        good = all(proof.ok for proof in known.proofs)
        pane.post_message(Say(f"Shadow proof: {words}", "done" if good else "warning"))
    except Failure as failure:
        known.proof_failure = failure.sentence
        pane.post_message(Report(failure))
    finally:
        known.doing = ""
        pane.draw()


async def find_drift(pane: Host, folder: Path) -> None:
    """Compare the database with what its applied files make."""
    database, known = pane.session.database, pane.known
    assert database is not None

    def tell(words: str) -> None:
        known.words = words

    known.begin("drift")
    known.drift, known.drift_failure = None, ""
    pane.draw()
    try:
        async with shadow_host(database, AUTO, production=pane.session.is_production, tell=tell) as host:
            known.drift = await read_drift(database, host, folder, tell=tell)
        pane.post_message(Say(f"Drift: {known.drift.summary}", "warning" if known.drift.telling else "done"))
    except Failure as failure:
        known.drift_failure = failure.sentence
        pane.post_message(Report(failure))
    finally:
        known.doing = ""
        pane.draw()


async def adopt_drift(pane: Host, folder: Path) -> bool:
    """Write what was found as a migration; asks for its name. Returns whether anything was written."""
    drift = pane.known.drift
    if drift is None or not drift.telling:
        pane.post_message(Say("There is no drift to adopt; D looks for it."))
        return False
    detail = (
        "The difference becomes a pair of files, as far as it is certain. The database has it already: mark it with m."
    )
    name = await pane.app.push_screen_wait(
        AskText("Adopt the drift as which migration?", detail, initial="adopt drift")
    )
    if not name:
        return False
    said = await asyncio.to_thread(write_adoption, drift, folder, name)
    for sentence in said:
        pane.post_message(Say(sentence, "done" if sentence.startswith("Written") else "warning"))
    return any(sentence.startswith("Written") for sentence in said)
