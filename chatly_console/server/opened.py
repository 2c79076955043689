"""Opens a statement: a place in the pool, a connection as the right identity, and the list of what is open."""

import re
from types import TracebackType

from chatly_console.core.classify.words import Words
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Strength
from chatly_console.core.request import Mode, Request
from chatly_console.server.copying import Copying
from chatly_console.server.guard import check_advisory
from chatly_console.server.result import NoticeListener, Result
from chatly_console.server.way import Way

_BEGIN = 4_000
"""Characters of a statement in which it says what kind it is."""


_STANDARD = re.compile("std(in|out)", re.IGNORECASE)


class Opened:
    """The context manager that `Database.open` returns; entering it gives the `Result`."""

    def __init__(
        self,
        database: Way,
        request: Request,
        first_page: int,
        on_notice: NoticeListener | None,
        copying: Copying | None = None,
    ) -> None:
        self._database = database
        self._request = request
        self._first_page = first_page
        self._on_notice = on_notice
        self._copying = copying
        self._result: Result | None = None

    async def __aenter__(self) -> Result:
        database, request = self._database, self._request
        check_text(request.sql, self._copying)
        if not database.link.is_up:
            raise Failure(database.link.sentence, FailureKind.LINK, hint="It works again once the server answers.")
        lender, strength, settings = await database.prepare(request)
        if strength == Strength.ADVISORY:
            check_advisory(request)
        elif strength and request.mode is Mode.OUTSIDE:
            raise Failure("What no transaction takes cannot run as another user.", FailureKind.REFUSED)
        await database.slots.take()
        result = self._result = Result(
            request,
            lender,
            strength=strength,
            settings=settings,
            transaction_pooler=database.facts.transaction_pooler,
            type_names=database.type_names,
            first_page=self._first_page,
            on_notice=self._on_notice,
            on_failure=database.noted,
            copying=self._copying,
        )
        database.open_results.add(result)
        try:
            return await result.__aenter__()
        except BaseException:
            self._let_go(result)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        result, self._result = self._result, None
        if result is None:
            return
        try:
            await result.__aexit__(kind, error, trace)
        finally:
            self._let_go(result)

    def _let_go(self, result: Result) -> None:
        self._database.open_results.discard(result)
        self._database.slots.give()


def check_text(sql: str, copying: Copying | None = None) -> None:
    """Refuse what no server can take, a NUL character, and what it would wait for: a COPY that nobody feeds or reads.

    `copying` is who does that, where somebody does.
    """
    if copying is None and _STANDARD.search(sql, 0, _BEGIN) and _is_copy(sql[:_BEGIN]):
        raise Failure(
            "COPY with STDIN or STDOUT has nobody at its other end here.",
            FailureKind.REFUSED,
            hint=r"\copy TABLE from 'FILE' loads a file, and \copy TABLE to 'FILE' writes one.",
        )
    at = sql.find("\0")
    if at >= 0:
        raise Failure(
            "The statement holds a NUL character, which PostgreSQL cannot take.",
            FailureKind.USAGE,
            position=at + 1,
        )


def _is_copy(begin: str) -> bool:
    words = Words(begin)
    return words.text(0) == "copy" and bool({"stdin", "stdout"} & set(words.top))
