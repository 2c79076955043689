"""Sessions made up for the pure tests."""

from datetime import UTC, datetime

from chatly_console.triage.activity import Session, Wait

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def waiter(pid: int, *blockers: int, seconds: float = 1.0, leader: int | None = None) -> Session:
    wait = Wait(blockers, "relation", "AccessShareLock", seconds, relation="messages")
    return Session(pid, state="active", query_s=seconds, wait=wait, backend_start=BEGAN, leader=leader)


def holder(pid: int, state: str = "idle in transaction", seconds: float = 60.0, user: str = "app") -> Session:
    return Session(pid, user=user, state=state, state_s=seconds, transaction_s=seconds, backend_start=BEGAN,
                   query="update messages set body = 'x'", xmin_age=5)  # fmt: skip
