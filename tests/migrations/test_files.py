"""Files and their layouts: what a folder holds, whoever keeps it, and new pairs."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatly_console.core.failure import Failure
from chatly_console.migrations.directives import read_directives
from chatly_console.migrations.layouts import read_folder
from chatly_console.migrations.writing import migrations_folder, new_pair
from tests.migrations.stage import write

V1 = "20260103000000"


def test_directives_are_read_from_the_header() -> None:
    found = read_directives(
        "-- chatly: transaction=false retries=7 lock_timeout=250ms statement_timeout=15min\n"
        '-- chatly: irreversible reason="no way"\n-- chatly: allow=drop-column,rewrite idempotent\nselect 1;'
    )
    assert not found.transaction
    assert (found.retries, found.lock_timeout, found.statement_timeout) == (7, 0.25, 900.0)
    assert found.irreversible and found.idempotent and found.reason == "no way"
    assert found.allow == {"drop-column", "rewrite"}
    assert read_directives("-- chatly: transacton=false").unknown == ("transacton",)


@pytest.mark.parametrize("line", ["lock_timeout=soon", "retries=many", "statement_timeout=-1s"])
def test_a_value_that_makes_no_sense_is_refused(line: str) -> None:
    with pytest.raises(Failure, match="is no"):
        read_directives(f"-- chatly: {line}")


@pytest.mark.parametrize(
    "line",
    ["-- pg-delta: transaction=false", "-- migrate:up transaction:false", "-- +goose NO TRANSACTION"],
)
def test_other_tools_words_for_no_transaction_are_understood(line: str) -> None:
    assert not read_directives(f"{line}\nselect 1;").transaction


def test_two_files_of_one_version_are_refused(tmp_path: Path) -> None:
    for name in ("first", "again"):
        write(tmp_path, V1, name, "select 1;")
    with pytest.raises(Failure, match="same version"):
        read_folder(tmp_path)


def test_a_supabase_folder_has_ups_only_and_other_names_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, V1, "init", "select 1;")
    write(tmp_path, "20260103000001", "", "select 1;")
    (tmp_path / "README.sql").write_text("not a migration")
    folder = read_folder(tmp_path)
    assert [(f.version, f.name, f.down) for f in folder.files] == [(V1, "init", None), ("20260103000001", "", None)]


def test_dbmate_files_have_both_ways_and_keep_their_line_numbers(tmp_path: Path) -> None:
    text = (
        "-- migrate:up transaction:false\ncreate index concurrently i on a (b);\n\n-- migrate:down\n\ndrop index i;\n"
    )
    write(tmp_path, V1, "index", text)
    folder = read_folder(tmp_path)
    (file,) = folder.files
    assert folder.layout == "dbmate"
    assert [s.sql for s in file.up.statements] == ["create index concurrently i on a (b)"]
    assert file.down is not None
    assert [(s.sql, s.line) for s in file.down.statements] == [("drop index i", 6)]
    assert not file.up.in_transaction


def test_goose_files_with_bodies_between_begin_and_end(tmp_path: Path) -> None:
    write(
        tmp_path, "00002", "f",
        "-- +goose Up\n-- +goose StatementBegin\n"
        "create function f() returns int as $$ begin return 1; end $$ language plpgsql;\n"
        "-- +goose StatementEnd\n-- +goose Down\ndrop function f;\n",
    )  # fmt: skip
    write(tmp_path, "00010", "later", "-- +goose Up\nselect 1;\n-- +goose Down\n-- nothing\n")
    folder = read_folder(tmp_path)
    assert folder.layout == "goose"
    assert [f.version for f in folder.files] == ["00002", "00010"]
    assert len(folder.files[0].up.statements) == 1
    assert folder.files[1].down is None


def test_golang_migrate_has_a_file_for_each_way_ordered_by_number(tmp_path: Path) -> None:
    for number in (1, 2, 10):
        (tmp_path / f"{number}_m{number}.up.sql").write_text(f"create table t{number} (i int);")
    (tmp_path / "2_m2.down.sql").write_text("drop table t2;")
    folder = read_folder(tmp_path)
    assert folder.layout == "golang-migrate"
    assert [(f.version, f.name, f.down is not None) for f in folder.files] == [
        ("1", "m1", False), ("2", "m2", True), ("10", "m10", False),
    ]  # fmt: skip


def test_what_is_no_text_says_which_line(tmp_path: Path) -> None:
    write(tmp_path, V1, "latin", "select 1;").write_bytes(b"select 1;\nselect 'M\xfcnchen';")
    with pytest.raises(Failure, match="line 2"):
        read_folder(tmp_path)


def test_a_new_pair_comes_after_all_others(tmp_path: Path) -> None:
    write(tmp_path, V1, "first", "select 1;")
    pair = new_pair(tmp_path, "Add VIP flag!", now=datetime(2020, 1, 1, tzinfo=UTC))
    assert pair.up.name == "20260103000001_add_vip_flag.sql" and pair.down.exists()
    assert read_folder(tmp_path).files[-1].down is None, "an empty way back is none"


def test_a_change_of_another_room_is_written_whole(tmp_path: Path) -> None:
    (tmp_path / "database").mkdir()
    pair = new_pair(tmp_path / "database", "index on messages", "create index i on a (b) -- quick", "drop index i")
    file = read_folder(tmp_path / "database").files[0]
    assert [s.sql.strip() for s in file.up.statements] == ["create index i on a (b) -- quick"]
    assert file.down is not None and [s.sql for s in file.down.statements] == ["drop index i"]
    assert pair.up.read_text().startswith("-- index on messages\n")


def test_a_change_without_a_way_back_says_so(tmp_path: Path) -> None:
    new_pair(tmp_path, "drop it", "drop table a;")
    directives = read_folder(tmp_path).files[0].up.directives
    assert directives.irreversible and directives.reason


def test_what_cannot_be_written_leaves_neither_file(tmp_path: Path) -> None:
    (tmp_path / "down").write_text("in the way")
    with pytest.raises(Failure, match="cannot be written"):
        new_pair(tmp_path, "x", "select 1;")
    assert not list(tmp_path.glob("*.sql"))


def test_the_project_around_us_is_found(tmp_path: Path) -> None:
    assert migrations_folder(None, tmp_path).name == "database"
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True)
    write(folder, V1, "init", "select 1;")
    assert migrations_folder(None, tmp_path) == folder
    assert migrations_folder("elsewhere", tmp_path) == Path("elsewhere")
