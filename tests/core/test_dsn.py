"""What people paste is understood, and no message ever shows a piece of a password."""

import pickle
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatly_console.core.connection_files import password_in_passfile, service_parameters
from chatly_console.core.dsn import ConnectionTarget, Surroundings, TlsMode, from_environment, parse_dsn
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.target import Endpoint


def told(target: ConnectionTarget) -> tuple[str, str, str | None, str]:
    """Place, user, password and database in short."""
    password = target.password.reveal() if target.password else None
    return target.place, target.user, password, target.database


UNDERSTOOD = [
    ("postgresql://u:p@h/d", ("h:5432", "u", "p", "d")),
    ("postgres://u:p@h:6000/d", ("h:6000", "u", "p", "d")),
    ("postgresql+asyncpg://u:p@h/d", ("h:5432", "u", "p", "d")),
    ("postgresql+psycopg2://u:p@h/d", ("h:5432", "u", "p", "d")),
    ("POSTGRESQL://u:p@h/d", ("h:5432", "u", "p", "d")),
    ("  postgresql://u:p@h/d \n", ("h:5432", "u", "p", "d")),
    ('"postgresql://u:p@h/d"', ("h:5432", "u", "p", "d")),
    ('DATABASE_URL="postgres://u:p@h/d"', ("h:5432", "u", "p", "d")),
    ("export DB=postgres://u:p@h/d", ("h:5432", "u", "p", "d")),
    ("jdbc:postgresql://h/d?user=u&password=p", ("h:5432", "u", "p", "d")),
    ("postgresql://u:p@h", ("h:5432", "u", "p", "u")),
    ("postgresql://u@h/", ("h:5432", "u", None, "u")),
    ("postgresql://u:@h/d", ("h:5432", "u", None, "d")),
    ("postgresql://h/d", ("h:5432", "", None, "d")),
    ("postgresql:///d", ("localhost:5432", "", None, "d")),
    ("postgresql://", ("localhost:5432", "", None, "")),
    ("postgresql://?port=6000", ("localhost:6000", "", None, "")),
    ("postgresql://u:p@[::1]:6000/d", ("[::1]:6000", "u", "p", "d")),
    ("postgresql://[2001:db8::5]/d", ("[2001:db8::5]:5432", "", None, "d")),
    ("postgresql://[fe80::1%25eth0]/d", ("[fe80::1%eth0]:5432", "", None, "d")),
    ("postgresql://h1:1,h2:2,h3/d", ("h1:1,h2:2,h3:5432", "", None, "d")),
    ("postgresql://h1,h2/d?port=6000", ("h1:6000,h2:6000", "", None, "d")),
    ("postgresql://%2Frun%2Fpg:6000/d", ("/run/pg:6000", "", None, "d")),
    ("postgresql:///d?host=/run/pg&user=u", ("/run/pg:5432", "u", None, "d")),
    ("postgresql://u@h/d%20e", ("h:5432", "u", None, "d e")),
    ("postgresql://us%40er:p%40s%3As%2F%3F%23%25@h/d", ("h:5432", "us@er", "p@s:s/?#%", "d")),
    ("postgresql://u:p@ss@h/d", ("h:5432", "u", "p@ss", "d")),
    ("postgresql://u:p:a:ss@h/d", ("h:5432", "u", "p:a:ss", "d")),
    ("postgresql://u:p#ss@h/d", ("h:5432", "u", "p#ss", "d")),
    ("postgresql://u:p/ss@h/d", ("h:5432", "u", "p/ss", "d")),
    ("postgresql://u:p?ss@h/d", ("h:5432", "u", "p?ss", "d")),
    ("postgresql://u:100%pure@h/d", ("h:5432", "u", "100%pure", "d")),
    ("postgresql://u:p@ss/w0rd@h/d", ("h:5432", "u", "p@ss/w0rd", "d")),
    ("postgresql://u:a@b:c/d#e?f%@h.example:6543/d", ("h.example:6543", "u", "a@b:c/d#e?f%", "d")),
    ("postgresql://u:p[1]@h/d", ("h:5432", "u", "p[1]", "d")),
    ("postgresql://u:p w@h/d", ("h:5432", "u", "p w", "d")),
    ("postgresql://u:pä🦆@h/d", ("h:5432", "u", "pä🦆", "d")),
    ("postgresql://me@tenant:p@h/d", ("h:5432", "me@tenant", "p", "d")),
    ("postgresql://u:p@h/d?application_name=me@work", ("h:5432", "u", "p", "d")),
    ("postgresql://u:a+b@h/d", ("h:5432", "u", "a+b", "d")),
    ("postgresql://postgres:[YOUR-PASSWORD]@h/d", ("h:5432", "postgres", None, "d")),
    ("host=h port=6000 user=u password=p dbname=d", ("h:6000", "u", "p", "d")),
    ("host = h  user= 'a b' password='it\\'s \\\\x' dbname=d", ("h:5432", "a b", "it's \\x", "d")),
    ("host=h user=u password='' dbname=d", ("h:5432", "u", None, "d")),
    ("host=h user=u password=p@:/#?% dbname=d", ("h:5432", "u", "p@:/#?%", "d")),
    ("host=h1,h2 port=1,2 dbname=d", ("h1:1,h2:2", "", None, "d")),
    ("hostaddr=10.0.0.1 dbname=d", ("10.0.0.1:5432", "", None, "d")),
    ("host=/tmp dbname=d", ("/tmp:5432", "", None, "d")),
    ("Host=h;Username=u;Password=p=1;Database=d", ("h:5432", "u", "p=1", "d")),
    ('User Id=u;Password="a;b""c";Server=h;Port=1;Database=d', ("h:1", "u", 'a;b"c', "d")),
    ("psql -h h -p 6000 -d d -U u", ("h:6000", "u", None, "d")),
    ("psql --host=h -p6000 d u", ("h:6000", "u", None, "d")),
    ("psql 'postgresql://u:p@h/d'", ("h:5432", "u", "p", "d")),
    ('psql "host=h user=u dbname=d"', ("h:5432", "u", None, "d")),
]


