"""`profiles` and `doctor` as a person or a script calls them, and the choice of the database."""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from chatly_console.cli import main
from chatly_console.connections.choose import choose_target, config_path
from chatly_console.connections.extensions import extension_checks, required_extensions
from chatly_console.core.failure import Failure

PG17 = "postgresql://postgres:postgres-pw@127.0.0.1:55617/supalike"
DEAD = "postgresql://u:hunter2@127.0.0.1:1/d"


@pytest.fixture(autouse=True)
def own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home, a configuration and an environment of the test's own, and no keyring."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    yield tmp_path / "chatly-console" / "config.toml"
    keyring.set_keyring(before)


def words(**given: object) -> argparse.Namespace:
    return argparse.Namespace(
        **{"profile": None, "dsn": None, "demo": None, "data_dir": None, "timeout": None, **given}
    )


def test_add_list_remove(own_config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dsn = "postgresql://me:hunter2@db.abc.supabase.co:6543/postgres?pgbouncer=true&odd=1"
    assert main(["profiles", "add", "shop", "--dsn", dsn, "--environment", "production", "--ssh", "bastion"]) == 0
    said = capsys.readouterr()
    assert "db.abc.supabase.co:6543/postgres (production)" in said.out
    assert "odd" in said.err
    assert "kept nowhere" in said.err
    assert main(["profiles", "list", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["name"] == "shop"
    assert (row["pooler"], row["read_only"], row["tls"], row["ssh"]) == ("transaction", True, "require", "bastion")
    assert main(["profiles", "list"]) == 0
    assert "shop  production  db.abc.supabase.co:6543/postgres as me  read-only" in capsys.readouterr().out
    assert main(["profiles", "add", "shop", "--dsn", dsn]) == 2
    assert main(["profiles", "remove", "shop"]) == 2
    assert main(["profiles", "remove", "shop", "--yes"]) == 0
    assert main(["profiles", "remove", "shop", "--yes"]) == 2
    everything = capsys.readouterr()
    assert "hunter2" not in said.out + said.err + everything.out + everything.err + own_config.read_text()


def test_a_supabase_profile_without_environment_is_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profiles", "add", "p", "--dsn", "postgresql://u@db.abc.supabase.co/postgres"]) == 0
    assert "no environment is set" in capsys.readouterr().err


def test_what_the_environment_holds_does_not_reach_a_profile(own_config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    monkeypatch.setenv("PGSSLMODE", "disable")
    monkeypatch.setenv("PGHOSTADDR", "10.0.0.9")
    assert main(["profiles", "add", "p", "--dsn", "postgresql://u@h/d"]) == 0
    text = own_config.read_text()
    assert "hunter2" not in text
    assert "disable" not in text
    assert "10.0.0.9" not in text


def test_a_bad_file_is_told_and_the_rest_listed(own_config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own_config.parent.mkdir()
    own_config.write_text('[profiles.a]\nhost="h"\npassword="hunter2"\n[profiles.b]\nhost="\\u001b[2J"\n')
    assert main(["profiles", "list"]) == 1
    said = capsys.readouterr()
    assert "line 3" in said.err
    assert "set-password a" in said.err
    assert "\x1b" not in said.out
    assert "b" in said.out
    assert "hunter2" not in said.out + said.err
    assert main(["--profile", "a", "profiles", "test", "a"]) == 2


def test_no_connection_is_exit_3_without_the_password(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--dsn", DEAD, "doctor", "--json"]) == 3
    said = capsys.readouterr()
    checks = {check["name"]: check for check in json.loads(said.out)}
    assert checks["connection"]["level"] == "fail"
    assert "refuses" in checks["connection"]["words"]
    assert "hunter2" not in said.out + said.err
    assert main(["profiles", "add", "dead", "--dsn", "postgresql://u@127.0.0.1:1/d"]) == 0
    assert main(["profiles", "test", "dead"]) == 3


def test_doctor_without_a_connection_looks_at_the_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) in (0, 1)
    names = {check["name"] for check in json.loads(capsys.readouterr().out)}
    assert names >= {"python", "terminal", "colour", "locale", "clipboard", "keyring", "embedded server", "psql", "ssh"}
    assert main(["doctor"]) in (0, 1)
    assert "no keyring" in capsys.readouterr().out


async def test_the_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Failure, match="exclude each other"):
        await choose_target(words(profile="a", dsn="b"))
    with pytest.raises(Failure, match="no usable profile “a”"):
        await choose_target(words(profile="a"))
    given = await choose_target(words(dsn="postgresql://u@h/d", timeout=3.0))
    assert (given.origin, given.name, given.statement_timeout) == ("dsn", "h:5432/d", 3.0)
    monkeypatch.setenv("PGHOST", "eh")
    monkeypatch.setenv("PGUSER", "eu")
    assert (await choose_target(words())).target.display == "eh:5432/eu"


def test_doctor_says_what_the_console_would_say_of_keys_and_themes(capsys: pytest.CaptureFixture[str]) -> None:
    def found() -> list[tuple[str, str]]:
        capsys.readouterr()
        main(["doctor", "--json"])
        checks = json.loads(capsys.readouterr().out)
        return [(check["level"], check["words"]) for check in checks if check["name"] == "keys and themes"]

    assert found() == [("ok", "nothing is wrong with them")]
    folder = config_path().parent
    (folder / "themes").mkdir(parents=True)
    config_path().write_text('[keymap]\n"query.run" = "ctrl+r"\n"query.rum" = "f5"\n"explain.tree" = "hyper+nothing"\n')
    (folder / "themes" / "mine.toml").write_text("[/]")
    words = [text for level, text in found() if level == "warn"]
    assert any("mine.toml was skipped" in text for text in words)
    assert any("there is no “query.rum”; did you mean query.run?" in text for text in words)
    assert any("hyper+nothing" in text for text in words)


def test_versions_of_extensions_side_by_side() -> None:
    rows: list[dict[str, object]] = [
        {"name": "vector", "offered": "0.8.6", "installed": "0.7.4"},
        {"name": "pgcrypto", "offered": "1.3", "installed": "1.3"},
        {"name": "uuid-ossp", "offered": "1.1", "installed": None},
        {"name": "pg_graphql", "offered": None, "installed": None},
    ]
    vector, pgcrypto, uuid, graphql = extension_checks(rows)
    assert (vector.name, vector.level) == ("extension vector", "warn")
    assert vector.words.startswith("required 0.8.0, offered 0.8.6, installed 0.7.4; parallel HNSW builds can write")
    assert vector.mend == 'alter extension "vector" update'
    assert pgcrypto.level == "ok"
    assert uuid.mend == 'create extension "uuid-ossp" with schema extensions'
    assert "Chatly runs without it" in graphql.mend


def test_a_fault_is_told_until_the_version_that_mended_it() -> None:
    def words(version: str) -> str:
        return extension_checks([{"name": "vector", "offered": version, "installed": version}])[0].words

    assert "vacuum can damage an HNSW index (mended in 0.8.3)" in words("0.8.2")
    assert "vacuum can damage" not in words("0.8.3")
    assert words("0.8.6") == "required 0.8.0, offered 0.8.6, installed 0.8.6"


def test_what_chatly_cannot_do_without_is_a_failure_where_it_is_missing() -> None:
    rows: list[dict[str, object]] = [
        {"name": name, "offered": None, "installed": None} for name in required_extensions()
    ]
    failing = [check.name for check in extension_checks(rows) if check.level == "fail"]
    assert failing == ["extension vector", "extension btree_gist"]


@pytest.mark.pg17
@pytest.mark.skipif(not os.environ.get("CHATLY_PG17"), reason="CHATLY_PG17 is not set")
class TestAgainstPostgres17:
    def test_doctor_tells_how_the_server_stands(self, capsys: pytest.CaptureFixture[str]) -> None:
        main(["--dsn", PG17, "doctor", "--json"])
        checks = {check["name"]: check["words"] for check in json.loads(capsys.readouterr().out)}
        assert checks["server"].startswith("PostgreSQL 17")
        assert checks["tls"] == "in use (prefer)"
        assert checks["login"] == "postgres: bypasses row level security"
        assert checks["run as"] == "the login may become anon and authenticated"
        assert checks["extension vector"].startswith("required 0.8.0, offered 0.8.0, installed 0.8.0; ")

    def test_doctor_sees_the_transaction_pooler(self, capsys: pytest.CaptureFixture[str]) -> None:
        main(["--dsn", PG17.replace("55617", "56617"), "doctor", "--json"])
        checks = {check["name"]: check["words"] for check in json.loads(capsys.readouterr().out)}
        assert "transaction pooler" in checks["pooler"]

    def test_a_login_that_may_become_nobody(self, capsys: pytest.CaptureFixture[str]) -> None:
        main(["--dsn", PG17.replace("postgres:postgres-pw", "readonly:read-pw"), "doctor", "--json"])
        checks = {check["name"]: check["words"] for check in json.loads(capsys.readouterr().out)}
        assert checks["run as"] == "the login may not become anon or authenticated"

    def test_a_profile_is_tried(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        main(["profiles", "add", "p", "--dsn", PG17.replace(":postgres-pw", "")])
        assert main(["profiles", "test", "p"]) == 3
        monkeypatch.setenv("PGPASSWORD", "postgres-pw")
        assert main(["profiles", "test", "p"]) == 0
        assert "PostgreSQL 17" in capsys.readouterr().out
