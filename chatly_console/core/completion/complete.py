"""Proposals for the cursor's place: tables, columns, joins, functions, values and keywords, whichever fit there."""

from bisect import bisect_left
from collections.abc import Callable
from functools import partial
from itertools import islice

from chatly_console.core.catalogue import Relation
from chatly_console.core.completion.context import context_at
from chatly_console.core.completion.joins import conditions, neighbours
from chatly_console.core.completion.keywords import keywords_at
from chatly_console.core.completion.lexed import Word, is_word
from chatly_console.core.completion.matching import Matcher
from chatly_console.core.completion.names import (
    ALIAS,
    COLUMN,
    FAR,
    JOIN,
    KEYWORD,
    NEAR,
    OTHER,
    OWN,
    SYSTEM_SCHEMAS,
    VALUE,
    Names,
)
from chatly_console.core.completion.place import Context, Place
from chatly_console.core.completion.proposal import Completion, Pool, Proposal
from chatly_console.core.completion.scope import ScopeReader
from chatly_console.core.completion.sources import Scope
from chatly_console.core.completion.values import offer_values
from chatly_console.core.quote import quote_identifier
from chatly_console.core.sql.keywords import TYPES

MOST = 100
"""Proposals that are given; whoever wants others types another letter."""
_FAR_FROM = 2
"""Letters from which columns of tables that are not read yet are proposed."""


def complete(text: str, cursor: int, names: Names, *, limit: int = MOST) -> Completion | None:
    """What can be written at the cursor; None where nothing fits."""
    context = context_at(text, cursor)
    if context is None:
        return None
    scope = ScopeReader(names).scope(context.path, context.start)
    work = _Work(names, context, scope, Pool(Matcher(context.prefix)), text)
    offer_values(names, context, scope, work.pool, VALUE)
    if not context.in_string:
        if context.qualifier:
            work.offer_qualified()
        else:
            _OFFERS.get(context.place, _Work.offer_keywords)(work)
    proposals = work.pool.best(limit)
    if not proposals:
        return None
    is_strong = bool(context.qualifier) or context.in_string or context.place in _STRONG
    is_strong |= any(proposal.kind == "value" for proposal in proposals)
    return Completion(proposals, context.start, context.end, context.prefix, is_strong)


_STRONG = frozenset({Place.RELATION, Place.CONDITION, Place.COLUMNS, Place.SHARED})


