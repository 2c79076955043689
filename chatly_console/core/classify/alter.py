"""What ALTER TABLE does, action by action: lock, rewrite and scan as measured on PostgreSQL 15, 17 and 18.

A test measures each of them anew on a real server.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from chatly_console.core.classify.column_type import change_rewrites
from chatly_console.core.classify.types import Effect, strongest
from chatly_console.core.classify.words import Word, Words

AX, SRX, SUX = "ACCESS EXCLUSIVE", "SHARE ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE"

_SERIAL = frozenset({"serial", "bigserial", "smallserial", "serial4", "serial8", "serial2"})
_VOLATILE = frozenset(
    {"random", "gen_random_uuid", "uuid_generate_v4", "uuid_generate_v1", "clock_timestamp", "nextval", "timeofday",
     "uuidv4", "uuidv7", "random_normal", "gen_random_bytes"}
)  # fmt: skip
_STABLE = frozenset(
    {"now", "transaction_timestamp", "statement_timestamp", "current_setting", "jsonb_build_object", "to_jsonb",
     "jsonb_build_array", "coalesce", "nullif", "array", "numeric", "varchar", "char", "interval", "lower", "upper",
     "md5", "decimal", "timestamp", "timestamptz", "bit", "time", "greatest", "least", "date_trunc", "make_interval"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Action:
    """One action of ALTER TABLE: its words, with the depth of their parentheses."""

    items: tuple[Word, ...]

    @property
    def top(self) -> list[str]:
        """The words outside of parentheses."""
        return [word.text for word in self.items if word.depth == 0]

    def has(self, *words: str) -> bool:
        """Whether these words follow each other outside of parentheses."""
        top, count = self.top, len(words)
        return any(tuple(top[i : i + count]) == words for i in range(len(top)))

    def starts(self, *words: str) -> bool:
        """Whether it begins with these words."""
        return tuple(self.top[: len(words)]) == words


def alter_table_lock(words: Words) -> str:
    """The strongest lock of the actions on the table itself."""
    return strongest([_action("", action, {}).lock for action in actions_of(words)])


def alter_table_effects(words: Words, table: str, types: Mapping[str, str]) -> list[Effect]:
    """The effects on the table, and on those that a new foreign key refers to. `types` are its columns' types now."""
    actions = actions_of(words)
    found = [_action(table, action, types) for action in actions]
    own = Effect(
        table,
        strongest([effect.lock for effect in found]),
        _any([effect.rewrites for effect in found]),
        _any([effect.scans for effect in found]),
        any(effect.builds_index for effect in found),
        "; ".join(dict.fromkeys(effect.note for effect in found if effect.note)),
    )
    if own.rewrites:
        own = replace(own, scans=True)
    return [own, *(_parent(action, parent) for action in actions for parent in _parents(action) if parent != table)]


def _parent(action: Action, parent: str) -> Effect:
    """The table that a new foreign key refers to; it is read for the rows that are there already."""
    checked = action.has("foreign", "key") and not (action.has("not", "valid") or action.has("not", "enforced"))
    return Effect(parent, SRX, False, None if checked else False)


def _any(answers: list[bool | None]) -> bool | None:
    if True in answers:
        return True
    return None if None in answers else False


def actions_of(words: Words) -> list[Action]:
    """The actions, without ALTER TABLE and the table's name."""
    actions: list[list[Word]] = [[]]
    for word in words.items[_behind_name(words) :]:
        if word.text == "," and word.depth == 0:
            actions.append([])
        else:
            actions[-1].append(word)
    return [Action(tuple(action)) for action in actions if action]


def _behind_name(words: Words) -> int:
    at = next((i + 1 for i, w in enumerate(words.items) if w.text in ("table", "view") and w.depth == 0), 1)
    while words.text(at) in ("if", "exists", "only"):
        at += 1
    at = words.name_at(at)[1]
    return at + 1 if words.text(at) == "*" else at


def _action(table: str, action: Action, types: Mapping[str, str]) -> Effect:
    for begins, rule in _RULES:
        if action.starts(*begins):
            return replace(rule(action, types), relation=table)
    return Effect(table, AX)


def _column(action: Action, types: Mapping[str, str]) -> Effect:
    """ADD COLUMN: a default that is the same for all rows is kept beside the table and costs nothing."""
    top, texts = action.top, [word.text for word in action.items]
    notes = []
    rewrites: bool | None = False
    if "stored" in top or (_is_generated(action) and "virtual" not in top and "stored" in texts):
        rewrites, notes = True, ["a stored generated column is computed for every row"]
    elif "virtual" not in top and (_SERIAL.intersection(top) or action.has("as", "identity")):
        rewrites, notes = True, ["every row gets a number"]
    elif "default" in top:
        rewrites = _default_rewrites(action)
        notes = ["the default differs from row to row"] if rewrites else []
    scans: bool | None = "check" in top and ("default" in top or _is_generated(action))
    builds = "unique" in top or action.has("primary", "key")
    notes += ["builds an index while readers and writers wait"] if builds else []
    return Effect("", AX, rewrites, True if rewrites or builds else scans, builds, "; ".join(notes))


def _is_generated(action: Action) -> bool:
    return action.has("generated", "always", "as") and not action.has("as", "identity")


