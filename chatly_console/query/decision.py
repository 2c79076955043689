"""In which mode a statement runs, and when the user is asked: before it, before its commit, or not at all."""

from dataclasses import dataclass, field

from chatly_console.core.classify import Classification, Risk, classify
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode

_CHANGES_ROWS = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "SELECT", "WITH", "COPY FROM"})


@dataclass(frozen=True, slots=True)
class Decision:
    """How a statement is to run. `question` is empty where nobody needs to be asked before it."""

    mode: Mode
    question: str = ""
    detail: str = ""
    is_destructive: bool = False
    asks_after: bool = False
    """It runs first, and its commit is asked for with the number of rows that it changed."""
    found: Classification = field(default_factory=lambda: Classification(""))


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What bears on the decision beside the statement itself."""

    read_only: bool = False
    """The profile is read-only, or production and not unlocked."""
    impersonating: bool = False
    armed: bool = False
    """The user has said that what he does as another user is to be kept."""
    in_transaction: bool = False
    """An explicit transaction is open, which the statement joins."""
    database: str = ""


def decide(sql: str, circumstances: Circumstances) -> Decision:
    """The mode for a statement; raises Failure where the console will not run it.

    What only reads runs read-only: that guard is the server's, so a function that writes is refused there. A verb
    that nobody knows is most likely misspelt, and the server says best where.
    """
    found = classify(sql)
    if found.reads_only and not found.transaction_control:
        return Decision(Mode.READ_ONLY, found=found)
    if not found.is_known:
        return Decision(Mode.READ_ONLY, found=found)
    refuse(found, circumstances)
    if circumstances.impersonating and not circumstances.armed:
        return Decision(Mode.ROLLED_BACK, found=found)
    grave = found.risk >= Risk.DANGEROUS
    if not grave and circumstances.in_transaction:
        return Decision(Mode.COMMITTED, found=found)
    if not grave and found.verb in _CHANGES_ROWS:
        return Decision(Mode.COMMITTED, asks_after=True, found=found)
    mode = Mode.OUTSIDE if found.needs_no_transaction else Mode.COMMITTED
    detail = f"Its lock makes {found.blocks} wait." if found.blocks and found.risk > Risk.WRITES else ""
    if mode is Mode.OUTSIDE:
        detail = f"{detail} It runs outside a transaction: nothing of it can be undone.".strip()
    return Decision(mode, found.sentence or f"Run {found.verb}?", detail, grave, found=found)


def writing(found: Classification, circumstances: Circumstances) -> Decision:
    """The decision for what looks like reading and writes (a function does): its commit is asked for."""
    refuse(found, circumstances)
    if circumstances.impersonating and not circumstances.armed:
        return Decision(Mode.ROLLED_BACK, found=found)
    return Decision(Mode.COMMITTED, asks_after=not circumstances.in_transaction, found=found)


def refuse(found: Classification, circumstances: Circumstances) -> None:
    """Raise Failure where this may not run now."""
    if found.transaction_control:
        raise Failure(
            f"{found.verb} is not for here: statements of a transaction have savepoints of their own.",
            FailureKind.REFUSED,
            hint="One that fails undoes only itself. BEGIN, COMMIT and ROLLBACK are understood.",
        )
    if circumstances.read_only:
        raise Failure(
            f"{circumstances.database or 'This connection'} is read-only, so {found.verb} was not sent.",
            FailureKind.REFUSED,
            hint="Unlock it first (ctrl+p, “unlock writes”); that asks for the database's name.",
        )
    if found.needs_no_transaction and circumstances.in_transaction:
        raise Failure(
            f"{found.verb} cannot run inside a transaction, and one is open.",
            FailureKind.REFUSED,
            hint="Commit it (alt+c) or roll it back (alt+r) first.",
        )
    if found.needs_no_transaction and circumstances.impersonating:
        raise Failure(
            f"{found.verb} cannot run inside a transaction, and as another user nothing runs outside of one.",
            FailureKind.REFUSED,
            hint="End the impersonation (F4) and run it as yourself.",
        )
