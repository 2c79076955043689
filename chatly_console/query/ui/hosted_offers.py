"""What the Query pane offers to the panes that it hosts: its form for values, and its open transaction."""

from typing import TYPE_CHECKING

from chatly_console.query.ui.parameter_asking import ParameterAsking
from chatly_console.query.ui.runner import Runner
from chatly_console.shell.statement_host import Given

if TYPE_CHECKING:
    from chatly_console.server.transaction import Transaction


class HostedOffers:
    """A `StatementHost`: a plan is asked for with the values, and in the transaction, that a run would have."""

    def __init__(self, parameters: ParameterAsking, runner: Runner) -> None:
        self._parameters, self._runner = parameters, runner

    async def ask_values(self, sql: str) -> Given | None:
        """Ask for the parameters of a statement, with the values of its last run to begin with."""
        given = await self._parameters.ask(sql)
        return None if given is None else (given[0].sql, given[1])

    async def join(self) -> "Transaction | None":
        """The open transaction, with the cursor of the statement before closed."""
        held = self._runner.held
        held.check()
        if held.current is not None:
            await held.make_room()
        return held.current
