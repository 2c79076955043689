r"""Which steps of a script count: those in the part of an `\if` that is true, and none behind a `\quit`."""

from dataclasses import dataclass, field

from chatly_console.query.script import Step
from chatly_console.query.variables import Variables


@dataclass(slots=True)
class Conditions:
    r"""The `\if` parts that are open, and the files that have quit."""

    _open: list[str] = field(default_factory=list)
    """For each \\if: `now` (this part counts), `later` (none has yet), `done` (one has, or all is within one that does
    not count)."""
    _left: list[tuple[int, ...]] = field(default_factory=list)

    def skips(self, step: Step, variables: Variables) -> bool:
        """Whether this step, the next in order, does not count; raises Failure for a condition that says neither."""
        if any(step.within[: len(left)] == left for left in self._left):
            return True
        verb, counts = step.verb, all(part == "now" for part in self._open)
        if verb == "if":
            self._open.append(("now" if variables.is_true(step.argument) else "later") if counts else "done")
        elif verb in ("elif", "else"):
            around = all(part == "now" for part in self._open[:-1])
            waits = around and self._open[-1] == "later"
            holds = waits and (verb == "else" or variables.is_true(step.argument))
            self._open[-1] = "now" if holds else "later" if waits else "done"
        elif verb == "endif":
            self._open.pop()
        elif verb == "quit" and counts:
            self._left.append(step.within)
        else:
            return not counts
        return True