@pytest.mark.parametrize(("text", "expected"), UNDERSTOOD)
def test_what_people_paste_is_understood(text: str, expected: tuple[str, str, str | None, str]) -> None:
    assert told(parse_dsn(text)) == expected


REFUSED = [
    "",
    "hunter2",
    "mysql://u:hunter2@h/d",
    "postgresql://u:hunter2@h:99999/d",
    "postgresql://u:hunter2@h:port/d",
    "postgresql://u:hunter2@h/d@x",
    "postgresql://2001:db8::hunter2/d",
    "postgresql://u:hunter2%E9@h/d",
    "postgresql://u:hunter2@h/d\npostgresql://x/y",
    "postgresql://u:hunter2@h/d?sslmode=hunter2",
    "postgresql://u:hunter2@h/d?connect_timeout=hunter2",
    "postgresql://u@h/d?password=x&hunter2=y",
    "postgresql://u@h1,h2/d?port=1,2,3",
    "host=h password=my hunter2 secret",
    "host=h password='hunter2",
    "host=h password=x hunter2=y dbname=d",
    "Host=h;Password=a;hunter2;Database=d",
    "postgresql://h/d?service=nowhere",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_read_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(Failure) as caught:
        parse_dsn(text)
    failure = caught.value
    assert failure.kind is FailureKind.USAGE
    assert failure.sentence
    assert "hunter2" not in f"{failure!r} {failure} {failure.hint} {failure.__cause__!r} {failure.__context__!r}"


PASSWORDS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=6, max_size=24).map(
    lambda text: f"S{text}S"
)


@given(PASSWORDS)
def test_an_encoded_password_is_read_back_and_never_shown(password: str) -> None:
    target = parse_dsn(f"postgresql://u:{quote(password, safe='')}@h.example/d?pgbouncer=true&odd=1")
    assert target.password is not None
    assert target.password.reveal() == password
    shown = f"{target!r} {target} {target.display} {target.password!r} {target.password} {target.password:>9}"
    assert password not in shown
    with pytest.raises(TypeError):
        pickle.dumps(target)


@given(st.text("aZ9@:/#?%&=[]'\"\\ ;$,.", min_size=1, max_size=12).map(lambda text: f"Qx{text}xQ"))
def test_a_raw_password_is_read_as_it_is_or_refused(password: str) -> None:
    """Never half of it as host or database: those are shown."""
    try:
        target = parse_dsn(f"postgresql://u:{password}@db.example:6543/data")
    except Failure as failure:
        assert password not in f"{failure!r}{failure.hint}"
        return
    assert "xQ" not in f"{target!r} {target.display} {target.ignored}"
    assert target.host == "db.example"


