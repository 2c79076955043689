"""Nothing is left to the driver's guesses, and TLS against a real server holds what it promises."""

import getpass
import os
import socket
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import pytest

from chatly_console.core.dsn import parse_dsn
from chatly_console.core.failure import Failure
from chatly_console.server.connect_arguments import connect_arguments

SERVER = "127.0.0.1:55617"
CERTIFICATES = Path(os.environ.get("CHATLY_PG17_CERTIFICATES", "../shared/tools/pg17"))
needs_pg17 = [
    pytest.mark.pg17,
    pytest.mark.skipif(not os.environ.get("CHATLY_PG17"), reason="CHATLY_PG17 is not set"),
]


def test_everything_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = connect_arguments(parse_dsn("postgresql://h/d"))
    assert arguments["user"] == getpass.getuser()
    assert arguments["password"] == ""
    assert (arguments["host"], arguments["port"]) == (["h"], [5432])
    assert isinstance(arguments["ssl"], ssl.SSLContext)
    assert arguments["direct_tls"] is False
    assert arguments["target_session_attrs"] == "any"
    assert arguments["server_settings"] == {"application_name": "chatly-console"}


def test_the_usual_sockets_come_first_where_no_host_is_named() -> None:
    arguments = connect_arguments(parse_dsn("postgresql://u@/d?port=7000"))
    assert arguments["host"] == ["/run/postgresql", "/var/run/postgresql", "/tmp", "localhost"]
    assert arguments["port"] == [7000] * 4
    assert arguments["ssl"] == "prefer"
    assert connect_arguments(parse_dsn("postgresql:///d?host=/run/pg"))["ssl"] is False


def test_a_pooler_gets_no_settings_but_the_name() -> None:
    options = "options=-c%20work_mem%3D9MB%20-e"
    plain = connect_arguments(parse_dsn(f"postgresql://u@h/d?{options}"))["server_settings"]
    assert plain == {"application_name": "chatly-console", "work_mem": "9MB", "options": "-e"}
    pooled = connect_arguments(parse_dsn(f"postgresql://u@h/d?{options}&pgbouncer=true"))["server_settings"]
    assert pooled == {"application_name": "chatly-console"}