class _Work:
    """One completion: the place, what can be named there, and the pool of offers."""

    def __init__(self, names: Names, context: Context, scope: Scope, pool: Pool, text: str) -> None:
        self.names, self.context, self.scope, self.pool = names, context, scope, pool
        self._calls = not text.startswith("(", context.end)

    # Places

    def offer_keywords(self) -> None:
        """Keywords that go on from here."""
        is_upper = self.context.prefix.isupper()
        for word, is_called in keywords_at(self.context):
            written = word.upper() if is_upper else word
            text = f"{written}()" if is_called and self._calls else written
            self.pool.offer(Proposal(text, written, "keyword", back=int(text.endswith(")"))), KEYWORD)

    def offer_relations(self) -> None:
        """Tables and views; those that foreign keys lead to first, with their condition where a JOIN is written."""
        context, before = self.context, self.context.before
        if is_word(before[-1] if before else None, "join"):
            read = (
                [source for source in self.scope.levels[0] if source.start < context.start] if self.scope.levels else []
            )
            for relation, alias, condition in neighbours(self.names, read):
                text = f"{self.names.written(relation)} {alias} on {condition}"
                label = f"{relation.name} {alias}"
                self.pool.offer(Proposal(text, label, "join", f"on {condition}"), JOIN, name=relation.name)
        for cte in self.scope.ctes.values():
            self.pool.offer(Proposal(quote_identifier(cte.name), cte.name, "cte", "with"), NEAR)
        self.pool.offer_all(self.names.lower_relations, self.names.relation_ranks, self._relation, far=OTHER)
        if context.prefix:
            self._offer_schemas(OTHER)
            self.pool.offer_all(self.names.lower_routines, self.names.row_routine_ranks, self._routine, far=OTHER)
        self.offer_keywords()

    def offer_expression(self) -> None:
        """Columns and aliases in scope, functions, keywords."""
        self._offer_columns_in_scope()
        if self.context.prefix:
            self.pool.offer_all(self.names.lower_routines, self.names.routine_ranks, self._routine, far=OTHER)
            self._offer_schemas(FAR)
            if not self.scope.levels and len(self.context.prefix) >= _FAR_FROM:
                self._offer_far_columns()
        self.offer_keywords()

    def offer_conditions(self) -> None:
        """Conditions from foreign keys, and all that an expression may have."""
        read = [
            source
            for source in (self.scope.levels[0] if self.scope.levels else [])
            if source.start < self.context.start
        ]
        if read:
            joined = max(read, key=lambda source: source.start)
            for condition, key in conditions(self.names, joined, read):
                self.pool.offer(Proposal(condition, condition, "join", key.name), JOIN)
        self.offer_expression()

    def offer_columns(self) -> None:
        """Columns of the table that is changed, those not named yet."""
        target = self.scope.target
        if target is None:
            return
        named = {item.text for item in self.context.before if isinstance(item, Word)}
        for column in target.columns:
            if column.name not in named:
                self._offer_column(column.name, self.names.about_column(column.info, column.type), COLUMN)

    def offer_shared(self) -> None:
        """Columns that both sides of a JOIN ... USING have."""
        sources = sorted(self.scope.levels[0] if self.scope.levels else [], key=lambda source: source.start)
        if len(sources) > 1:
            left = {column.name for source in sources[:-1] for column in source.columns}
            for column in sources[-1].columns:
                if column.name in left:
                    self._offer_column(column.name, self.names.about_column(column.info, column.type), COLUMN)

    def offer_types(self) -> None:
        """Types of the server and of this database."""
        for name in TYPES:
            self.pool.offer(Proposal(name, name, "type"), OWN)
        for info in self.names.catalogue.types:
            self.pool.offer(Proposal(self.names.written(info), info.name, "type", info.kind), NEAR)

    def offer_routines(self) -> None:
        """Functions and procedures, those of triggers too."""
        ranks = [max(rank, OTHER) for rank in self.names.routine_ranks]
        self.pool.offer_all(self.names.lower_routines, ranks, self._routine, far=OTHER)

    def offer_roles(self) -> None:
        """Roles, and the words that stand for some."""
        for role in self.names.catalogue.roles:
            self.pool.offer(Proposal(role.quoted, role.name, "role", role.attributes), NEAR)
        for word in ("public", "current_user"):
            self.pool.offer(Proposal(word, word, "keyword"), KEYWORD)

    def offer_schemas(self) -> None:
        """Schemas."""
        self._offer_schemas(NEAR, dot="")

    def offer_extensions(self) -> None:
        """Extensions that the server has."""
        for extension in self.names.catalogue.extensions:
            self.pool.offer(Proposal(extension.quoted, extension.name, "extension", extension.offered), NEAR)

    def offer_qualified(self) -> None:
        """What follows a dot: columns of an alias or table, else what is in a schema."""
        qualifier = self.context.qualifier
        source = self.scope.source(qualifier[0]) if len(qualifier) == 1 else None
        if source is None and qualifier == ("excluded",):
            source = self.scope.target
        if source is not None and self.context.place is not Place.RELATION:
            for column in source.columns:
                self._offer_column(column.name, self.names.about_column(column.info, column.type), COLUMN)
        if (relation := self.names.relation(qualifier)) is not None and source is None:
            for info in self.names.columns(relation):
                self._offer_column(info.name, self.names.about_column(info, info.type), COLUMN)
        if len(qualifier) == 1 and qualifier[0] in self.names.schemas:
            self._offer_in_schema(qualifier[0])

    # Offers

    def _relation(self, place: int) -> Proposal:
        relation = self.names.relations[place]
        quiet = not self.names.is_readable(relation)
        where = "" if self.names.is_on_path(relation.schema) else f" in {relation.schema}"
        detail = "no right to read it" if quiet else f"{relation.kind}{where}"
        return Proposal(self.names.written(relation), relation.name, _kind(relation), detail, 0, quiet)

    def _offer_columns_in_scope(self) -> None:
        sources = self.scope.sources
        counts: dict[str, int] = {}
        for source in self.scope.levels[0] if self.scope.levels else ():
            for name in {column.name for column in source.columns}:
                counts[name] = counts.get(name, 0) + 1
        for depth, level in enumerate(self.scope.levels):
            for source in level:
                for column in source.columns:
                    is_shared = counts.get(column.name, 0) > 1 or (depth > 0 and column.name in counts)
                    about = self.names.about_column(column.info, column.type)
                    detail = f"{about} · {source.name}" if len(sources) > 1 and about else about
                    name = quote_identifier(column.name)
                    text = f"{quote_identifier(source.name)}.{name}" if is_shared and source.name else name
                    label = f"{source.name}.{column.name}" if is_shared and source.name else column.name
                    self.pool.offer(
                        Proposal(text, label, "column", detail),
                        COLUMN + depth,
                        name=column.name,
                    )
                if source.name:
                    text = f"{quote_identifier(source.name)}."
                    self.pool.offer(Proposal(text, source.name, "alias", source.kind), ALIAS + depth)

    def _offer_column(self, name: str, about: str, rank: int) -> None:
        self.pool.offer(Proposal(quote_identifier(name), name, "column", about), rank)

    def _offer_far_columns(self) -> None:
        """Columns of tables that the statement does not read yet: SELECT is often written before FROM."""
        columns, typed = self.names.column_names, self.pool.matcher.typed
        start = bisect_left(columns, (typed,))
        for lower, name, table in islice(columns, start, start + MOST):
            if not lower.startswith(typed):
                break
            self.pool.offer(Proposal(quote_identifier(name), name, "column", f"of {table}"), OWN)

    def _routine(self, place: int, *, bare: bool = False) -> Proposal:
        routine = self.names.routines[place]
        name = quote_identifier(routine.name) if bare else self.names.written(routine)
        text = f"{name}()" if self._calls else name
        back = int(text.endswith(")") and bool(routine.arguments))
        detail = f"({routine.arguments}) → {routine.result}" if routine.result else f"({routine.arguments})"
        return Proposal(text, routine.name, "function", detail, back)

    def _offer_schemas(self, rank: int, dot: str = ".") -> None:
        for schema in self.names.schemas:
            far = FAR if schema in SYSTEM_SCHEMAS or schema.startswith("pg_") else 0
            self.pool.offer(Proposal(f"{quote_identifier(schema)}{dot}", schema, "schema"), rank + far)

    def _offer_in_schema(self, schema: str) -> None:
        place, names = self.context.place, self.names
        wants_relation = place in (Place.RELATION, Place.AFTER)
        if place not in (Place.TYPE, Place.ROUTINE):
            for relation in names.relations:
                if relation.schema == schema:
                    quiet = not names.is_readable(relation)
                    text = quote_identifier(relation.name)
                    proposal = Proposal(text, relation.name, _kind(relation), relation.kind, 0, quiet)
                    self.pool.offer(proposal, NEAR if wants_relation else OWN)
        if place is not Place.TYPE:
            fits = None if place is Place.ROUTINE else names.routine_ranks  # triggers are called by nobody
            ranks = [
                OWN if routine.schema == schema and (fits is None or fits[at] >= 0) else -1
                for at, routine in enumerate(names.routines)
            ]
            self.pool.offer_all(names.lower_routines, ranks, partial(self._routine, bare=True), far=OTHER)
        if place not in _WITHOUT_TYPES:
            for info in names.catalogue.types:
                if info.schema == schema:
                    self.pool.offer(Proposal(quote_identifier(info.name), info.name, "type", info.kind), OTHER)


_WITHOUT_TYPES = frozenset({Place.RELATION, Place.EXPRESSION, Place.CONDITION, Place.ROUTINE})


def _kind(relation: Relation) -> str:
    return "view" if "view" in relation.kind else "relation"


_OFFERS: dict[Place, Callable[[_Work], None]] = {
    Place.RELATION: _Work.offer_relations,
    Place.EXPRESSION: _Work.offer_expression,
    Place.CONDITION: _Work.offer_conditions,
    Place.COLUMNS: _Work.offer_columns,
    Place.SHARED: _Work.offer_shared,
    Place.TYPE: _Work.offer_types,
    Place.ROUTINE: _Work.offer_routines,
    Place.ROLE: _Work.offer_roles,
    Place.SCHEMA: _Work.offer_schemas,
    Place.EXTENSION: _Work.offer_extensions,
}
