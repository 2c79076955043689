"""The words for a run at every turn of its life."""

from dataclasses import replace

import pytest

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode
from chatly_console.query.decision import Circumstances, decide
from chatly_console.query.place import Place, line_and_column
from chatly_console.query.run import Phase, RunState, as_whom, header, status

READING = RunState(Mode.READ_ONLY, "postgres")
OPEN = READING.answered(500, has_columns=True, exhausted=False, seconds=0.041)


def test_the_header_says_rows_time_whom_and_fate() -> None:
    assert header(OPEN) == "500+ rows · 41 ms · as postgres · read-only"
    assert header(OPEN.loaded(3214, exhausted=False), shown=500).startswith("500 of 3,214+ rows · first 500 in 41 ms")
    assert header(OPEN.loaded(3214, exhausted=True)) == "3,214 rows · first 500 in 41 ms · as postgres · read-only"
    assert status(OPEN.loaded(3214, exhausted=True)) == "3,214 rows, the first 500 in 41 ms."
    assert header(OPEN.cursor_closed()).startswith("500+ rows loaded · 41 ms")
    assert header(OPEN.cursor_closed()).endswith("cursor closed")
    assert header(READING) == "running · as postgres · read-only"


def test_committed_is_said_only_after_the_commit() -> None:
    writing = RunState(Mode.COMMITTED, "postgres")
    assert "committed" not in header(writing).replace("not committed yet", "")
    late = replace(writing.cancelling(), too_late=True).ended("UPDATE 3")
    assert header(late).endswith("committed") and status(late).startswith("The cancel came too late: UPDATE 3 in")
    assert header(writing.ended("UPDATE 3")).endswith("committed")
    lost = writing.failed(Failure("gone", FailureKind.LINK))
    assert header(lost).endswith("whether it was kept is not known")
    assert header(writing.failed(Failure("gone", FailureKind.LINK), undone=True)).endswith("rolled back")
    assert header(writing.failed(Failure("no", sqlstate="42501"))).endswith("rolled back")


def test_cancelled_is_said_only_when_the_server_has_stopped() -> None:
    cancelling = READING.cancelling()
    assert status(cancelling) == "Cancelling…"
    assert status(replace(cancelling.cancelled(), seconds=1.5)) == "Cancelled after 1.50 s."
    assert OPEN.cancelling() == OPEN, "nothing runs, so nothing is cancelled"
    assert OPEN.fetching().cancelling().loaded(900, exhausted=False).phase is Phase.CANCELLING


def test_who_it_runs_as_is_named_with_the_strength() -> None:
    ada = Identity.authenticated("7c1e", "ada@nordlicht.example")
    run = replace(OPEN, as_whom=as_whom(ada, "postgres"), strength="boundary")
    assert run.whom == "authenticated ada@nordlicht.example (boundary)"
    assert as_whom(Identity(), "postgres") == "postgres"


def test_a_short_line_cuts_the_name_and_never_how_firmly_it_holds_or_what_became_of_it() -> None:
    run = replace(OPEN, as_whom="authenticated ada@nordlicht.example", strength="boundary")
    assert header(run, width=90) == header(run)
    assert header(run, width=70).startswith("500+ rows · 41 ms · as authenticated ada@")
    for width in range(70):
        assert header(run, width=width).endswith("… (boundary) · read-only")
    assert len(header(run, width=66)) == 66


def test_reading_needs_no_question_and_writing_does() -> None:
    assert decide("select 1", Circumstances()).mode is Mode.READ_ONLY
    assert not decide("select 1", Circumstances()).question
    delete = decide("delete from t", Circumstances())
    assert (delete.mode, delete.is_destructive) == (Mode.COMMITTED, True)
    assert delete.question
    assert decide("vacuum t", Circumstances()).mode is Mode.OUTSIDE


def test_another_users_writes_are_rolled_back_unless_armed() -> None:
    assert decide("delete from t", Circumstances(impersonating=True)).mode is Mode.ROLLED_BACK
    assert decide("delete from t", Circumstances(impersonating=True, armed=True)).mode is Mode.COMMITTED
    with pytest.raises(Failure):
        decide("vacuum t", Circumstances(impersonating=True, armed=True))


@pytest.mark.parametrize("sql", ["begin", "COMMIT;", "/* x */ rollback", "savepoint a", "start transaction"])
def test_transaction_control_is_refused_with_a_sentence(sql: str) -> None:
    with pytest.raises(Failure) as refused:
        decide(sql, Circumstances())
    assert refused.value.kind is FailureKind.REFUSED


def test_a_read_only_profile_sends_no_write() -> None:
    with pytest.raises(Failure, match="chatly-prod is read-only"):
        decide("update t set x = 1", Circumstances(read_only=True, database="chatly-prod"))
    assert decide("select 1", Circumstances(read_only=True)).mode is Mode.READ_ONLY


def test_an_error_is_found_in_the_buffer_by_characters_not_bytes() -> None:
    sql = "select 'ä€😀' from nowhere"
    text = f"-- über\n{sql};"
    place = Place("b", text.index(sql), sql)
    found = place.error_in(text, Failure("x", position=sql.index("nowhere") + 1))
    assert found is not None
    assert text[found[0] : found[0] + found[1]] == "nowhere"
    assert line_and_column(text, found[0]) == "line 2, column 19"


def test_an_error_at_the_end_or_in_a_changed_text_marks_nothing_wrong() -> None:
    place = Place("b", 0, "select (")
    assert place.error_in("select (", Failure("x", position=9)) == (7, 1)
    assert place.error_in("select 1", Failure("x", position=9)) is None
    assert place.error_in("select (", Failure("x", position=None)) is None
    assert place.error_in("select (", Failure("x", position=99)) is None
