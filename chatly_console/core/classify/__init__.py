"""What a statement does, told from its tokens before it runs; and passwords taken out of it."""

from collections.abc import Callable
from dataclasses import replace

from chatly_console.core.classify.about import classify_about
from chatly_console.core.classify.commands import (
    classify_lock,
    classify_session,
    classify_transaction,
    classify_upkeep,
)
from chatly_console.core.classify.definitions import classify_definition, classify_truncate
from chatly_console.core.classify.queries import classify_query
from chatly_console.core.classify.redact import redact
from chatly_console.core.classify.types import LOCK_BLOCKS, Classification, Relation, Risk, strongest
from chatly_console.core.classify.words import Words
from chatly_console.core.classify.wrappers import (
    classify_copy,
    classify_explain,
    classify_prepare,
    classify_unknown_inside,
)
from chatly_console.core.sql import split

__all__ = ["LOCK_BLOCKS", "Classification", "Relation", "Risk", "classify", "redact", "strongest"]


def classify(sql: str) -> Classification:
    """What `sql` does; of several statements, the worst of each."""
    found = [_classify(Words(sql[statement.code : statement.end])) for statement in split(sql)]
    if not found:
        return Classification("", True)
    worst = max(found, key=lambda one: (one.risk, one.writes, not one.reads_only))
    if len(found) == 1:
        return worst
    relations = dict.fromkeys(relation for one in found for relation in one.relations)
    return replace(
        worst,
        reads_only=all(one.reads_only for one in found),
        writes=any(one.writes for one in found),
        transaction_control=any(one.transaction_control for one in found),
        needs_no_transaction=any(one.needs_no_transaction for one in found),
        returns_rows=any(one.returns_rows for one in found),
        relations=tuple(relations),
        lock=strongest([one.lock for one in found]),
        is_known=all(one.is_known for one in found),
    )


def _classify(words: Words) -> Classification:
    first, second = words.text(0), words.text(1)
    if first == "explain":
        return classify_explain(words, _classify)
    if first == "copy":
        return classify_copy(words, _classify)
    if (first, second) in (("prepare", "transaction"), ("security", "label")):
        return classify_transaction(words) if first == "prepare" else classify_about(words)
    known = _BY_VERB.get(first)
    if known is not None:
        return known(words)
    return Classification(
        first.upper(),
        writes=True,
        risk=Risk.WRITES,
        sentence=f"{first.upper()} is not known here, and may write",
        is_known=False,
    )


_BY_VERB: dict[str, Callable[[Words], Classification]] = {
    **dict.fromkeys(("(", "select", "values", "table", "with", "insert", "update", "delete", "merge"), classify_query),
    **dict.fromkeys(
        ("begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release"), classify_transaction
    ),
    **dict.fromkeys(
        (
            "set",
            "reset",
            "show",
            "discard",
            "listen",
            "unlisten",
            "notify",
            "fetch",
            "move",
            "close",
            "deallocate",
            "load",
        ),
        classify_session,
    ),
    **dict.fromkeys(("vacuum", "analyze", "analyse", "cluster", "reindex", "refresh"), classify_upkeep),
    **dict.fromkeys(("create", "alter", "drop"), classify_definition),
    **dict.fromkeys(("grant", "revoke", "comment", "reassign", "import", "checkpoint"), classify_about),
    **dict.fromkeys(("prepare", "declare"), classify_prepare),
    **dict.fromkeys(("call", "do", "execute"), classify_unknown_inside),
    "truncate": classify_truncate,
    "lock": classify_lock,
}