@given(PASSWORDS)
def test_a_password_in_quotes_is_read_back(password: str) -> None:
    quoted = password.replace("\\", "\\\\").replace("'", "\\'")
    target = parse_dsn(f"host=h password='{quoted}' user=u")
    assert target.password is not None
    assert target.password.reveal() == password


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("postgresql://h/d", TlsMode.REQUIRE),
        ("postgresql://h/d?sslmode=prefer", TlsMode.REQUIRE),
        ("postgresql://h/d?sslmode=allow", TlsMode.REQUIRE),
        ("postgresql://h/d?sslmode=disable", TlsMode.DISABLE),
        ("postgresql://h/d?ssl=false", TlsMode.DISABLE),
        ("postgresql://h/d?ssl=true", TlsMode.REQUIRE),
        ("postgresql://h/d?ssl=require", TlsMode.REQUIRE),
        ("postgresql://h/d?sslmode=no-verify", TlsMode.REQUIRE),
        ("postgresql://h/d?sslmode=verify_full", TlsMode.VERIFY_FULL),
        ("postgresql://h/d?sslmode=require&sslrootcert=/ca.crt", TlsMode.VERIFY_CA),
        ("postgresql://h/d?sslrootcert=system", TlsMode.VERIFY_FULL),
        ("postgresql://h/d?sslmode=verify-ca&sslrootcert=system", TlsMode.VERIFY_FULL),
        ("postgresql://h/d?sslaccept=strict", TlsMode.VERIFY_FULL),
        ("postgresql://localhost/d", TlsMode.PREFER),
        ("postgresql://127.0.0.1/d", TlsMode.PREFER),
        ("postgresql://[::1]/d", TlsMode.PREFER),
        ("postgresql:///d", TlsMode.PREFER),
        ("postgresql://localhost/d?sslmode=disable", TlsMode.DISABLE),
        ("postgresql://localhost,h/d", TlsMode.REQUIRE),
        ("postgresql://localhost.evil.example/d", TlsMode.REQUIRE),
    ],
)
def test_plain_text_leaves_the_machine_only_when_it_was_asked_for(text: str, mode: TlsMode) -> None:
    assert parse_dsn(text).tls.mode is mode


def test_the_person_hears_of_plain_text_and_of_a_raised_mode() -> None:
    assert "plain text" in parse_dsn("postgresql://h/d?sslmode=disable").warnings[0]
    assert "raised to require" in parse_dsn("postgresql://h/d?sslmode=prefer").warnings[0]
    assert parse_dsn("postgresql://h/d").warnings == ()


@pytest.mark.parametrize(
    ("text", "pooler"),
    [
        ("postgresql://u.ref:p@aws-0-eu-central-1.pooler.supabase.com:6543/postgres", "transaction"),
        ("postgresql://u.ref:p@aws-0-eu-central-1.pooler.supabase.com:5432/postgres", "session"),
        ("postgresql://postgres@db.abc.supabase.co:5432/postgres", "none"),
        ("postgresql://postgres@db.abc.supabase.co:6543/postgres", "transaction"),
        ("postgresql://u@ep-x-pooler.eu.aws.neon.tech/d", "transaction"),
        ("postgresql://u@h/d?pgbouncer=true", "transaction"),
        ("postgresql://u@h/d?prepared_threshold=0", "transaction"),
        ("postgresql://u@h/d?prepareThreshold=0", "transaction"),
        ("postgresql://u@h/d?prepared_threshold=5", "unknown"),
        ("postgresql://u@h/d", "unknown"),
    ],
)
def test_poolers_are_recognised(text: str, pooler: str) -> None:
    assert parse_dsn(text).pooler == pooler


def test_known_parameters_are_translated_and_the_others_named() -> None:
    target = parse_dsn(
        "postgresql://h/d?channel_binding=require&connect_timeout=7&options=-c%20work_mem%3D9MB%20--geqo%3Doff%20-e"
        "&application_name=mine&schema=shop&target_session_attrs=read-write&supa=base-pooler.x&hostaddr=10.1.2.3"
    )
    assert target.endpoints == (Endpoint("h", 5432, "10.1.2.3"),)
    assert target.connect_timeout == 7
    assert dict(target.settings) == {"work_mem": "9MB", "geqo": "off", "search_path": "shop"}
    assert target.options == "-e"
    assert (target.application_name, target.target_session_attrs) == ("mine", "read-write")
    assert target.ignored == ("channel_binding", "supa")


