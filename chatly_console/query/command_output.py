"""What `chatly-console query` writes: rows to standard output, everything else to standard error."""

import os
import sys

from chatly_console.core.durations import duration_words
from chatly_console.core.failure import Failure
from chatly_console.core.request import Mode, Request
from chatly_console.core.text import safe_text
from chatly_console.core.values import Notice
from chatly_console.query.place import Place, line_and_column


def tell_end(request: Request, what: str, seconds: float, *, goes_on: bool = False) -> None:
    """What came of a statement, and what became of its changes, unless its transaction `goes_on`."""
    fate = "" if goes_on or request.mode is Mode.READ_ONLY else f", {request.mode.value}"
    as_whom = f", as {request.identity.describe()}" if not request.identity.is_login else ""
    tell(f"{what} in {duration_words(seconds)}{fate}{as_whom}")


def print_out(text: str) -> None:
    """Write to standard output now, so that whoever reads it does not wait."""
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise


def tell(text: str) -> None:
    """A line to standard error."""
    sys.stderr.write(f"{safe_text(text, one_line=False)}\n")


def tell_notice(notice: Notice) -> None:
    """What the server said while a statement ran."""
    tell(notice.words + (f"\n  {notice.hint}" if notice.hint else ""))


def explain(failure: Failure, place: Place, text: str) -> None:
    """Why a statement failed, and where it stands; `text` is what was given on the command line, if it was."""
    where = f"{place.file}: {place.where(failure)}: " if place.file else ""
    found = None if place.file else place.error_in(text, failure)
    if found is not None:
        where = f"{line_and_column(text, found[0])}: "
    code = f" [{failure.sqlstate}]" if failure.sqlstate else ""
    tell(f"chatly-console: {where}{failure.sentence}{code}")
    for label, words in (("detail", failure.detail), ("hint", failure.hint), ("context", failure.context)):
        if words:
            tell(f"  {label}: {words}")
