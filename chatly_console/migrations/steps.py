"""A file outside of a transaction as steps: what stands alone, and what one transaction takes."""

from dataclasses import dataclass

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.sql import TokenKind, tokens
from chatly_console.migrations.files import MigrationStatement, Script

_MAY_COMMIT = ("CALL", "DO")


@dataclass(frozen=True, slots=True)
class Step:
    """Statements `first` to before `last` of a script (from 0). One that stands `alone` runs outside a transaction;
    the others run in one, together with the note that they are done."""

    first: int
    last: int
    alone: bool
    controls: tuple[int, ...] = ()
    """The file's own BEGIN and COMMIT among them, which the step stands for."""


def steps_of(script: Script) -> list[Step]:
    """The steps of a file that runs outside of a transaction: BEGIN to COMMIT is one, any other statement is one.

    CALL and DO stand alone, because procedures and blocks may commit as they go.
    """
    found: list[Step] = []
    begun: int | None = None
    for index, statement in enumerate(script.statements):
        if statement.kind.verb in ("BEGIN", "START TRANSACTION"):
            begun = index
        elif begun is None:
            alone = statement.kind.needs_no_transaction or statement.kind.verb in _MAY_COMMIT
            found.append(Step(index, index + 1, alone))
        elif statement.kind.verb in ("COMMIT", "END"):
            found.append(Step(begun, index + 1, False, (begun, index)))
            begun = None
    return found


def refuse(script: Script) -> None:
    """Raise `Failure` for what cannot be run as it stands, before anything of it has run."""
    if not script.statements:
        raise Failure(f"{script.path.name} holds no statement.", FailureKind.USAGE)
    for token in tokens(script.text):
        if token.kind in (TokenKind.COMMAND, TokenKind.DATA):
            raise _refusal(script, token.start, "is psql's, which the server does not know: write it as SQL")
    if "\0" in script.text:
        raise _refusal(script, script.text.index("\0"), "holds a NUL character, which PostgreSQL cannot take")
    _refuse_control(script)


def _refuse_control(script: Script) -> None:
    open_at: MigrationStatement | None = None
    for statement in script.statements:
        verb = statement.kind.verb
        if verb.startswith("COPY FROM") and "stdin" in statement.sql.lower():
            raise _refusal(script, statement.code, "reads its rows from the file, which only psql can: use INSERT")
        if not statement.kind.transaction_control or verb.startswith("SET"):
            if open_at is not None and statement.kind.needs_no_transaction:
                raise _refusal(script, statement.code, "cannot run between the file's BEGIN and COMMIT")
            continue
        if script.in_transaction:
            raise _refusal(
                script,
                statement.code,
                f"({verb}) would end the file's own transaction, and half of it could stay: take it out, or say"
                " `-- chatly: transaction=false`",
            )
        if verb in ("BEGIN", "START TRANSACTION") and open_at is None:
            open_at = statement
        elif verb in ("COMMIT", "END") and open_at is not None:
            open_at = None
        else:
            raise _refusal(script, statement.code, f"({verb}) has no place here: only BEGIN and COMMIT around others")
    if open_at is not None:
        raise _refusal(script, open_at.code, "opens a transaction that nothing commits")


def _refusal(script: Script, offset: int, words: str) -> Failure:
    line = script.text.count("\n", 0, offset) + 1
    return Failure(f"{script.path.name}:{line}: this {words}.", FailureKind.REFUSED)