def surroundings(files: dict[str, str] | None = None, **environ: str) -> Surroundings:
    return Surroundings(environ, (files or {}).get, "/home/me", "me")


def test_the_environment_alone_is_enough() -> None:
    target = from_environment(
        surroundings(
            PGHOST="h", PGPORT="6000", PGUSER="u", PGPASSWORD="p", PGDATABASE="d", PGAPPNAME="mine",
            PGOPTIONS="-c work_mem=9MB", PGCONNECT_TIMEOUT="3", PGHOSTADDR="10.0.0.1", PGTZ="UTC",
            PGSSLMODE="verify-full", PGSSLROOTCERT="~/ca.crt", PGTARGETSESSIONATTRS="standby",
        )
    )  # fmt: skip
    assert told(target) == ("h:6000", "u", "p", "d")
    assert target.endpoints[0].address == "10.0.0.1"
    assert dict(target.settings) == {"TimeZone": "UTC", "work_mem": "9MB"}
    assert (target.connect_timeout, target.application_name) == (3, "mine")
    assert (target.tls.mode, target.tls.root_certificate) == (TlsMode.VERIFY_FULL, "/home/me/ca.crt")
    assert target.target_session_attrs == "standby"


def test_an_empty_environment_means_this_machine_and_this_user() -> None:
    target = from_environment(surroundings())
    assert told(target) == ("localhost:5432", "me", None, "me")
    assert target.is_local
    assert target.passfile == "/home/me/.pgpass"


def test_the_connection_string_wins_over_service_and_environment() -> None:
    files = {"/home/me/.pg_service.conf": "[s]\nhost=sh\nport=7000\nuser=su\ndbname=100%d\n[t]\nhost=th\n"}
    around = surroundings(files, PGSERVICE="s", PGUSER="eu", PGPASSWORD="ep", PGPORT="1", PGHOSTADDR="10.9.9.9")
    assert told(from_environment(around)) == ("sh:7000", "su", "ep", "100%d")
    assert told(parse_dsn("postgresql://x@/y", around)) == ("sh:7000", "x", "ep", "y")
    assert told(parse_dsn("service=t", around)) == ("th:1", "eu", "ep", "eu")
    assert parse_dsn("service=t", around).endpoints[0].address == ""


def test_a_service_file_of_another_place() -> None:
    around = surroundings({"/etc/pg/pg_service.conf": "# x\n [s] \nhost = h\n"}, PGSYSCONFDIR="/etc/pg")
    assert parse_dsn("postgresql://?service=s", around).host == "h"
    around = surroundings({"/f": "[s]\nhost=h2\n"}, PGSERVICEFILE="/f", PGSERVICE="s")
    assert from_environment(around).host == "h2"
    with pytest.raises(Failure, match="no service “nope”"):
        parse_dsn("service=nope", around)
    assert service_parameters("[a]\n[b]\nhost=x", "a") == {}


@pytest.mark.parametrize(
    ("line", "password"),
    [
        ("h:5432:d:u:p", "p"),
        ("*:*:*:*:p", "p"),
        ("h:*:*:u:a\\:b\\\\c", "a:b\\c"),
        ("# h:5432:d:u:no\nh:5432:d:u:p", "p"),
        ("other:5432:d:u:no\nh:5432:d:u:p", "p"),
        ("h:5432:d:u", None),
        ("h:5433:d:u:p", None),
        ("h:5432:d:other:p", None),
        ("h:5432:d:u:p\\", "p\\"),
    ],
)
def test_passfile_lines(line: str, password: str | None) -> None:
    assert password_in_passfile(line, parse_dsn("postgresql://u@h/d")) == password


def test_passfile_knows_sockets_as_localhost_and_ipv6_escaped() -> None:
    assert password_in_passfile("localhost:5432:d:u:p", parse_dsn("postgresql:///d?user=u")) == "p"
    assert password_in_passfile("\\:\\:1:5432:d:u:p", parse_dsn("postgresql://u@[::1]/d")) == "p"


def test_a_tunnel_keeps_the_name_to_verify_and_the_protection() -> None:
    target = parse_dsn("postgresql://u@db.example/d").through("127.0.0.1", 7000)
    assert target.endpoints == (Endpoint("db.example", 7000, "127.0.0.1"),)
    assert not target.is_local
    assert target.tls.mode is TlsMode.REQUIRE
