"""In which mode a statement runs, and whether the user is asked first."""

from dataclasses import dataclass

from chatly_console.core.classify import Risk, classify
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode


@dataclass(frozen=True, slots=True)
class Decision:
    """How a statement is to run. `question` is empty where nobody needs to be asked."""

    mode: Mode
    question: str = ""
    detail: str = ""
    is_destructive: bool = False


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What bears on the decision beside the statement itself."""

    read_only: bool = False
    """The profile is read-only, or production and not unlocked."""
    impersonating: bool = False
    armed: bool = False
    """The user has said that what he does as another user is to be kept."""
    database: str = ""


def decide(sql: str, circumstances: Circumstances) -> Decision:
    """The mode for a statement; raises Failure where the console will not run it.

    What only reads runs read-only: that guard is the server's, so a function that writes is refused there. A verb
    that nobody knows is most likely misspelt, and the server says best where.
    """
    found = classify(sql)
    if found.transaction_control:
        raise Failure(
            f"{found.verb} alone does nothing here: each statement runs in a transaction of its own.",
            FailureKind.REFUSED,
            hint="Changes are committed when you confirm them; reading needs no transaction.",
        )
    if found.reads_only or not found.is_known:
        return Decision(Mode.READ_ONLY)
    if circumstances.read_only:
        raise Failure(
            f"{circumstances.database or 'This connection'} is read-only, so {found.verb} was not sent.",
            FailureKind.REFUSED,
            hint="Unlock it first (ctrl+p, “unlock writes”); that asks for the database's name.",
        )
    if circumstances.impersonating and found.needs_no_transaction:
        raise Failure(
            f"{found.verb} cannot run inside a transaction, and as another user nothing runs outside of one.",
            FailureKind.REFUSED,
            hint="End the impersonation (F4) and run it as yourself.",
        )
    if circumstances.impersonating and not circumstances.armed:
        return Decision(Mode.ROLLED_BACK)
    mode = Mode.OUTSIDE if found.needs_no_transaction else Mode.COMMITTED
    detail = f"Its lock makes {found.blocks} wait." if found.blocks and found.risk > Risk.WRITES else ""
    if mode is Mode.OUTSIDE:
        detail = f"{detail} It runs outside a transaction: nothing of it can be undone.".strip()
    return Decision(mode, found.sentence or f"Run {found.verb}?", detail, found.risk >= Risk.DANGEROUS)
