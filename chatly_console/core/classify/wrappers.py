"""Statements that hold or move others: EXPLAIN, COPY, PREPARE, DECLARE, EXECUTE, CALL and DO."""

from collections.abc import Callable
from dataclasses import replace

from chatly_console.core.classify.relations import query_relations
from chatly_console.core.classify.types import Classification, Relation, Risk
from chatly_console.core.classify.words import Words

Classify = Callable[[Words], Classification]


def classify_explain(words: Words, classify: Classify) -> Classification:
    """EXPLAIN only plans; with ANALYZE it runs the statement, so it does what that one does."""
    at, analyze = 1, False
    if words.text(1) == "(":
        close = next((i for i in range(2, len(words)) if words.items[i].depth == 0), len(words))
        for index in range(2, close):
            if words.text(index) in ("analyze", "analyse"):
                analyze = words.text(index + 1) not in ("false", "off", "0", "'false'", "'off'")
        at = close + 1
    else:
        while words.text(at) in ("analyze", "analyse", "verbose"):
            analyze = analyze or words.text(at) != "verbose"
            at += 1
    inner = classify(words.part(at))
    if analyze:
        sentence = f"EXPLAIN ANALYZE runs it: {inner.sentence}" if inner.sentence else ""
        return replace(inner, verb=f"EXPLAIN ANALYZE {inner.verb}", returns_rows=True, sentence=sentence)
    read = tuple(Relation(relation.name) for relation in inner.relations)
    return Classification(
        "EXPLAIN",
        True,
        returns_rows=True,
        relations=read,
        lock=inner.lock,
        sentence=f"EXPLAIN plans a {inner.verb}",
    )


def classify_copy(words: Words, classify: Classify) -> Classification:
    """COPY reads or writes a table, or reaches outside: a file of the server, or a program on it."""
    if words.text(1) == "(":
        inner = classify(words.part(2))
        relations, table = inner.relations, "a query"
    else:
        inner = None
        table = words.name_at(1)[0]
        relations = (Relation(table, "from" in words.top),)
    if "from" in words.top and inner is None:
        source = words.text(words_index(words, "from") + 1)
        program = source == "program"
        return Classification(
            "COPY FROM PROGRAM" if program else "COPY FROM",
            writes=True,
            risk=Risk.DANGEROUS if program else Risk.WRITES,
            relations=relations,
            lock="ROW EXCLUSIVE",
            sentence=f"COPY adds rows to {table}" + (", from a program that runs on the server" if program else ""),
        )
    target = words.text(words_index(words, "to") + 1)
    outside = target != "stdout" and target != "stdin"
    if outside:
        what = "runs a program on the server" if target == "program" else "writes a file on the server"
        return Classification(
            "COPY TO PROGRAM" if target == "program" else "COPY TO",
            writes=True,
            risk=Risk.DANGEROUS,
            relations=relations,
            lock="ACCESS SHARE",
            sentence=f"COPY {what}",
        )
    if inner is not None and not inner.reads_only:
        return replace(inner, verb=f"COPY TO ({inner.verb})", returns_rows=False)
    return Classification("COPY TO", True, relations=relations, lock="ACCESS SHARE", sentence=f"COPY reads {table}")


def words_index(words: Words, word: str) -> int:
    """The index of `word` outside of parentheses, or behind the last."""
    return next((i for i, item in enumerate(words.items) if item.depth == 0 and item.text == word), len(words))


def classify_prepare(words: Words) -> Classification:
    """PREPARE and DECLARE only keep a query for later in this session."""
    relations = tuple(Relation(relation.name) for relation in query_relations(words))
    verb = words.text(0).upper()
    return Classification(
        verb, True, relations=relations, sentence=f"{verb} lives as long as its session or transaction"
    )


def classify_unknown_inside(words: Words) -> Classification:
    """CALL, DO and EXECUTE run what is not on show here."""
    verb = words.text(0).upper()
    what = {"DO": "a block of code", "CALL": words.name_at(1)[0] + "()"}.get(verb, words.name_at(1)[0])
    return Classification(
        verb,
        writes=True,
        returns_rows=verb == "EXECUTE",
        risk=Risk.WRITES,
        sentence=f"{verb} runs {what}, which may write",
    )
