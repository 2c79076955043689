"""Reads the text form of EXPLAIN into the keys of FORMAT JSON."""

import re
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.explain.parsing.details import number as number_of
from chatly_console.explain.parsing.details import read_detail
from chatly_console.explain.parsing.lines import Line
from chatly_console.explain.parsing.summary import Summary
from chatly_console.explain.titles import read_title

Keys = dict[str, Any]

_COST = r"\(cost=(\d+\.\d+)\.\.(\d+\.\d+) rows=(\d+) width=(\d+)\)"
_ACTUAL = r"\((?:actual(?: time=([\d.]+)\.\.([\d.]+))? rows=([\d.]+) loops=(\d+)|(never executed))\)"
_FIGURES = re.compile(rf"(?: |^){{1,2}}(?:{_COST}(?:\s*{_ACTUAL})?|{_ACTUAL})\s*$")
_ABOVE = re.compile(r"(InitPlan \d+(?: \(.*\))?|SubPlan \d+(?: \(.*\))?|CTE .+)$")
_WORKER = re.compile(r"Worker (\d+):\s*")
_WORKER_TIMES = re.compile(r"actual(?: time=([\d.]+)\.\.([\d.]+))? rows=([\d.]+) loops=(\d+)$")
_DETAIL = re.compile(r"([A-Z][A-Za-z0-9/ -]*?): ?(.*)$")
_BARE_NODE = re.compile(
    r"(?:Async |Parallel |Partial |Finalize |Foreign )*(?:[A-Z][a-zA-Z]+ )*(?:Scan|Join|Loop|Aggregate|Sort|Append"
    r"|Limit|Hash|Gather|Merge|Materialize|Memoize|Result|Unique|SetOp|HashSetOp|BitmapAnd|BitmapOr|WindowAgg|ProjectSet"
    r"|LockRows|Group|GroupAggregate|HashAggregate|MixedAggregate|Union|Insert|Update|Delete)\b"
)


class TextReader:
    """Reads the lines of one plan."""

    def __init__(self, lines: list[Line]) -> None:
        self.keys: Keys = {}
        self._lines = lines
        self._line = lines[0].number if lines else 1
        self._stack: list[tuple[int, Keys]] = []
        self._above: tuple[int, str] | None = None
        self._worker: tuple[int, Keys] | None = None
        self._open_key = ""
        self._summary = Summary(self.keys)

    def read(self) -> Keys:
        """The keys of the plan; raises `Failure` that names the line and why it cannot be read."""
        for line in self._lines:
            self._line = line.number
            text = line.text.expandtabs() if "\t" in line.text else line.text
            if self._open_key:
                self._continue(line.text)
            elif stripped := text.strip():
                self._read(len(text) - len(text.lstrip()), stripped)
        if "Plan" not in self.keys:
            raise self._failed("there is no plan in it")
        return self.keys

    def _read(self, indent: int, text: str) -> None:
        if text.startswith("->"):
            self._node(indent, text[2:].lstrip())
        elif not self._stack:
            self._node(indent, text)
        elif _ABOVE.match(text):
            self._above = indent, text
        elif not self._summary.reads(indent, text):
            self._detail(indent, text)

    def _node(self, indent: int, text: str) -> None:
        figures = _FIGURES.search(text)
        if figures is None and not _BARE_NODE.match(text) and not self._stack:
            raise self._failed("it does not begin as a plan does")
        keys = read_title(text[: figures.start()] if figures else text)
        if figures:
            _put_figures(figures, keys)
        above, self._above = self._above, None
        column = indent if above is None else min(above[0], indent)
        while self._stack and self._stack[-1][0] >= column:
            self._stack.pop()
        if self._stack:
            self._hang(keys, above[1] if above else "")
        elif "Plan" in self.keys:
            raise self._failed("a node stands outside of the tree; is the indentation complete?")
        else:
            self.keys["Plan"] = keys
        self._stack.append((indent, keys))
        self._worker = None

    def _hang(self, keys: Keys, above: str) -> None:
        parent = self._stack[-1][1]
        below = parent.setdefault("Plans", [])
        if above:
            keys["Parent Relationship"] = "SubPlan" if above.startswith("SubPlan") else "InitPlan"
            keys["Subplan Name"] = above
        else:
            keys["Parent Relationship"] = _relationship(parent, below)
        below.append(keys)

    def _detail(self, indent: int, text: str) -> None:
        node = self._stack[-1][1]
        worker = _WORKER.match(text)
        if worker:
            self._of_worker(indent, node, int(worker[1]), text[worker.end() :])
            return
        if self._worker is not None and indent > self._worker[0]:
            node = self._worker[1]
        found = _DETAIL.match(text)
        if found is None:
            node.setdefault("Notes", []).append(text)
        elif found[2].count("'") % 2:
            self._open_key = found[1]
            node[self._open_key] = found[2]
        else:
            read_detail(found[1], found[2], node)

    def _continue(self, text: str) -> None:
        """Go on with a value in which a quoted text runs over the end of the line."""
        node = self._stack[-1][1]
        node[self._open_key] = f"{node[self._open_key]}\n{text}"
        if node[self._open_key].count("'") % 2 == 0:
            self._open_key = ""

    def _of_worker(self, indent: int, node: Keys, number: int, rest: str) -> None:
        workers: list[Keys] = node.setdefault("Workers", [])
        keys = next((found for found in workers if found["Worker Number"] == number), None)
        if keys is None:
            keys = {"Worker Number": number}
            workers.append(keys)
        times, found = _WORKER_TIMES.match(rest), _DETAIL.match(rest)
        if times:
            _put_actual(times.groups(), keys)
        elif found:
            read_detail(found[1], found[2], keys)
        self._worker = indent, keys

    def _failed(self, why: str) -> Failure:
        return Failure(f"Line {max(self._line, 1):,} cannot be read as a plan: {why}.", FailureKind.USAGE)


def _relationship(parent: Keys, below: list[Keys]) -> str:
    kind = parent["Node Type"]
    if kind in ("Append", "Merge Append", "BitmapAnd", "BitmapOr"):
        return "Member"
    if kind == "Subquery Scan":
        return "Subquery"
    before = [child for child in below if child.get("Parent Relationship") in ("Outer", "Inner")]
    return "Inner" if before else "Outer"


def _put_figures(found: re.Match[str], keys: Keys) -> None:
    cost, total, rows, width, *first = found.groups()[:9]
    if cost is not None:
        keys |= {"Startup Cost": float(cost), "Total Cost": float(total),
                 "Plan Rows": int(rows), "Plan Width": int(width)}  # fmt: skip
    actual = first if any(first) else found.groups()[9:]
    if actual[4]:
        keys |= {"Actual Rows": 0, "Actual Loops": 0}
    elif actual[2]:
        _put_actual(actual[:4], keys)


def _put_actual(figures: Any, keys: Keys) -> None:
    startup, total, rows, loops = figures
    if startup is not None:
        keys |= {"Actual Startup Time": float(startup), "Actual Total Time": float(total)}
    keys |= {"Actual Rows": number_of(rows), "Actual Loops": int(loops)}
