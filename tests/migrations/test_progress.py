"""A run as lines: what a person reads while it goes on, and what is left of it afterwards."""

from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.values import Notice
from chatly_console.migrations import events
from chatly_console.migrations.events import Blocker, Sight, TakenLock, Task
from chatly_console.migrations.layouts import read_folder
from chatly_console.migrations.place import place_of
from chatly_console.migrations.progress import Progress
from tests.migrations.stage import write

BLOCKER = Blocker(2114, "app_api", "reports [/]", "idle in transaction", 176.0, "select 1\nfrom messages")
NO_LOCK = Failure("Canceling statement due to lock timeout", FailureKind.TIMEOUT, "55P03")


def run_of(folder: Path) -> tuple[Progress, Task]:
    write(folder, "20260101000000", "m", "alter table m add column j int;\ncreate index on m (j);")
    (file,) = read_folder(folder).files
    task = Task(file, "up")
    return Progress([task], "chatly-prod"), task


def text(progress: Progress) -> str:
    return "\n".join(row.text for row in progress.lines())


def test_who_blocks_and_how_far_it_is(tmp_path: Path) -> None:
    progress, task = run_of(tmp_path)
    progress.take(events.FileBegan(task, 0, 1))
    progress.take(events.StatementBegan(task, 1))
    progress.take(events.Watched(task, Sight((BLOCKER,), "ACCESS EXCLUSIVE on public.m")))
    shown = text(progress)
    assert "statement 1 of 2" in shown and "waits for ACCESS EXCLUSIVE on public.m" in shown
    assert "held by pid 2114 (app_api, reports [/]), idle in transaction for 176 s: select 1 from messages" in shown
    progress.take(events.Watched(task, Sight((), "", "building index", 0.5, "10 of 20 blocks")))
    assert "████████████░░░░░░░░░░░░ 50%  10 of 20 blocks" in text(progress)
    assert "migration m" in progress.busy


def test_an_attempt_that_is_followed_by_another_leaves_one_line(tmp_path: Path) -> None:
    progress, task = run_of(tmp_path)
    place = place_of(task.script, 0, NO_LOCK)
    for attempt in (1, 2):
        progress.take(events.FileBegan(task, 0, attempt))
        progress.take(events.FileFailed(task, NO_LOCK, place, "nothing of it was kept"))
        progress.take(events.Retrying(task, attempt, 6, 0.5, NO_LOCK, (BLOCKER,)))
    shown = text(progress)
    assert shown.count("Canceling") == 2 and "attempt 2 of 6" in shown and "nothing of it was kept" not in shown
    progress.take(events.FileBegan(task, 0, 3))
    progress.take(events.FileEnded(task, 0.2, (TakenLock("public.m", "ACCESS EXCLUSIVE", 1, True, 5, 120.0),)))
    progress.end("✓ done", "good")
    shown = text(progress)
    assert "✓ 20260101000000 m" in shown and "took ACCESS EXCLUSIVE on public.m, rewrote it, held 120 ms" in shown
    assert progress.busy == "" and not progress.going_on


def test_many_notices_leave_the_last(tmp_path: Path) -> None:
    progress, task = run_of(tmp_path)
    progress.take(events.FileBegan(task, 0, 1))
    for number in range(40):
        progress.take(events.Heard(Notice("NOTICE", f"step {number}")))
    shown = text(progress)
    assert "… 34 earlier notices" in shown and "NOTICE: step 39" in shown and "step 12" not in shown


def test_another_console_is_named(tmp_path: Path) -> None:
    progress, task = run_of(tmp_path)
    progress.take(events.QueueWaits("pid 7 (ada, chatly-console migrate)"))
    assert "another console is migrating this database: pid 7" in text(progress)
    progress.take(events.FileSkipped(task, "applied meanwhile by ada@laptop"))
    assert "✓ 20260101000000 m  2 statements  applied meanwhile by ada@laptop" in text(progress)
