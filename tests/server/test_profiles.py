"""Profiles in the user's file: read with patience, written without harm to the rest."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatly_console.core.dsn import Surroundings, TlsMode, parse_dsn
from chatly_console.core.failure import Failure
from chatly_console.server.profile_entry import entry_of_target, profile_of_entry
from chatly_console.server.profile_file import ProfileFile, read_profiles, remove_profile, write_profile
from chatly_console.server.profiles import profile_of_target

AROUND = Surroundings({}, lambda path: None, "/home/me", "me")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chatly-console" / "config.toml"


def read(path: Path, text: str | None = None) -> ProfileFile:
    if text is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return read_profiles(path, AROUND)


def test_no_file_is_no_profiles_and_no_problem(path: Path) -> None:
    file = read(path)
    assert not file.profiles
    assert not file.problems


def test_a_profile_by_parts_and_one_by_connection_string(path: Path) -> None:
    file = read(
        path,
        """
[profiles.prod]
host = "db.example"
port = 6000
database = "chatly"
user = "oncall"
sslmode = "verify-full"
sslrootcert = "~/ca.crt"
environment = "production"
pool_size = 4
colour = "#ff0000"
ssh = "bastion"
statement_timeout = 30
idle_in_transaction_timeout = 60.5
cursor_idle_timeout = 20

[profiles."my own"]
dsn = "postgresql://me@localhost/own?pgbouncer=true"
""",
    )
    assert not file.problems
    prod, own = file.profiles.values()
    assert prod.target.display == "db.example:6000/chatly"
    assert prod.target.tls.mode is TlsMode.VERIFY_FULL
    assert prod.target.tls.root_certificate == "/home/me/ca.crt"
    assert prod.is_production
    assert prod.read_only
    assert (prod.pool_size, prod.colour, prod.ssh) == (4, "#ff0000", "bastion")
    assert (prod.statement_timeout, prod.idle_in_transaction_timeout, prod.cursor_idle_timeout) == (30, 60.5, 20)
    assert prod.keyring_user == "prod"
    assert own.name == "my own"
    assert (own.environment, own.read_only, own.target.pooler) == ("local", False, "transaction")


def test_production_may_be_writable_if_the_file_says_so(path: Path) -> None:
    text = '[profiles.p]\nhost = "h"\nenvironment = "production"\nread_only = false\n'
    assert read(path, text).profiles["p"].read_only is False


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        ('host = "h"\npassword = "hunter2"', 4, "set-password bad"),
        ('dsn = "postgresql://u:hunter2@h/d"', 3, "set-password bad"),
        ('dsn = "host=h password=hunter2"', 3, "set-password bad"),
        ('dsn = "nonsense hunter2"', 3, "not a PostgreSQL connection string"),
        ('host = "h"\nport = 99999', 2, "number from 1 to 65535"),
        ('host = "h"\nenvironment = "prod"', 4, "local, staging, production"),
        ('host = "h"\npool_size = "8"', 4, "whole number"),
        ('host = "h"\npool_size = true', 4, "whole number"),
        ('host = "h"\nread_only = "yes"', 4, "true or false"),
        ('host = "h"\nssh = "-oProxyCommand=evil"', 4, "cannot be used"),
        ('host = "h"\nstatement_timeout = 0', 4, "number of seconds"),
        ('host = "h"\ndsn = "postgresql:///d"', 4, "either dsn or host"),
        ('colour = "red"', 2, "either dsn or host"),
    ],
)
def test_a_bad_entry_is_named_with_its_line_and_skipped(path: Path, lines: str, line: int, words: str) -> None:
    file = read(path, f'# mine\n[profiles.bad]\n{lines}\n\n[profiles.good]\nhost = "h"\n')
    assert [*file.profiles] == ["good"]
    (problem,) = file.problems
    assert problem.line == line
    assert words in problem.sentence
    assert "hunter2" not in str(problem)


def test_a_broken_file_costs_the_profiles_and_nothing_else(path: Path) -> None:
    file = read(path, '[ui]\ntheme = "x"\n[profiles.a\nhost="h"\n')
    assert not file.profiles
    assert file.problems[0].line == 3
    with pytest.raises(Failure, match="is not changed"):
        write_profile(path, "b", {"host": "h"})
    assert "[profiles.a\n" in path.read_text()


def test_bytes_that_are_no_text_and_odd_tables(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe")
    assert "UTF-8" in read(path).problems[0].sentence
    assert "table of profiles" in read(path, "profiles = 3").problems[0].sentence
    assert "must be a table" in read(path, "[profiles]\nx = 3").problems[0].sentence


def test_an_unknown_key_and_a_hosted_project_without_environment_are_warned_of(path: Path) -> None:
    file = read(path, '[profiles.p]\nhost = "db.abc.supabase.co"\nhots = 1\n')
    warnings = " ".join(file.profiles["p"].warnings)
    assert "hots" in warnings
    assert "no environment is set" in warnings
    assert file.profiles["p"].environment == "staging"


OTHERS = """# my settings
[keymap]
run = "f5"  # as always

