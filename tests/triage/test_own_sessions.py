"""Which sessions are the console's own, and so out of sight unless they are asked for."""

from chatly_console.core.values import Record
from chatly_console.server.impersonation import BOUNDARY_LOGIN
from chatly_console.triage.activity import sessions_of


def record(pid: int, user: str, application: str, client: str = "10.0.0.1", *, asking: bool = False) -> Record:
    return {
        "pid": pid, "leader_pid": None, "database": "chatly", "user": user, "application": application,
        "client": client, "backend_type": "client backend", "backend_start": None, "state": "idle",
        "wait_event_type": None, "wait_event": None, "query": "", "query_id": None, "asking": asking,
        "of_superuser": False, "concealed": False, "transaction_s": None, "query_s": None, "state_s": 1.0,
        "xmin_age": None, "waits": False,
    }  # fmt: skip


def test_the_connection_that_runs_as_a_user_is_the_consoles_own_too() -> None:
    found = sessions_of([
        record(1, "postgres", "chatly-console triage", asking=True),
        record(2, "postgres", "chatly-console"),
        record(3, BOUNDARY_LOGIN, "chatly-console"),
        record(4, BOUNDARY_LOGIN, "chatly-console", client="10.0.0.9"),
        record(5, "authenticator", "chatly-console"),
        record(6, "postgres", "api"),
    ])  # fmt: skip
    assert [one.pid for one in found if one.own] == [1, 2, 3]
