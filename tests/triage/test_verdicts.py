"""The first glance: what is said, in which order, and what is left unsaid."""

from dataclasses import replace

from chatly_console.core.durations import age_words
from chatly_console.triage.activity import Session, live_list
from chatly_console.triage.blocking import blocking_tree
from chatly_console.triage.filters import matches
from chatly_console.triage.glance import glance
from chatly_console.triage.health import Finding
from chatly_console.triage.pace import Pace
from chatly_console.triage.pulse import History, Pulse, Wraparound
from chatly_console.triage.readings import size_words, sparkline
from chatly_console.triage.session_verdicts import temp_in_use
from chatly_console.triage.temp_files import TempUse
from chatly_console.triage.verdicts import MB, Limits, Verdict, causes
from tests.triage.sessions import holder, waiter

CALM = Pulse(
    at=1000.0, up_s=86400.0, connection_limit=100, reserved=3, backends=10, commits=100, rollbacks=0, hits=1000,
    reads=10, temp_files=0, temp_bytes=0, deadlocks=0, conflicts=0, standby=False, behind_s=None, replicas=0,
    replay_lag_s=None, replay_lag_bytes=None, idle_slots=0, slot_bytes=None,
)  # fmt: skip


def look(sessions: list[Session], *pulses: Pulse, wraparound: Wraparound | None = None) -> list[Verdict]:
    history = History()
    for pulse in pulses or (CALM,):
        history.add(pulse)
    return glance(sessions, blocking_tree(sessions), history, wraparound)


def sentences(verdicts: list[Verdict]) -> list[str]:
    return [one.sentence for one in causes(verdicts)]


def test_a_calm_server_has_no_cause_of_trouble() -> None:
    verdicts = look([])
    assert causes(verdicts) == []
    assert [one.level for one in verdicts if one.name != "cache"] == ["ok"] * 7


def test_a_long_report_and_an_older_forgotten_transaction_are_both_named() -> None:
    forgotten = Session(1, "app", state="idle in transaction", transaction_s=500.0, xmin_age=3)
    report = Session(2, "bi", application="nightly", state="active", transaction_s=400.0, query_s=400.0)
    worker = Session(3, "bi", state="active", transaction_s=400.0, leader=2)
    short = Session(4, "app", state="active", transaction_s=1.0)
    assert sentences(look([short, report, worker, forgotten])) == [
        "longest transaction 8m20: pid 1 (app) is idle in transaction, holds back vacuum",
        "another transaction 6m40: pid 2 (bi, nightly) is active with 1 parallel worker",
    ]
    assert len(sentences(look([short, forgotten]))) == 1


def test_what_has_been_wrong_for_long_is_as_bad_as_it_is_and_stands_behind_what_goes_wrong_now() -> None:
    off = Finding("setting", "bad", "fsync", "off: a crash destroys the database", is_cause=True)
    history = History()
    history.add(CALM)
    sessions = [holder(1, seconds=400), waiter(2, 1)]
    verdicts = glance(sessions, blocking_tree(sessions), history, None, findings=[off])
    assert {one.name: one.level for one in verdicts}["setting"] == "bad", "as in the view that it leads to"
    assert [(one.name, one.level) for one in causes(verdicts)] == [
        ("waiting", "warn"), ("transaction", "warn"), ("setting", "bad"),
    ]  # fmt: skip


def test_temporary_files_of_a_parallel_worker_are_its_leaders() -> None:
    sessions = [Session(7, user="ada", application="etl", state="active"), Session(8, leader=7), Session(9, user="bob")]
    verdict = temp_in_use(sessions, [TempUse(9, 300 * MB, 1), TempUse(7, 1, 1), TempUse(8, 400 * MB, 1)], Limits())
    assert verdict is not None and verdict.sentence == (
        "temp files take 700 MB: pid 7 (ada, etl) is active and has 400 MB of them"
    )


def test_who_waits_comes_first_and_the_culprit_is_named_with_what_he_holds() -> None:
    sessions = [holder(1, seconds=400), waiter(2, 1, seconds=176), waiter(3, 1)]
    said = sentences(look(sessions))
    assert said[0] == "2 wait for locks, oldest 2m56: pid 1 is idle in transaction and holds messages"
    assert said[1].startswith("longest transaction 6m40: pid 1 (app) is idle in transaction, holds back vacuum")