[profiles.old]
host = "old"  # goes

# about the screen
[ui]
theme = "night"
"""


def test_writing_leaves_the_rest_of_the_file_as_it_is(path: Path) -> None:
    read(path, OTHERS)
    write_profile(path, "new one", {"host": 'h"\\x', "port": 6000, "read_only": True})
    text = path.read_text()
    assert text.startswith(OTHERS)
    assert path.stat().st_mode & 0o777 == 0o600
    profile = read(path).profiles["new one"]
    assert profile.target.port == 6000
    assert profile.read_only
    write_profile(path, "old", {"host": "newer"})
    assert read(path).profiles["old"].target.host == "newer"
    remove_profile(path, "old")
    remove_profile(path, "new one")
    assert path.read_text() == OTHERS.replace('[profiles.old]\nhost = "old"  # goes\n\n', "")
    assert [entry.name for entry in path.parent.iterdir()] == ["config.toml"]


def test_a_form_that_only_the_owner_can_edit_is_left_alone(path: Path) -> None:
    text = 'profiles = { a = { host = "h" } }\n'
    read(path, text)
    with pytest.raises(Failure, match="only you can edit"):
        write_profile(path, "b", {"host": "x"})
    with pytest.raises(Failure, match="only you can edit"):
        remove_profile(path, "a")
    assert path.read_text() == text
    with pytest.raises(Failure, match="no profile “zzz”"):
        remove_profile(path, "zzz")


def test_a_folder_that_takes_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    path = tmp_path / "file" / "chatly-console" / "config.toml"
    with pytest.raises(Failure) as raised:
        write_profile(path, "shop", {"dsn": "postgresql://a@b/c"})
    assert str(path) in raised.value.sentence and "cannot be written" in raised.value.sentence


def test_a_linked_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text(OTHERS)
    path.parent.mkdir()
    path.symlink_to(real)
    write_profile(path, "x", {"host": "h"})
    assert path.is_symlink()
    assert "[profiles.x]" in real.read_text()


@example("0", "\x85#")
@given(st.text(min_size=1, max_size=20), st.text(max_size=20))
def test_any_name_and_value_survive_the_file(tmp_path_factory: pytest.TempPathFactory, name: str, value: str) -> None:
    if any("\ud800" <= c <= "\udfff" for c in name + value):
        return
    path = tmp_path_factory.mktemp("config") / "config.toml"
    write_profile(path, name, {"host": "h", "application_name": f"x{value}"})
    assert read(path).profiles.keys() == {name} or "\0" in value or read(path).problems
    remove_profile(path, name)
    assert path.read_text() == ""


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://u:p@h:6000/d?sslmode=verify-full&sslrootcert=/ca.crt&connect_timeout=7",
        "postgresql://u@h1:1,h2:2/d?target_session_attrs=primary",
        "postgresql://u@h/d?hostaddr=10.0.0.1&options=-c%20search_path%3Da%5C%20b%20-e",
        "host=/run/pg user='a \\' b' dbname='d\\\\e' application_name='x y'",
        "postgresql:///d?port=7000",
        "postgresql://u@h/d?sslmode=disable",
        "postgresql://u@h/d?sslnegotiation=direct&sslmode=require",
        "postgresql://u.x@a.pooler.supabase.com:6543/postgres",
    ],
)
def test_a_target_written_as_an_entry_is_the_same_target_without_its_password(dsn: str) -> None:
    target = parse_dsn(dsn, AROUND)
    entry = entry_of_target(target)
    assert "p" not in entry.values()
    again = profile_of_entry("x", entry, AROUND).target
    for name in ("endpoints", "database", "user", "tls", "connect_timeout", "application_name", "settings",
                 "options", "target_session_attrs", "pooler"):  # fmt: skip
        assert getattr(again, name) == getattr(target, name), name
    assert again.password is None


def test_an_ad_hoc_connection_is_a_profile_that_the_keyring_does_not_know() -> None:
    profile = profile_of_target(parse_dsn("postgresql://u:p@h/d"), "dsn")
    assert profile.name == "h:5432/d"
    assert profile.keyring_user is None
    assert profile.environment == "staging"
