"""Rules about the file as a whole: its header, its way back, and whether it would run at all."""

from collections.abc import Iterator

from chatly_console.core.failure import Failure
from chatly_console.migrations.lint.context import Context
from chatly_console.migrations.lint.locks import Told
from chatly_console.migrations.lint.supabase_split import supabase_split
from chatly_console.migrations.status import words_of
from chatly_console.migrations.steps import refuse


def whole_rules(context: Context) -> Iterator[Told]:
    """Everything about the file as a whole."""
    script, directives = context.script, context.script.directives
    if not script.statements:
        yield 0, "empty", "write what it does"
        return
    try:
        refuse(script)
    except Failure as failure:
        place, _, words = failure.sentence.partition(": ")
        line = place.rpartition(":")[2]
        yield int(line) if line.isdigit() else 0, "statement-refused", words or failure.sentence
    for word in directives.unknown:
        yield 1, "unknown-directive", f"`{word}`"
    for number in directives.unreasoned:
        yield number, "allow-without-reason", 'say reason="..." beside allow='
    if context.file.down is None and not directives.irreversible:
        yield 0, "down-missing", 'write down/, or say `-- chatly: irreversible reason="..."`'
    yield from _alone(context)
    yield from _split(context)


def _alone(context: Context) -> Iterator[Told]:
    script = context.script
    alone = [one for one in script.statements if one.kind.needs_no_transaction]
    if alone and len(script.statements) > 1:
        message = f"{alone[0].kind.verb} leaves the rest of the file without a transaction: give it a file of its own"
        yield alone[0].line, "concurrently-alone", message


def _split(context: Context) -> Iterator[Told]:
    ours = [words_of(statement.text) for statement in context.script.statements]
    theirs = [words_of(piece) for piece in supabase_split(context.script.text)]
    if ours == theirs:
        return
    place = next((i for i, (one, other) in enumerate(zip(ours, theirs, strict=False)) if one != other), None)
    index = min(len(ours), len(theirs)) - 1 if place is None else place
    line = context.script.statements[max(index, 0)].line
    count = len(theirs)
    message = f"it would send {count} statement{'' if count == 1 else 's'} where psql sends {len(ours)}; they part here"
    yield line, "supabase-split", message