@pytest.mark.parametrize(
    ("query", "mode", "name_checked"),
    [
        ("", ssl.CERT_NONE, False),
        ("sslmode=verify-ca&sslrootcert={ca}", ssl.CERT_REQUIRED, False),
        ("sslmode=verify-full&sslrootcert={ca}", ssl.CERT_REQUIRED, True),
        ("sslrootcert=system", ssl.CERT_REQUIRED, True),
        ("sslmode=verify-ca", ssl.CERT_REQUIRED, True),
    ],
)
def test_what_is_verified(
    query: str, mode: ssl.VerifyMode, name_checked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    authority = ssl.get_default_verify_paths().openssl_cafile
    if "{ca}" in query and not Path(authority).is_file():
        pytest.skip("this machine has no certificate authorities")
    context: Any = connect_arguments(parse_dsn("postgresql://h/d?" + query.format(ca=authority)))["ssl"]
    assert context.verify_mode is mode
    assert context.check_hostname is name_checked
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("content", [None, b"", b"nonsense"])
def test_a_certificate_that_cannot_be_read_is_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ca.crt"
    if content is not None:
        path.write_bytes(content)
    for query in (f"sslrootcert={path}", f"sslcert={path}&sslkey={path}&sslpassword=hunter2"):
        with pytest.raises(Failure, match=r"certificate \(.*ca\.crt cannot be used") as caught:
            connect_arguments(parse_dsn(f"postgresql://h/d?{query}"))
        assert "hunter2" not in repr(caught.value)


@pytest.fixture
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hostile environment: had the driver its way, every connection would go wrong."""
    for name, value in {
        "PGHOST": "nowhere.invalid", "PGPORT": "1", "PGUSER": "wrong", "PGDATABASE": "wrong", "PGPASSWORD": "wrong",
        "PGSSLMODE": "disable", "PGSSLROOTCERT": "/nowhere", "PGSSLNEGOTIATION": "direct",
        "PGTARGETSESSIONATTRS": "standby", "PGPASSFILE": "/nowhere", "PGSERVICE": "wrong",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)


async def ask(dsn: str, sql: str) -> Any:
    arguments: dict[str, Any] = connect_arguments(parse_dsn(dsn))
    connection = await asyncpg.connect(**arguments)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


IN_USE = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"


class TestAgainstPostgres17:
    pytestmark = needs_pg17

    @pytest.mark.parametrize(
        "query",
        [
            "sslmode=require",
            "sslmode=prefer",
            f"sslmode=verify-full&sslrootcert={CERTIFICATES}/ca.crt",
            f"sslmode=verify-ca&sslrootcert={CERTIFICATES}/ca.crt",
            "pgbouncer=true&channel_binding=require&connect_timeout=5&odd=1",
        ],
    )
    async def test_tls_is_in_use(self, query: str, no_environment: None) -> None:
        assert await ask(f"postgresql://postgres:postgres-pw@{SERVER}/supalike?{query}", IN_USE) is True

    async def test_plain_text_only_when_asked_for(self) -> None:
        dsn = f"postgresql://postgres:postgres-pw@{SERVER}/supalike?sslmode=disable"
        assert await ask(dsn, IN_USE) is False
        with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
            await ask(f"postgresql://tlsonly:tls-pw@{SERVER}/supalike?sslmode=disable", IN_USE)
        assert await ask(f"postgresql://tlsonly:tls-pw@{SERVER}/supalike", IN_USE) is True

    @pytest.mark.parametrize(
        ("place", "query"),
        [
            (SERVER, f"sslmode=verify-full&sslrootcert={CERTIFICATES}/other-ca.crt"),
            (SERVER, f"sslmode=verify-ca&sslrootcert={CERTIFICATES}/other-ca.crt"),
            (SERVER, "sslrootcert=system"),
            ("127.0.0.2:55617", f"sslmode=verify-full&sslrootcert={CERTIFICATES}/ca.crt"),
        ],
    )
    async def test_a_server_that_is_not_who_it_should_be_is_refused(self, place: str, query: str) -> None:
        with pytest.raises(ssl.SSLCertVerificationError):
            await ask(f"postgresql://postgres:postgres-pw@{place}/supalike?{query}", IN_USE)

    async def test_verify_ca_takes_another_name_and_hostaddr_keeps_the_name(self) -> None:
        end = f"supalike?sslrootcert={CERTIFICATES}/ca.crt"
        login = "postgresql://postgres:postgres-pw"
        assert await ask(f"{login}@127.0.0.2:55617/{end}&sslmode=verify-ca", IN_USE)
        assert await ask(f"{login}@localhost:55617/{end}&sslmode=verify-full&hostaddr=127.0.0.2", IN_USE)
        with pytest.raises(ssl.SSLCertVerificationError):
            await ask(f"{login}@other.example:55617/{end}&sslmode=verify-full&hostaddr=127.0.0.1", IN_USE)

    async def test_direct_tls(self) -> None:
        dsn = f"postgresql://postgres:postgres-pw@{SERVER}/supalike?sslmode=require&sslnegotiation=direct"
        assert await ask(dsn, IN_USE) is True

    @pytest.mark.parametrize("encode", [True, False])
    async def test_the_weird_user(self, encode: bool) -> None:
        user, password = 'weird "User" émoji 🦆', "p@ss:w/rd#%?& é"
        if encode:
            user, password = quote(user), quote(password, safe="")
        assert await ask(f"postgresql://{user}:{password}@{SERVER}/supalike", "select session_user::text")

    @pytest.mark.parametrize("login", ["postgres", "postgres:", "postgres:wrong", "expired:old-pw", "nobody_in:x"])
    async def test_who_is_not_let_in(self, login: str, no_environment: None) -> None:
        with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
            await ask(f"postgresql://{login}@{SERVER}/supalike", "select 1")

    async def test_settings_arrive(self) -> None:
        dsn = f"postgresql://postgres:postgres-pw@{SERVER}/supalike?options=-c%20DateStyle%3DISO,%5C%20DMY&schema=x"
        assert await ask(dsn, "show DateStyle") == "ISO, DMY"
        assert await ask(dsn, "show search_path") == "x"
        assert await ask(dsn, "show application_name") == "chatly-console"

    async def test_the_first_host_that_answers(self) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            dead = closed.getsockname()[1]
            dsn = f"postgresql://postgres:postgres-pw@127.0.0.1:{dead},{SERVER}/supalike?target_session_attrs=primary"
            assert await ask(dsn, "select 1") == 1
