"""Transactions, the session, and upkeep of tables: statements that are one verb with options."""

from chatly_console.core.classify.types import Classification, Relation, Risk
from chatly_console.core.classify.words import Words

_UPKEEP_OPTIONS = frozenset({"full", "freeze", "verbose", "analyze", "analyse", "only", "concurrently", "table"})


def classify_transaction(words: Words) -> Classification:
    """BEGIN, COMMIT, SAVEPOINT and their like."""
    first, second = words.text(0), words.text(1)
    prepared = second == "prepared"
    two = prepared or (first, second) in (
        ("start", "transaction"),
        ("prepare", "transaction"),
        ("rollback", "to"),
    )
    verb = f"{first} {second}" if two else first
    return Classification(
        verb.upper(),
        reads_only=not prepared and first != "prepare",
        writes=prepared,
        transaction_control=True,
        needs_no_transaction=prepared,
        risk=Risk.WRITES if prepared else Risk.SAFE,
        sentence=f"{verb.upper()} moves the transaction itself",
    )


def classify_session(words: Words) -> Classification:
    """SET, RESET, SHOW, DISCARD, LISTEN, FETCH and others that touch only this session."""
    first = words.text(0)
    if first == "set":
        scope = words.text(1) if words.text(1) in ("local", "session") else ""
        rest = words.text(2 if scope else 1)
        control = rest in ("transaction", "characteristics", "constraints")
        what = "TRANSACTION" if control else ""
        verb = " ".join(filter(None, ("SET", scope.upper(), what)))
        return Classification(verb, True, transaction_control=control, sentence=f"{verb} changes a setting")
    return Classification(
        first.upper(),
        True,
        needs_no_transaction=first == "discard" and words.text(1) == "all",
        returns_rows=first in ("show", "fetch"),
        sentence=f"{first.upper()} touches this session only",
    )


def classify_lock(words: Words) -> Classification:
    """LOCK TABLE, which holds its lock until the transaction ends."""
    top = words.top
    mode = "ACCESS EXCLUSIVE"
    if "in" in top and "mode" in top:
        mode = " ".join(top[top.index("in") + 1 : top.index("mode")]).upper()
    names = _names(words, 1)
    return Classification(
        "LOCK",
        risk=Risk.WRITES,
        relations=tuple(Relation(name) for name in names),
        lock=mode,
        sentence=f"LOCK holds {', '.join(names) or 'tables'} in {mode} mode until the transaction ends",
    )


def classify_upkeep(words: Words) -> Classification:
    """VACUUM, ANALYZE, CLUSTER, REINDEX and REFRESH MATERIALIZED VIEW."""
    first = words.text(0)
    names = _names(words, 1)
    relations = tuple(Relation(name, True) for name in names)
    on = ", ".join(names) or "every table"
    verb, lock, alone, said = {
        "vacuum": _vacuum,
        "analyze": _analyze,
        "analyse": _analyze,
        "cluster": _cluster,
        "reindex": _reindex,
        "refresh": _refresh,
    }[first](words, bool(names))
    return Classification(
        verb,
        writes=True,
        needs_no_transaction=alone,
        risk=Risk.WRITES,
        relations=relations,
        lock=lock,
        sentence=f"{verb} {said} {on}",
    )


Upkeep = tuple[str, str, bool, str]
"""Verb, lock, whether no transaction takes it, and the words before the table's name."""


def _vacuum(words: Words, named: bool) -> Upkeep:
    full = _option(words, "full")
    lock = "ACCESS EXCLUSIVE" if full else "SHARE UPDATE EXCLUSIVE"
    return ("VACUUM FULL" if full else "VACUUM"), lock, True, ("rewrites" if full else "cleans")


def _analyze(words: Words, named: bool) -> Upkeep:
    return "ANALYZE", "SHARE UPDATE EXCLUSIVE", False, "renews the statistics of"


def _cluster(words: Words, named: bool) -> Upkeep:
    return "CLUSTER", "ACCESS EXCLUSIVE", not named, "rewrites"


def _reindex(words: Words, named: bool) -> Upkeep:
    concurrently = _option(words, "concurrently")
    wide = any(word in words.top for word in ("database", "system", "schema"))
    if concurrently:
        return "REINDEX CONCURRENTLY", "SHARE UPDATE EXCLUSIVE", True, "builds again the indexes of"
    return "REINDEX", "SHARE", wide, "builds again the indexes of"


def _refresh(words: Words, named: bool) -> Upkeep:
    concurrently = _option(words, "concurrently")
    lock = "EXCLUSIVE" if concurrently else "ACCESS EXCLUSIVE"
    return "REFRESH MATERIALIZED VIEW" + " CONCURRENTLY" * concurrently, lock, False, "fills again"


def _option(words: Words, option: str) -> bool:
    """Whether an option is given, as a word or in the parenthesis behind the verb, and not switched off."""
    for index, word in enumerate(words.items[1:], 1):
        if word.text == option:
            return word.depth == 0 or words.text(index + 1) not in ("false", "off", "0")
        if word.depth == 0 and word.is_name and word.text not in _UPKEEP_OPTIONS | {"materialized", "view", "index"}:
            return False
    return False


def _names(words: Words, index: int) -> list[str]:
    """The comma-separated names behind the verb and its options."""
    skipped = _UPKEEP_OPTIONS | {"materialized", "view", "index", "database", "schema", "system"}
    names: list[str] = []
    expected = True
    while index < len(words):
        item = words.items[index]
        if item.depth == 0 and item.text == ",":
            expected = True
        elif item.depth == 0 and item.is_name and item.text in ("in", "nowait", "using", "with", "on"):
            break
        elif expected and item.depth == 0 and item.is_name and item.text not in skipped:
            name, index = words.name_at(index)
            names.append(name)
            expected = False
            continue
        index += 1
    return names
