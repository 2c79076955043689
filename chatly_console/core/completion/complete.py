"""Proposals for the cursor's place: tables, columns, joins, functions, values and keywords, whichever fit there."""

from collections.abc import Callable

from chatly_console.core.catalogue import Relation, Routine
from chatly_console.core.completion.context import context_at
from chatly_console.core.completion.joins import conditions, neighbours
from chatly_console.core.completion.keywords import keywords_at
from chatly_console.core.completion.lexed import Word, is_word
from chatly_console.core.completion.matching import Matcher
from chatly_console.core.completion.names import SYSTEM_SCHEMAS, Names
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
JOIN, VALUE, COLUMN, ALIAS, NEAR, OWN, KEYWORD, OTHER, FAR = range(9)
"""Ranks of proposals that match equally well."""


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
    is_strong = bool(context.qualifier) or context.in_string or context.place in _STRONG or _has_values(work)
    return Completion(proposals, context.start, context.end, context.prefix, is_strong)


_STRONG = frozenset({Place.RELATION, Place.CONDITION, Place.COLUMNS, Place.SHARED})


def _has_values(work: "_Work") -> bool:
    return any(proposal.kind == "value" for _, proposal in work.pool.found)


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
                self.pool.offer(Proposal(text, text, "join", "foreign key"), JOIN, name=relation.name)
        for cte in self.scope.ctes.values():
            self.pool.offer(Proposal(quote_identifier(cte.name), cte.name, "cte", "with"), NEAR)
        for place, grade in self.pool.matcher.among(self.names.lower_relations):
            relation = self.names.relations[place]
            self._offer_relation(relation, grade)
        if context.prefix:
            self._offer_schemas(OTHER)
            self._offer_routines(rows_only=True)
        self.offer_keywords()

    def offer_expression(self) -> None:
        """Columns and aliases in scope, functions, keywords."""
        self._offer_columns_in_scope()
        if self.context.prefix:
            self._offer_routines()
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
                self._offer_column(column.name, column.type, COLUMN)

    def offer_shared(self) -> None:
        """Columns that both sides of a JOIN ... USING have."""
        sources = sorted(self.scope.levels[0] if self.scope.levels else [], key=lambda source: source.start)
        if len(sources) > 1:
            left = {column.name for source in sources[:-1] for column in source.columns}
            for column in sources[-1].columns:
                if column.name in left:
                    self._offer_column(column.name, column.type, COLUMN)

    def offer_types(self) -> None:
        """Types of the server and of this database."""
        for name in TYPES:
            self.pool.offer(Proposal(name, name, "type"), OWN)
        for info in self.names.catalogue.types:
            self.pool.offer(Proposal(self.names.written(info), info.name, "type", info.kind), NEAR)

    def offer_routines(self) -> None:
        """Functions and procedures."""
        self._offer_routines()

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
                self._offer_column(column.name, column.type, COLUMN)
        if (relation := self.names.relation(qualifier)) is not None and source is None:
            for info in self.names.columns(relation):
                self._offer_column(info.name, info.type, COLUMN)
        if len(qualifier) == 1 and qualifier[0] in self.names.schemas:
            self._offer_in_schema(qualifier[0])

    # Offers

    def _offer_relation(self, relation: Relation, grade: int) -> None:
        is_near = self.names.is_on_path(relation.schema)
        rank = FAR if relation.schema in SYSTEM_SCHEMAS else OWN if relation.is_partition or not is_near else NEAR
        quiet = not self.names.is_readable(relation)
        detail = (
            "no right to read it" if quiet else relation.kind if is_near else f"{relation.kind} in {relation.schema}"
        )
        kind = "view" if "view" in relation.kind else "relation"
        rank += FAR if quiet or relation.kind == "sequence" else 0
        self.pool.offer(
            Proposal(self.names.written(relation), relation.name, kind, detail, 0, quiet), rank, grade=grade
        )

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
                    detail = f"{column.type} · {source.name}" if len(sources) > 1 and column.type else column.type
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

    def _offer_column(self, name: str, type_: str, rank: int) -> None:
        self.pool.offer(Proposal(quote_identifier(name), name, "column", type_), rank)

    def _offer_far_columns(self) -> None:
        """Columns of tables that the statement does not read yet: SELECT is often written before FROM."""
        for relation in self.names.relations:
            if self.names.is_on_path(relation.schema) and relation.schema not in SYSTEM_SCHEMAS:
                for column in self.names.columns(relation):
                    if column.name.lower().startswith(self.pool.matcher.typed):
                        proposal = Proposal(quote_identifier(column.name), column.name, "column", f"of {relation.name}")
                        self.pool.offer(proposal, OWN)

    def _offer_routines(self, *, rows_only: bool = False) -> None:
        for place, grade in self.pool.matcher.among(self.names.lower_routines):
            routine = self.names.routines[place]
            if rows_only and not routine.result.startswith(("SETOF", "TABLE")):
                continue
            self._offer_routine(routine, grade)

    def _offer_routine(self, routine: Routine, grade: int | None = None, *, bare: bool = False) -> None:
        if routine.result in ("trigger", "event_trigger") and self.context.place is not Place.ROUTINE:
            return
        name = quote_identifier(routine.name) if bare else self.names.written(routine)
        text = f"{name}()" if self._calls else name
        rank = OTHER if routine.schema in SYSTEM_SCHEMAS else FAR if routine.extension else OWN
        if not bare and not self.names.is_on_path(routine.schema):
            rank = FAR
        back = int(text.endswith(")") and bool(routine.arguments))
        detail = f"({routine.arguments}) → {routine.result}" if routine.result else f"({routine.arguments})"
        self.pool.offer(Proposal(text, routine.name, "function", detail, back), rank, grade=grade)

    def _offer_schemas(self, rank: int, dot: str = ".") -> None:
        for schema in self.names.schemas:
            far = FAR if schema in SYSTEM_SCHEMAS or schema.startswith("pg_") else 0
            self.pool.offer(Proposal(f"{quote_identifier(schema)}{dot}", schema, "schema"), rank + far)

    def _offer_in_schema(self, schema: str) -> None:
        wants_relation = self.context.place in (Place.RELATION, Place.AFTER)
        for relation in self.names.relations:
            if relation.schema == schema and self.context.place is not Place.TYPE:
                quiet = not self.names.is_readable(relation)
                kind = "view" if "view" in relation.kind else "relation"
                proposal = Proposal(quote_identifier(relation.name), relation.name, kind, relation.kind, 0, quiet)
                self.pool.offer(proposal, NEAR if wants_relation else OWN)
        for routine in self.names.routines:
            if routine.schema == schema:
                self._offer_routine(routine, bare=True)
        for info in self.names.catalogue.types:
            if info.schema == schema:
                self.pool.offer(Proposal(quote_identifier(info.name), info.name, "type", info.kind), OTHER)


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
