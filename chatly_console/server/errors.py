"""Turns whatever asyncpg, the network or the server raise into a `Failure` with one sentence.

What each fault raises was measured; asyncpg hides some behind `InterfaceError`, OSError and bare TimeoutError.
"""

import ssl

import asyncpg

from chatly_console.core.failure import Failure, FailureKind

_LINK_STATES = {"57P01", "57P02", "57P03", "57P05", "25P03", "25P04"}
_LOGIN_STATES = {"28000", "28P01", "3D000"}
_CUT = "connection was closed in the middle of operation"
_IN_RECOVERY = "read-write mode during recovery"
_LOST_WORDS = (
    "connection is closed",
    "connection was closed",
    "released back to the pool",
    "underlying connection is closed",
    "pool is closing",
    "query_wait_timeout",
    "cannot switch to state",
)

_LONGEST = 20_000
"""Characters of each part of what the server says that are kept: a message can be as large as any value."""


def failure_of(error: BaseException, *, doing: str = "") -> Failure:
    """The `Failure` that says what `error` means; `doing` begins the sentence where the error itself is mute."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, asyncpg.PostgresError):
        return _of_server(error)
    if isinstance(error, TimeoutError):
        return Failure(f"{doing or 'The server'} took too long: no answer in time.", FailureKind.TIMEOUT)
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failure(
            f"The server's certificate is not accepted: {error.verify_message}.",
            FailureKind.LINK,
            hint="Check the host name and sslrootcert of the connection.",
        )
    if isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError):
        return _of_client(error)
    if isinstance(error, ConnectionError) and "SSL upgrade" in str(error):
        return Failure(
            "What answers there does not offer TLS, which this connection asks for, or is no PostgreSQL.",
            FailureKind.LINK,
            hint="Check the port; add sslmode=disable to the connection if you trust the network in between.",
        )
    if isinstance(error, OSError):
        return Failure(f"The server cannot be reached: {_reason(error)}.", FailureKind.LINK)
    if isinstance(error, UnicodeEncodeError):
        return Failure("The text holds a character that UTF-8 has no form for (a lone surrogate).", FailureKind.USAGE)
    if isinstance(error, LookupError) and "unknown encoding" in str(error):
        return Failure(
            f"The client's encoding was set to {str(error).rpartition(' ')[2].upper()}, which is not understood here.",
            FailureKind.REFUSED,
            hint="Results are read in UTF-8; convert_to(text, 'ENCODING') shows the bytes of another one.",
        )
    if isinstance(error, UnicodeDecodeError):
        return Failure(
            "The server sent bytes that are not text in the client's encoding.",
            FailureKind.REFUSED,
            hint="The database may be in SQL_ASCII: cast the column to bytea to see its bytes.",
        )
    return Failure(f"{type(error).__name__}: {error}", FailureKind.REFUSED)


def is_lost(error: BaseException) -> bool:
    """Whether `error` says that the connection itself is gone."""
    return failure_of(error).kind is FailureKind.LINK


def _of_server(error: asyncpg.PostgresError) -> Failure:
    state = error.sqlstate or ""
    message = getattr(error, "message", None) or str(error)
    if message.startswith(_CUT):
        reason = message[len(_CUT) :].lstrip(": ")
        message = f"The connection to the server was lost while it was at work{': ' if reason else ''}{reason}"
    if state == "0A000" and _IN_RECOVERY in message:
        message = "this server is a standby, which only reads; what changes something has to go to its primary"
    position = getattr(error, "position", None)
    return Failure(
        said(_sentence(message)),
        _kind_of_state(state, message),
        sqlstate=state,
        detail=said(getattr(error, "detail", None)),
        hint=said(getattr(error, "hint", None)) or _hint_of(state, message),
        position=int(position) if position else None,
        context=said(getattr(error, "context", None)),
    )


def said(text: str | None) -> str:
    """A part of what the server says, as much of it as anybody would read; empty for none."""
    if text is None or len(text) <= _LONGEST:
        return text or ""
    return f"{text[:_LONGEST]}… ({len(text):,} characters in all)"


def _kind_of_state(state: str, message: str) -> FailureKind:
    if state.startswith("08"):
        refused = "authentication failed" in message or "password" in message
        return FailureKind.LOGIN if refused else FailureKind.LINK
    if state in _LINK_STATES:
        return FailureKind.LINK
    if state in _LOGIN_STATES:
        return FailureKind.LOGIN
    if state == "53300":
        return FailureKind.FULL
    if state == "57014":
        return FailureKind.TIMEOUT if "timeout" in message else FailureKind.CANCELLED
    if state == "55P03":
        return FailureKind.TIMEOUT
    return FailureKind.SQL


def _hint_of(state: str, message: str) -> str:
    if state == "25006":
        return "It ran in a read-only transaction."
    if state == "57014" and "statement timeout" in message:
        return "It ran for as long as statement_timeout allows: that of the profile, the role or the database."
    if state == "55P03" and "lock timeout" in message:
        return "It waited for as long as lock_timeout allows; Triage shows who holds the lock."
    return ""


def _of_client(error: Exception) -> Failure:
    text = str(error)
    if any(words in text.lower() for words in _LOST_WORDS):
        return Failure("The connection to the server was lost.", FailureKind.LINK)
    return Failure(_sentence(text), FailureKind.REFUSED)


def _reason(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "it refuses connections"
    if isinstance(error, FileNotFoundError):
        return "there is no such socket"
    if "connection_lost" in str(error):
        return "it closes the connection at once"
    return (error.strerror or str(error) or type(error).__name__).rstrip(".").lower()


def _sentence(message: str) -> str:
    """The text with a capital, unless it begins with a name (`pg_hba.conf rejects ...`)."""
    text = message.strip()
    return text[:1].upper() + text[1:] if text.partition(" ")[0].rstrip(",:;").isalpha() else text
