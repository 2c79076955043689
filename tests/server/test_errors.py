"""What faults are called: one sentence, a kind, and nothing of Python's own words."""

import ssl

import asyncpg
import pytest

from chatly_console.core.failure import FailureKind
from chatly_console.server.errors import failure_of

CUT = "connection was closed in the middle of operation"


def server_error(kind: type[asyncpg.PostgresError], message: str) -> asyncpg.PostgresError:
    error: asyncpg.PostgresError = kind(message)
    return error


@pytest.mark.parametrize(
    ("error", "sentence", "kind"),
    [
        (
            server_error(asyncpg.ConnectionDoesNotExistError, CUT),
            "The connection to the server was lost while it was at work",
            FailureKind.LINK,
        ),
        (
            server_error(asyncpg.ConnectionDoesNotExistError, f"{CUT}: terminating connection due to administrator"),
            "The connection to the server was lost while it was at work: terminating connection due to administrator",
            FailureKind.LINK,
        ),
        (
            server_error(asyncpg.InvalidAuthorizationSpecificationError, "pg_hba.conf rejects connection for host"),
            "pg_hba.conf rejects connection for host",
            FailureKind.LOGIN,
        ),
        (
            server_error(asyncpg.TooManyConnectionsError, "sorry, too many clients already"),
            "Sorry, too many clients already",
            FailureKind.FULL,
        ),
        (
            server_error(asyncpg.ProtocolViolationError, "SASL authentication failed"),
            "SASL authentication failed",
            FailureKind.LOGIN,
        ),
        (
            asyncpg.InterfaceError("cannot call Connection.fetchval(): connection has been released back to the pool"),
            "The connection to the server was lost.",
            FailureKind.LINK,
        ),
        (ConnectionRefusedError(), "The server cannot be reached: it refuses connections.", FailureKind.LINK),
        (
            OSError(113, "No route to host"),
            "The server cannot be reached: no route to host.",
            FailureKind.LINK,
        ),
        (TimeoutError(), "Connecting took too long: no answer in time.", FailureKind.TIMEOUT),
        (
            ConnectionError("PostgreSQL server at \"h:1\" rejected SSL upgrade"),
            "What answers there does not offer TLS, which this connection asks for, or is no PostgreSQL.",
            FailureKind.LINK,
        ),
        (
            ConnectionError("unexpected connection_lost() call"),
            "The server cannot be reached: it closes the connection at once.",
            FailureKind.LINK,
        ),
        (
            UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
            "The text holds a character that UTF-8 has no form for (a lone surrogate).",
            FailureKind.USAGE,
        ),
    ],
)  # fmt: skip
def test_each_fault_has_its_sentence(error: Exception, sentence: str, kind: FailureKind) -> None:
    failure = failure_of(error, doing="Connecting")
    assert (failure.sentence, failure.kind) == (sentence, kind)


def test_a_certificate_that_does_not_fit_says_why_and_what_to_look_at() -> None:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "Hostname mismatch, certificate is not valid for 'db'"
    failure = failure_of(error)
    assert "Hostname mismatch" in failure.sentence and "sslrootcert" in failure.hint
