"""What a script will do, told before it runs: which statements write, in which transaction, and the one question."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chatly_console.core.classify import Classification, Risk, classify
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode
from chatly_console.query.decision import Circumstances, refuse
from chatly_console.query.file_copy import size_words
from chatly_console.query.parameters import bound
from chatly_console.query.script import Script, Step
from chatly_console.query.transaction_words import control_of, statements_words
from chatly_console.query.variables import Variables

_OF_ROWS = ("COPY FROM", "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE")
"""Named first: they are what most people look for."""
_MOST_KINDS = 8
_MOST_NAMES = 6
_SET_BY_SELECT = re.compile(r"(?is)\s*(?:--[^\n]*\n\s*)*select\s+(?:pg_catalog\.)?(?:set_config|setval)\s*\(")
_MAY_ASK = re.compile(r":[A-Za-z_\x80-\U0010ffff]|\$[0-9]")
_SESSION = frozenset({"SET", "SET SESSION", "SET LOCAL", "RESET", "PREPARE", "DECLARE", "LISTEN", "LOAD", "DISCARD"})


@dataclass(frozen=True, slots=True)
class Plan:
    """How a script is to run. `found` is what each step does; a command that sends nothing does nothing."""

    script: Script
    found: tuple[Classification, ...]
    mode: Mode = Mode.READ_ONLY
    """In which its statements run; they are read-only only where none of them says that it writes."""
    own_transactions: bool = False
    """It commits as it goes: it has BEGIN and COMMIT, or statements that no transaction takes."""
    because: str = ""
    """Which statement that is, and where."""
    needs_session: bool = False
    """Its statements belong together: settings, several writes, data, commands."""
    writing: tuple[Classification, ...] = ()
    """What of it writes."""
    alone: frozenset[int] = frozenset()
    """Steps whose rows somebody will want to see, or that have parameters to which the script gives no value."""

    @property
    def is_grave(self) -> bool:
        """Whether something of it is dangerous or destructive."""
        return any(one.risk >= Risk.DANGEROUS for one in self.writing)

    @property
    def question(self) -> str:
        """What is asked before it runs; empty where it only reads, and writes no file either."""
        if self.mode is Mode.READ_ONLY and not self._files:
            return ""
        count, many = self.script.statements, len(self.writing)
        of = f" of {self.script.name}" if self.script.name and not self.script.steps[0].place.buffer else ""
        what = f"{statements_words(count)}{of}"
        how = "each kept as the script says" if self.own_transactions else "in one transaction"
        return f"Run {what}, of which {many:,} write{'s' if many == 1 else ''}, {how}?"

    @property
    def _files(self) -> list[str]:
        return [step.copy.path for step in self.script.steps if step.copy is not None and not step.copy.loads]

    def detail(self, *, kept: bool = True) -> str:
        """What the question means, in a few lines; `kept`: its changes may be committed."""
        lines = [f"{_counted([one.verb for one in self.writing])}."] if self.writing else []
        if self._files:
            lines.append(f"Files of this machine that it writes: {', '.join(self._files)}.")
        if self.mode is Mode.READ_ONLY:
            return "\n".join(lines)
        size = sum(step.data.size for step in self.script.steps if step.data is not None)
        if size:
            lines.append(f"Rows of data in it: {size_words(size)}.")
        lines += _gone(self.writing)
        if any(step.verb == "gexec" for step in self.script.steps):
            lines.append(r"\gexec runs statements that are known only then.")
        if self.own_transactions:
            lines.append(f"Not all or nothing: {self.because}. What it commits stays, whatever comes after it.")
        elif kept:
            lines.append("All or nothing: the first error undoes all of it.")
            lines.append("Before the commit you are asked again, with the number of rows.")
        else:
            lines.append("All of it is rolled back at its end.")
        return "\n".join(lines)


def plan_of(script: Script, circumstances: Circumstances, variables: Variables) -> Plan:
    """Look at every statement; raises Failure, which names the line, where one of them cannot run now."""
    texts = list(_texts(script, Variables(dict(variables.values))))
    found = tuple(classify(text) for text in texts)
    writing = tuple(one for one in found if one.verb and one.is_known and not one.reads_only)
    own = because = ""
    for step, one in zip(script.steps, found, strict=True):
        try:
            own = own or _needs_own(step, one)
            _check(step, one, circumstances)
        except Failure as failure:
            raise _at(step, failure) from failure
        if own and not because:
            because = f"{own} in {_where(step)}"
            if circumstances.in_transaction or (circumstances.impersonating and not circumstances.armed):
                raise _at(step, _not_now(own, circumstances))
    writes = bool(writing) or any(step.verb == "gexec" for step in script.steps)
    session = any(one.verb in _SESSION for one in found) or any(map(_SET_BY_SELECT.match, texts))
    together = len(script.steps) > 1 and (len(writing) > 1 or session or bool(own))
    alone = [
        number for number, (step, one, text) in enumerate(zip(script.steps, found, texts, strict=True))
        if step.verb == "run" and step.data is None and _is_looked_at(one, text)
    ]  # fmt: skip
    return Plan(
        script, found, Mode.COMMITTED if writes or own else Mode.READ_ONLY, bool(own), because,
        together or not script.is_plain, writing, frozenset(alone),
    )  # fmt: skip


def _is_looked_at(found: Classification, text: str) -> bool:
    if found.returns_rows and not _SET_BY_SELECT.match(text):
        return True
    return _MAY_ASK.search(text) is not None and bool(bound(text).parameters)


def _texts(script: Script, variables: Variables) -> Iterator[str]:
    """What each step sends, as far as that is known before; empty for one that sends nothing."""
    for step in script.steps:
        if step.verb == "set" and (words := variables.words(step.argument)):
            variables.values[words[0]] = "".join(words[1:])
        if step.verb == "copy" and step.copy is not None:
            yield step.copy.sql
        else:
            yield variables.put_into(step.place.sql).sql if step.sends else ""


def _needs_own(step: Step, found: Classification) -> str:
    """What of it makes the script commit as it goes; empty where nothing does."""
    if found.transaction_control and control_of(step.place.sql) is not None:
        return found.verb
    return found.verb if found.needs_no_transaction and step.sends else ""


def _check(step: Step, found: Classification, circumstances: Circumstances) -> None:
    if not step.sends or not found.is_known or (found.reads_only and not found.transaction_control):
        return
    if not found.transaction_control or (control_of(step.place.sql) is None and circumstances.in_transaction):
        refuse(found, circumstances)
    elif found.needs_no_transaction or found.verb == "PREPARE TRANSACTION" or " and chain" in step.place.sql.lower():
        raise Failure(f"{found.verb} is not for here, nor is AND CHAIN.", FailureKind.REFUSED)


def _not_now(verb: str, circumstances: Circumstances) -> Failure:
    if circumstances.in_transaction:
        why, hint = "a transaction is open already", "End that first: alt+c commits it, alt+r rolls it back."
    else:
        why, hint = "as another user nothing is kept", "Say first that changes are kept (F4), or run it as yourself."
    return Failure(f"{verb} commits, and {why}.", FailureKind.REFUSED, hint=hint)


def _at(step: Step, failure: Failure) -> Failure:
    place = step.place
    return replace(failure, sentence=f"{_where(step)}: {failure.sentence}") if place.file else failure


def _where(step: Step) -> str:
    place = step.place
    return f"{place.file}, line {place.first_line:,}" if place.file else "this text"


def _counted(verbs: list[str]) -> str:
    counts = sorted(Counter(verbs).most_common(), key=lambda one: one[0] not in _OF_ROWS)
    words = [f"{verb} × {count:,}" if count > 1 else verb for verb, count in counts[:_MOST_KINDS]]
    left = sum(count for _, count in counts[_MOST_KINDS:])
    return ", ".join([*words, f"{left:,} more"] if left else words)


def _gone(writing: Sequence[Classification]) -> list[str]:
    """What it throws away or changes as a whole, by kind and name."""
    lines = []
    grave = [one for one in writing if one.risk >= Risk.DANGEROUS]
    for verb in dict.fromkeys(one.verb for one in grave):
        these = [one for one in grave if one.verb == verb]
        if len(these) == 1 and these[0].sentence:
            lines.append(f"{these[0].sentence}.")
            continue
        names = list(dict.fromkeys(relation.name for one in these for relation in one.relations))
        more = f", {len(names) - _MOST_NAMES:,} more" if len(names) > _MOST_NAMES else ""
        lines.append(
            f"{verb} × {len(these):,}: {', '.join(names[:_MOST_NAMES])}{more}."
            if names
            else f"{verb} × {len(these):,}."
        )
    return lines[:_MOST_KINDS]
