"""What the rows of a statement have to pass: the manual's table "Policies applied by command type", as data.

Some policies leave rows out silently (those that find the rows that are there), others refuse the statement (those that
look at rows that come to be, and at rows that INSERT ... ON CONFLICT and MERGE have already found). Pure, and held
against the server by a property test.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from chatly_console.policies.combination import Combination, combination, exemption
from chatly_console.policies.policy import Clause, Command, Policy, Subject, Table


class Action(StrEnum):
    """What a statement does with one row."""

    READ = "read"
    LOCK = "lock"
    """SELECT ... FOR UPDATE, FOR SHARE and the like."""
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    UPSERT = "upsert"
    """INSERT ... ON CONFLICT DO UPDATE that has met a row."""
    MERGE_INSERT = "merge insert"
    MERGE_UPDATE = "merge update"
    MERGE_DELETE = "merge delete"


class Row(StrEnum):
    """Which row a policy is asked about."""

    OLD = "the row that is there"
    PROPOSED = "the row that was to be inserted"
    NEW = "the row that would come to be"


@dataclass(frozen=True, slots=True)
class Check:
    """One combination of policies that is asked about one row; a no leaves the row out, or refuses the statement."""

    combination: Combination
    command: Command
    row: Row
    refuses: bool


ValueOf = Callable[[Policy, Clause, Row], bool | None]
"""What a policy's expression says of a row."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A policy that said no, to which row, as what, and what it said: false or null."""

    policy: Policy
    check: Check
    value: bool | None


_CHECKED: dict[Action, tuple[tuple[Command, Clause, Row, bool, bool], ...]] = {
    # command, clause, row, whether it refuses (else it leaves out), whether only a statement that reads columns asks it
    Action.READ: ((Command.SELECT, Clause.USING, Row.OLD, False, False),),
    Action.LOCK: (
        (Command.SELECT, Clause.USING, Row.OLD, False, False),
        (Command.UPDATE, Clause.USING, Row.OLD, False, False),
    ),
    Action.INSERT: (
        (Command.INSERT, Clause.CHECK, Row.NEW, True, False),
        (Command.SELECT, Clause.USING, Row.NEW, True, True),
    ),
    Action.UPDATE: (
        (Command.UPDATE, Clause.USING, Row.OLD, False, False),
        (Command.SELECT, Clause.USING, Row.OLD, False, True),
        (Command.UPDATE, Clause.CHECK, Row.NEW, True, False),
        (Command.SELECT, Clause.USING, Row.NEW, True, True),
    ),
    Action.DELETE: (
        (Command.DELETE, Clause.USING, Row.OLD, False, False),
        (Command.SELECT, Clause.USING, Row.OLD, False, True),
    ),
    Action.UPSERT: (
        (Command.INSERT, Clause.CHECK, Row.PROPOSED, True, False),
        (Command.SELECT, Clause.USING, Row.PROPOSED, True, True),
        (Command.UPDATE, Clause.USING, Row.OLD, True, False),
        (Command.SELECT, Clause.USING, Row.OLD, True, True),
        (Command.UPDATE, Clause.CHECK, Row.NEW, True, False),
        (Command.SELECT, Clause.USING, Row.NEW, True, True),
    ),
    Action.MERGE_INSERT: (
        (Command.INSERT, Clause.CHECK, Row.NEW, True, False),
        (Command.SELECT, Clause.USING, Row.NEW, True, True),
    ),
    Action.MERGE_UPDATE: (
        (Command.SELECT, Clause.USING, Row.OLD, False, True),
        (Command.UPDATE, Clause.USING, Row.OLD, True, False),
        (Command.UPDATE, Clause.CHECK, Row.NEW, True, False),
        (Command.SELECT, Clause.USING, Row.NEW, True, True),
    ),
    Action.MERGE_DELETE: (
        (Command.SELECT, Clause.USING, Row.OLD, False, True),
        (Command.DELETE, Clause.USING, Row.OLD, True, False),
    ),
}


def checks(table: Table, subject: Subject, action: Action, *, reads: bool = True) -> tuple[Check, ...]:
    """All that is asked, in the server's order; nothing where no policy binds the subject.

    `reads` says whether the statement reads columns of the table (WHERE, RETURNING, SET v = v + 1, an arbiter of ON
    CONFLICT): only then do the SELECT policies join a write. For the rows that MERGE inserts only RETURNING counts.
    """
    if exemption(table, subject):
        return ()
    return tuple(
        Check(combination(table, subject, command, clause), command, row, refuses)
        for command, clause, row, refuses, if_reads in _CHECKED[action]
        if reads or not if_reads
    )


def left_out(asked: Iterable[Check], value_of: ValueOf) -> list[Refused]:
    """The policies that leave the row out silently; empty where the statement reaches it."""
    return [no for check in asked if not check.refuses for no in _noes(check, value_of)]


def refused(asked: Iterable[Check], value_of: ValueOf) -> list[Refused]:
    """The policies that refuse the statement because of this row; the server would name one of them at most."""
    return [no for check in asked if check.refuses for no in _noes(check, value_of)]


def passes(check: Check, value_of: ValueOf) -> bool:
    """Whether the row passes: one permissive policy says yes, and no restrictive one says no."""
    own, row = check.combination, check.row
    return any(value_of(p, own.clause, row) for p in own.permissive) and all(
        value_of(p, own.clause, row) for p in own.restrictive
    )


def _noes(check: Check, value_of: ValueOf) -> list[Refused]:
    """All permissive policies where none says yes, and each restrictive one that says no."""
    own, row = check.combination, check.row
    permissive = [(p, value_of(p, own.clause, row)) for p in own.permissive]
    if any(value for _, value in permissive):
        permissive = []
    restrictive = [(p, value) for p in own.restrictive if not (value := value_of(p, own.clause, row))]
    return [Refused(p, check, value) for p, value in [*permissive, *restrictive]]
