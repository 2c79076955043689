"""The blocking tree: every waiter once, under the one that will be out of its way last."""

from chatly_console.triage.activity import Session
from chatly_console.triage.blocking import Node, Prepared, blocking_tree, root_words, tree_lines
from tests.triage.sessions import holder, waiter


def shape(node: Node) -> object:
    return (node.pid, [shape(one) for one in node.waiters]) if node.waiters else node.pid


def pids(roots: tuple[Node, ...]) -> list[int]:
    return [line.node.pid for line in tree_lines(roots)]


def test_readers_stand_under_the_queued_alter_and_not_under_its_blocker() -> None:
    roots = blocking_tree([holder(1), waiter(2, 1, seconds=9), waiter(3, 2, 1), waiter(4, 2)])
    assert [shape(root) for root in roots] == [(1, [(2, [3, 4])])]
    assert roots[0].blocks == 3
    assert roots[0].oldest_wait == 9


def test_with_several_blockers_the_deepest_is_the_real_one_and_the_others_are_named() -> None:
    roots = blocking_tree([holder(1), holder(5), waiter(2, 1), waiter(3, 1, 2, 5)])
    assert sorted(pids(roots)) == [1, 2, 3, 5] or sorted(pids(roots)) == [1, 2, 3]
    three = next(line.node for line in tree_lines(roots) if line.node.pid == 3)
    assert three.also_behind == (1, 5)
    assert pids(roots).count(3) == 1


def test_the_root_that_blocks_most_comes_first() -> None:
    roots = blocking_tree([holder(1), waiter(2, 1, seconds=99), holder(10), waiter(11, 10), waiter(12, 10)])
    assert [root.pid for root in roots] == [10, 1]


def test_a_circle_ends_in_a_tree_that_says_deadlock() -> None:
    roots = blocking_tree([waiter(1, 2), waiter(2, 1), waiter(3, 1)])
    assert sorted(pids(roots)) == [1, 2, 3]
    assert {line.node.pid for line in tree_lines(roots) if line.node.deadlocked} == {1, 2}


def test_workers_of_a_parallel_query_wait_as_their_leader() -> None:
    leader = Session(2, state="active", query_s=1)
    roots = blocking_tree([holder(1), leader, waiter(20, 1, leader=2), waiter(21, 1, 2, leader=2)])
    assert [shape(root) for root in roots] == [(1, [2])]
    assert roots[0].waiters[0].wait is not None


def test_a_prepared_transaction_is_a_root_with_its_name() -> None:
    roots = blocking_tree([waiter(2, 0)], [Prepared("transfer-7", owner="app")])
    assert [shape(root) for root in roots] == [(0, [2])]
    assert root_words(roots[0]) == "prepared transaction transfer-7"


def test_a_blocker_that_nobody_sees_is_a_root_all_the_same() -> None:
    roots = blocking_tree([waiter(2, 77)])
    assert [shape(root) for root in roots] == [(77, [2])]
    assert root_words(roots[0]) == "a process that is not shown"


def test_a_queue_of_thousands_is_no_trouble() -> None:
    roots = blocking_tree([holder(1), *(waiter(pid, pid - 1) for pid in range(2, 3000))])
    assert len(roots) == 1
    assert roots[0].blocks == 2998
    assert len(tree_lines(roots)) == 2999


def test_branches_are_drawn() -> None:
    roots = blocking_tree([holder(1), waiter(2, 1, seconds=9), waiter(3, 2), waiter(4, 1)])
    assert [f"{line.branch}{line.node.pid}" for line in tree_lines(roots)] == ["1", "├ 2", "│ └ 3", "└ 4"]
