"""Who waits for whom: a forest in which every waiting session stands exactly once, under its real blocker.

pg_blocking_pids names all that stand in the way, those that merely queue ahead included, so one waiter may have
many. Its real blocker is the one that will be out of the way last: the deepest in the queue.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chatly_console.triage.activity import Session, Wait


@dataclass(frozen=True, slots=True)
class Prepared:
    """A prepared transaction, which holds locks without a session."""

    gid: str
    transaction: str = ""
    owner: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Node:
    """One session of the tree; `session` is None for a prepared transaction, or a blocker that nobody sees."""

    pid: int
    session: Session | None
    waiters: tuple["Node", ...]
    blocks: int
    oldest_wait: float
    """How long the one that has waited longest behind it does so, directly or not."""
    also_behind: tuple[int, ...] = ()
    """The other pids that stand in its way."""
    prepared: tuple[Prepared, ...] = ()
    deadlocked: bool = False
    """Whether it waits for itself in the end; the server will break it within deadlock_timeout."""

    @property
    def wait(self) -> Wait | None:
        """What it waits for itself; None for a root."""
        return self.session.wait if self.session is not None else None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the drawn tree."""

    branch: str
    node: Node


def blocking_tree(sessions: Iterable[Session], prepared: Sequence[Prepared] = ()) -> tuple[Node, ...]:
    """The roots, the one that blocks most first. Parallel workers count as their leader."""
    known = _with_leaders({session.pid: session for session in sessions})
    blockers = _edges(known)
    broken = _break_circles(blockers)
    depths = _depths(blockers)
    parents = {pid: max(found, key=lambda one: (depths[one], -one)) for pid, found in blockers.items()}
    children: dict[int, list[int]] = {}
    for pid, parent in parents.items():
        children.setdefault(parent, []).append(pid)
    behind = _behind(blockers)
    nodes: dict[int, Node] = {}
    for pid in sorted(depths, key=lambda one: -depths[one]):
        below = sorted(children.get(pid, ()), key=lambda one: (-_waited(known, one), one))
        nodes[pid] = Node(
            pid=pid,
            session=known.get(pid),
            waiters=tuple(nodes[one] for one in below),
            blocks=len(behind.get(pid, ())),
            oldest_wait=max((_waited(known, one) for one in behind.get(pid, ())), default=0.0),
            also_behind=tuple(one for one in sorted(blockers.get(pid, ())) if one != parents.get(pid)),
            prepared=tuple(prepared) if pid == 0 else (),
            deadlocked=pid in broken,
        )
    roots = [node for pid, node in nodes.items() if pid not in parents]
    return tuple(sorted(roots, key=lambda one: (-one.blocks, -one.oldest_wait, one.pid)))


def _with_leaders(known: dict[int, Session]) -> dict[int, Session]:
    """Give the wait of a parallel worker to its leader, who cannot go on either."""
    for session in list(known.values()):
        leader = known.get(session.leader) if session.leader is not None else None
        if session.wait is not None and leader is not None and leader.wait is None:
            known[leader.pid] = replace(leader, wait=session.wait)
    return known


def _edges(known: Mapping[int, Session]) -> dict[int, set[int]]:
    """For each waiter, whom it waits for; workers of a parallel query are merged into their leader."""

    def head(pid: int) -> int:
        session = known.get(pid)
        return session.leader if session is not None and session.leader is not None else pid

    found: dict[int, set[int]] = {}
    for session in known.values():
        if session.wait is not None and session.wait.blockers:
            waiter = head(session.pid)
            found.setdefault(waiter, set()).update({head(pid) for pid in session.wait.blockers} - {waiter})
    return {pid: blockers for pid, blockers in found.items() if blockers}


def _break_circles(blockers: dict[int, set[int]]) -> set[int]:
    """Take one edge out of every circle, so that what is left is a DAG; returns those who stood in one."""
    broken: set[int] = set()
    done: set[int] = set()
    for start in sorted(blockers):
        path: list[int] = []
        stack: list[tuple[int, Iterator[int]]] = []
        if start not in done:
            path.append(start)
            stack.append((start, iter(sorted(blockers[start]))))
        while stack:
            pid, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                done.add(pid)
                path.pop()
                stack.pop()
            elif following in path:
                broken.update(path[path.index(following) :])
                blockers[pid].discard(following)
            elif following in blockers and following not in done:
                path.append(following)
                stack.append((following, iter(sorted(blockers[following]))))
    for pid in [pid for pid, found in blockers.items() if not found]:
        del blockers[pid]
    return broken


def _depths(blockers: Mapping[int, set[int]]) -> dict[int, int]:
    """How long the longest queue in front of each is; found without recursion, since queues can be long."""
    depths = {pid: 0 for found in blockers.values() for pid in found if pid not in blockers}
    waiting = dict(blockers)
    while waiting:
        ready = [pid for pid, found in waiting.items() if all(one in depths for one in found)]
        for pid in ready:
            depths[pid] = 1 + max(depths[one] for one in waiting.pop(pid))
    return depths


def _behind(blockers: Mapping[int, set[int]]) -> dict[int, set[int]]:
    """For each blocker everybody who waits for it, directly or not."""
    direct: dict[int, set[int]] = {}
    for pid, found in blockers.items():
        for one in found:
            direct.setdefault(one, set()).add(pid)
    reached: dict[int, set[int]] = {}
    for pid in direct:
        seen: set[int] = set()
        open_ones = list(direct[pid])
        while open_ones:
            one = open_ones.pop()
            if one not in seen:
                seen.add(one)
                open_ones.extend(direct.get(one, ()))
        reached[pid] = seen
    return reached


def _waited(known: Mapping[int, Session], pid: int) -> float:
    session = known.get(pid)
    return session.wait.seconds if session is not None and session.wait is not None else 0.0


def tree_lines(roots: Sequence[Node]) -> list[Line]:
    """The forest as lines from top to bottom, each with the branches in front of it."""
    lines: list[Line] = []
    stack = [("", "", root) for root in reversed(roots)]
    while stack:
        lead, mark, node = stack.pop()
        lines.append(Line(lead + mark, node))
        inner = lead + {"": "", "├ ": "│ ", "└ ": "  "}[mark]
        last = len(node.waiters) - 1
        stack.extend((inner, "└ " if at == last else "├ ", node.waiters[at]) for at in range(last, -1, -1))
    return lines


def root_words(node: Node) -> str:
    """What a root is doing, and thereby why it does not let go."""
    if node.pid == 0:
        return (
            "prepared transaction " + ", ".join(one.gid for one in node.prepared)
            if node.prepared
            else ("a prepared transaction")
        )
    if node.session is None:
        return "a process that is not shown"
    if node.session.state == "idle":
        return "idle with a session lock"
    return node.session.state_words
