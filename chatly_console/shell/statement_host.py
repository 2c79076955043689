"""What a pane that another one hosts may ask of it: values for a statement, and the transaction that is open there."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chatly_console.server.transaction import Transaction

Given = tuple[str, tuple[str | None, ...]]
"""A statement with `$n` only, and their values as text, None for NULL."""


class StatementHost(Protocol):
    """The pane with the editor, for the panes that show below it what they make of its statements."""

    async def ask_values(self, sql: str) -> Given | None:
        """The statement as it is sent, with the values of its `$1` and `:name`; None where the user wants neither.

        Nothing is asked where it has none. Raises `Failure` where the server does not understand the statement.
        """
        ...

    async def join(self) -> "Transaction | None":
        """The transaction that the user holds open, made ready for one more statement; None where there is none.

        Raises `Failure` where it belongs to another identity than the session's.
        """
        ...
