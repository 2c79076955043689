"""What PostgreSQL or the operating system refuses the embedded server, as a sentence with a way out."""

import contextlib
from collections.abc import Iterator

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server.embedded.home import Home

_CAUSES = (
    (
        ("could not map anonymous shared memory", "could not resize shared memory", "could not create shared memory"),
        "This machine has not enough shared memory for PostgreSQL.",
        "End other programs, or give the container more memory (--shm-size).",
    ),
    (
        ("No space left on device", "Disk quota exceeded"),
        "The disk is full: PostgreSQL cannot write in {path}.",
        "Free some space and try again; nothing else has to be done.",
    ),
    (
        ("Permission denied", "Operation not permitted", "Read-only file system"),
        "PostgreSQL may not write in {path}.",
        "Name another folder with --data-dir.",
    ),
    (
        ("incompatible with server", "was initialized by PostgreSQL version"),
        "The data in {path} belong to another version of PostgreSQL.",
        "Start afresh with: chatly-console demo --reset",
    ),
)


def explain_failure(home: Home, text: str) -> Failure:
    """What PostgreSQL's output means, as a sentence with a way out; the output itself is the detail."""
    return _known_cause(home, text) or Failure(
        "The embedded PostgreSQL did not start.",
        FailureKind.LINK,
        detail=text,
        hint=f"Its log is {home.log}. To start afresh: chatly-console demo --reset",
    )


def _explain_refusal(home: Home, error: OSError) -> Failure:
    """What the operating system refused, as a sentence."""
    words = error.strerror or str(error)
    return _known_cause(home, words) or Failure(
        f"{error.filename or home.path} cannot be used: {words}.",
        FailureKind.LINK,
        hint="Name another folder with --data-dir.",
    )


def _known_cause(home: Home, text: str) -> Failure | None:
    for words, sentence, hint in _CAUSES:
        if any(word in text for word in words):
            return Failure(sentence.format(path=home.path), FailureKind.LINK, detail=text, hint=hint)
    return None


@contextlib.contextmanager
def in_words(home: Home) -> Iterator[None]:
    """Turn what the operating system refuses into a sentence."""
    try:
        yield
    except TimeoutError as error:
        raise Failure("The embedded PostgreSQL did not start in time.", FailureKind.TIMEOUT) from error
    except OSError as error:
        raise _explain_refusal(home, error) from error
