"""A login that is itself bound by policies: each view says what it can know, and does not call that all there is."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from chatly_console.connections.identity_option import resolve
from chatly_console.core.failure import Failure
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.request import Mode
from chatly_console.policies import report
from chatly_console.policies.change import Change
from chatly_console.policies.compare import compare_table
from chatly_console.policies.cost import measure_cost
from chatly_console.policies.isolation.proving import prove_isolation
from chatly_console.policies.parts import read_parts
from chatly_console.policies.policy import Command, Table
from chatly_console.policies.rows_why import explain_rows
from chatly_console.policies.service import count_matrix, find_table, read_tables
from chatly_console.policies.ui.matrix_view import MatrixView
from chatly_console.policies.ui.table_list import TableList
from chatly_console.policies.ui.whatif_view import outcome
from chatly_console.policies.what_if import what_if
from chatly_console.server.database import Database
from tests.server.conftest import opening_of

from .stage import Stage, until

ROLE = "policies_bound"


@pytest.fixture
async def bound(chatly: Database, chatly_dsn: str) -> AsyncIterator[Database]:
    """Connected as a login that is a member of the roles of the API, and nothing more."""
    for statement in (f"create role {ROLE} login", f"grant anon, authenticated to {ROLE}"):
        await chatly.records(statement, mode=Mode.COMMITTED)
    database = await Database.connect(opening_of(chatly_dsn.replace("postgres@", f"{ROLE}@"), pool_size=2))
    yield database
    await database.close()
    await chatly.records(f"drop role {ROLE}", mode=Mode.COMMITTED)


@pytest.fixture
async def ada(chatly: Database) -> Identity:
    return await resolve("ada@nordlicht.example", chatly)


@pytest.fixture
async def conversations(bound: Database) -> Table:
    return find_table(await read_tables(bound), "conversations")


async def test_the_matrix_counts_what_each_sees_and_no_total(
    bound: Database, chatly: Database, ada: Identity, conversations: Table
) -> None:
    cells = await count_matrix(bound, [ada, Identity.anon()], [conversations])
    free = await count_matrix(chatly, [ada, Identity.anon()], [conversations])
    assert [c.visible for c in cells] == [c.visible for c in free], "who sees what does not depend on who asks"
    assert free[0].total and {c.total for c in cells} == {None}
    assert report.matrix_rows(cells)[1][0][-1] is None


async def test_why_tells_that_there_may_be_rows_of_which_it_does_not_know(
    bound: Database, chatly: Database, ada: Identity, conversations: Table
) -> None:
    explained = await explain_rows(bound, conversations, ada)
    free = await explain_rows(chatly, conversations, ada)
    assert explained.partial and not free.partial
    admitted = [t.count for t in explained.tallies if t.verdict.passes]
    assert admitted == [t.count for t in free.tallies if t.verdict.passes]
    assert not [t for t in explained.tallies if not t.verdict.passes], "what is hidden from the login stays hidden"
    assert "subject to policies here itself" in report.why_summary(explained)
    assert (await explain_rows(bound, conversations, LOGIN)).rows == ()


async def test_what_if_does_not_call_a_widened_policy_harmless(
    bound: Database, chatly: Database, ada: Identity, conversations: Table
) -> None:
    policy = next(p for p in conversations.policies if p.command is Command.SELECT)
    wider = replace(policy, using="true")
    after = replace(conversations, policies=tuple(wider if p is policy else p for p in conversations.policies))
    deltas = await what_if(bound, conversations, after, [ada])
    assert deltas[0].partial and deltas[0].gained == 0
    assert (await what_if(chatly, conversations, after, [ada]))[0].gained > 0
    change = Change(policy, wider)
    drawn = "\n".join(line.plain for line in outcome(change, [(change.aspects[0], deltas)]))
    assert "rows hidden from it are left out" in drawn
    assert "Nobody gains or loses a row that the login may see." in drawn


async def test_where_the_policies_of_the_login_fail_as_somebody_it_is_said_whose_they_are(
    bound: Database, conversations: Table
) -> None:
    delta = (await what_if(bound, conversations, conversations, [Identity.anon()]))[0]
    assert delta.failure is None and "the policies of the login itself" in delta.note
    with pytest.raises(Failure, match="function client_ids") as caught:
        await explain_rows(bound, conversations, Identity.anon())
    assert "bound by policies itself" in caught.value.hint


async def test_side_by_side_is_exact_and_the_cost_has_no_figure_without_policies(
    bound: Database, chatly: Database, ada: Identity, conversations: Table
) -> None:
    mine = await compare_table(bound, conversations, [ada, Identity.anon()])
    free = await compare_table(chatly, conversations, [ada, Identity.anon()])
    assert [r.key for r in mine.rows] == [r.key for r in free.rows]
    cost = await measure_cost(bound, conversations, ada, await read_parts(bound, conversations))
    assert cost.without is None and cost.with_policies is not None


async def test_the_proof_does_not_pass_where_the_login_cannot_know_who_belongs_to_whom(bound: Database) -> None:
    with pytest.raises(Failure, match="Nobody belongs to any platform_client_id") as caught:
        await prove_isolation(bound)
    assert "whose reading no policy limits" in caught.value.hint


async def test_the_matrix_on_screen_says_what_the_question_mark_is(bound: Database) -> None:
    stage = Stage(bound)
    async with stage.run_test(size=(120, 40)) as pilot:
        await until(lambda: bool(stage.query_one(TableList).tables))
        await pilot.press("m")
        await until(lambda: "may not read all rows" in stage.text_of("#matrix-head"), limit=30)
        assert stage.query_one(MatrixView).cell_at(0, 2) is not None