def _default_rewrites(action: Action) -> bool | None:
    at = next(i for i, word in enumerate(action.items) if word.text == "default" and word.depth == 0)
    unknown = False
    for index in range(at + 1, len(action.items)):
        word = action.items[index]
        if word.depth == 0 and word.text in ("check", "references", "unique", "primary", "constraint", "not", "null"):
            break
        called = index + 1 < len(action.items) and action.items[index + 1].text == "("
        if called and word.is_name:
            if word.text in _VOLATILE:
                return True
            unknown = unknown or word.text not in _STABLE
    return None if unknown else False


def _constraint(action: Action, types: Mapping[str, str]) -> Effect:
    """ADD [CONSTRAINT name] ..."""
    later = action.has("not", "valid") or action.has("not", "enforced")
    if action.has("foreign", "key"):
        return Effect("", SRX, False, not later, note="" if later else "checks every row while writers wait on both")
    if "using" in action.top and "index" in action.top:
        return Effect("", AX, False, None if action.has("primary", "key") else False)
    if "check" in action.top:
        return Effect("", AX, False, not later, note="" if later else "checks every row while readers and writers wait")
    if action.has("not", "null"):
        return Effect("", AX, False, False if later else None)
    return Effect("", AX, False, True, True, "builds an index while readers and writers wait")


def _type(action: Action, types: Mapping[str, str]) -> Effect:
    """ALTER [COLUMN] c [SET DATA] TYPE t [COLLATE x] [USING e]."""
    top = action.top
    column = top[2] if top[1] == "column" else top[1]
    at = next(i for i, word in enumerate(action.items) if word.text == "type" and word.depth == 0)
    end = next(
        (i for i in range(at, len(action.items)) if action.items[i].depth == 0 and action.items[i].text in _ENDS_TYPE),
        len(action.items),
    )
    wanted = " ".join(word.raw for word in action.items[at + 1 : end])
    wanted = wanted.replace(" ( ", "(").replace(" )", ")").replace(" . ", ".")
    using = any(word.text == "using" and word.depth == 0 for word in action.items)
    known = types.get(column.strip('"'))
    rewrites = None if known is None else change_rewrites(known, wanted)
    if using and rewrites is False:
        rewrites = None
    note = "" if rewrites is False else "writes every row anew" if rewrites else "may write every row anew"
    return Effect("", AX, rewrites, rewrites, note=note)


_ENDS_TYPE = ("using", "collate")


def _set(action: Action, types: Mapping[str, str]) -> Effect:
    """What begins with ALTER [COLUMN] c."""
    if "type" in action.top[:6] and not action.has("set", "default"):
        return _type(action, types)
    if action.has("set", "not", "null"):
        return Effect("", AX, False, None, note="reads every row, unless a valid CHECK proves it")
    if action.has("set", "statistics") or action.has("set", "(") or action.has("reset", "("):
        return Effect("", SUX)
    if action.has("set", "expression"):
        return Effect("", AX, True, True, note="computes every row anew")
    if action.has("add", "generated"):
        return Effect("", AX)
    return Effect("", AX)


def _drop_constraint(action: Action, types: Mapping[str, str]) -> Effect:
    return Effect("", AX, note="of a foreign key: locks the table that it refers to as well")


def _fixed(lock: str, *, rewrites: bool = False, scans: bool = False, note: str = "") -> "Rule":
    effect = Effect("", lock, rewrites, scans or rewrites, note=note)
    return lambda action, types: effect


def _detach(action: Action, types: Mapping[str, str]) -> Effect:
    return Effect("", SUX if "concurrently" in action.top or "finalize" in action.top else AX)


Rule = Callable[[Action, Mapping[str, str]], Effect]

_ADD_CONSTRAINT = ("constraint", "check", "foreign", "unique", "primary", "exclude", "not")
_RULES: list[tuple[tuple[str, ...], Rule]] = [
    *((("add", word), _constraint) for word in _ADD_CONSTRAINT),
    (("add",), _column),
    (("validate", "constraint"), _fixed(SUX, scans=True)),
    (("alter", "constraint"), _fixed(AX)),
    (("alter",), _set),
    (("drop", "constraint"), _drop_constraint),
    (("drop",), _fixed(AX)),
    (("cluster", "on"), _fixed(SUX)),
    (("set", "without", "cluster"), _fixed(SUX)),
    (("set", "("), _fixed(SUX)),
    (("reset", "("), _fixed(SUX)),
    (("set", "unlogged"), _fixed(AX, rewrites=True, note="writes every row anew")),
    (("set", "logged"), _fixed(AX, rewrites=True, note="writes every row anew")),
    (("set", "access", "method"), _fixed(AX, rewrites=True, note="writes every row anew")),
    (("set", "tablespace"), _fixed(AX, rewrites=True, note="copies the whole table")),
    (("enable", "trigger"), _fixed(SRX)),
    (("disable", "trigger"), _fixed(SRX)),
    (("enable", "replica", "trigger"), _fixed(SRX)),
    (("enable", "always", "trigger"), _fixed(SRX)),
    (("attach", "partition"), _fixed(SUX)),
    (("detach", "partition"), _detach),
]


def _parents(action: Action) -> list[str]:
    """The tables that the foreign keys of an action refer to."""
    found = []
    for index, word in enumerate(action.items):
        if word.text == "references" and word.depth == 0:
            parts, at = [], index + 1
            while at < len(action.items) and action.items[at].is_name:
                parts.append(action.items[at].raw)
                at += 1
                if at < len(action.items) and action.items[at].text == ".":
                    at += 1
                    continue
                break
            found.append(".".join(parts))
    return found