def test_connections_near_the_limit_count_without_the_reserved_ones() -> None:
    verdicts = look([], replace(CALM, backends=97))
    assert "all 97 connections are taken (3 more are reserved): the next client" in sentences(verdicts)[0]
    beyond = sentences(look([], replace(CALM, backends=99)))[0]
    assert beyond.startswith("all 97 connections are taken, and 2 of 3 reserved ones: the next client is refused")
    assert (
        "90 of 97 connections are taken (3 more are reserved): soon"
        in sentences(look([], replace(CALM, backends=90)))[0]
    )
    assert sentences(look([], replace(CALM, backends=70))) == []


def test_only_what_happened_since_the_first_look_counts() -> None:
    old = replace(CALM, deadlocks=50, temp_bytes=10**12)
    assert sentences(look([], old)) == []
    later = replace(old, at=1010.0, deadlocks=52, temp_bytes=10**12 + 2 * 10**9)
    assert sorted(sentences(look([], old, later))) == [
        "1.9 GB of temp files in 10 s: sorts or hashes do not fit into work_mem",
        "2 deadlocks since you began to look; the server's log names the statements",
    ]


def test_counters_that_were_reset_are_not_compared() -> None:
    later = replace(CALM, at=1010.0, commits=1, hits=0, deadlocks=0)
    assert sentences(look([], replace(CALM, deadlocks=5), later)) == []


def test_a_restart_while_somebody_watches_is_said() -> None:
    assert sentences(look([], replace(CALM, up_s=4.0))) == []
    said = sentences(look([], CALM, replace(CALM, at=1100.0, up_s=4.0)))
    assert said == ["the server was restarted, or crashed, 4.0 s ago while you watched"]


def test_cache_lag_and_wraparound() -> None:
    steps = [replace(CALM, at=1000.0 + i, hits=1000 + 100 * i, reads=10 + 900 * i) for i in range(5)]
    assert sentences(look([], *steps)) == ["only 10% of the blocks read just now were in memory"]
    lagging = replace(CALM, replicas=1, replay_lag_s=90.0, replay_lag_bytes=5 * 1024**2)
    assert sentences(look([], lagging)) == ["a replica is behind by 1m30 (5.0 MB of WAL)"]
    old = Wraparound("chatly", 1_800_000_000, 5, 200_000_000, 10**9)
    assert sentences(look([], wraparound=old))[0].startswith("chatly has used 84% of its transaction numbers")


def test_filters_find_by_field_and_by_word() -> None:
    session = holder(42, user="Ada", seconds=90)
    assert matches(session, "user:ada state:idle longer:1m UPDATE")
    assert not matches(session, "longer:2m")
    assert not matches(session, "pid:4")


def test_own_connections_are_hidden_and_workers_stand_under_their_leader() -> None:
    sessions = [
        Session(1, state="active", query_s=1),
        Session(3, state="active", query_s=99, leader=1, backend_type="parallel worker"),
        Session(2, state="active", query_s=5),
        Session(4, state="active", query_s=9, own=True),
        Session(5, backend_type="checkpointer"),
    ]
    assert [one.pid for one in live_list(sessions)] == [2, 1, 3]
    assert 4 in [one.pid for one in live_list(sessions, own=True)]


def test_a_tick_that_costs_more_than_a_quarter_of_the_interval_backs_off() -> None:
    pace = Pace(interval=2.0)
    pace.took(0.5)
    assert (pace.delay, pace.slowed) == (2.0, False)
    pace.took(1.0)
    assert (pace.delay, pace.slowed) == (4.0, True)
    assert pace.words == "every 4.0 s (slowed) · tick 1000 ms"


def test_the_cost_of_a_tick_does_not_jump_about_on_the_screen() -> None:
    pace = Pace()
    pace.took(0.060)
    assert pace.words == "every 2 s · tick 60 ms", "the first one, which connects"
    for cost in (0.004, 0.004, 0.004, 0.005, 0.004):
        pace.took(cost)
        assert pace.words == "every 2 s · tick 4 ms", cost


def test_readings() -> None:
    assert [age_words(one) for one in (0.44, 59.9, 176, 3 * 3600 + 300, None)] == ["0.4 s", "59 s", "2m56", "3h05", ""]
    assert [size_words(one) for one in (512, 1536, 200 * 1024**2)] == ["512 B", "1.5 kB", "200 MB"]
    assert sparkline([1, 2, 3, 8]) == "▁▂▃█"
    assert sparkline([0, 0]) == "▁▁"
