"""What is known of one relation beyond its name: columns with statistics, keys, indexes, policies, triggers, grants."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ColumnDetail:
    """A column as its table defines it, with what the planner knows of its values."""

    number: int
    name: str
    type: str
    not_null: bool
    default: str | None = None
    identity: str = ""
    generated: str = ""
    comment: str | None = None
    collation: str | None = None
    is_local: bool = True
    null_is_own: bool = True
    """Whether no parent of the table says already that it may not be null."""
    null_name: str | None = None
    """The name of what says that it may not be null, where that is not the usual one."""
    null_stays: bool = False
    """Whether that holds for this table alone and not for those that inherit from it."""
    null_is_valid: bool = True
    storage: str | None = None
    compression: str | None = None
    statistics_target: int | None = None
    options: str | None = None
    foreign_options: str | None = None
    identity_options: str | None = None
    null_fraction: float | None = None
    distinct_values: float | None = None
    width: int | None = None
    common_values: tuple[str | None, ...] = ()
    common_fractions: tuple[float, ...] = ()

    @property
    def origin(self) -> str:
        """Where its values come from if nobody gives one: default, identity or generation, as SQL."""
        if self.identity:
            options = f" ({self.identity_options})" if self.identity_options else ""
            return f"generated {'always' if self.identity == 'a' else 'by default'} as identity{options}"
        if self.generated:
            return f"generated always as ({self.default}) {'stored' if self.generated == 's' else 'virtual'}"
        return f"default {self.default}" if self.default is not None else ""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint of the table itself; `type` is the server's letter: p, u, f, x, c, or n (NOT NULL not yet valid)."""

    name: str
    type: str
    definition: str
    is_valid: bool = True
    is_local: bool = True
    is_of_parent: bool = False
    """Whether a parent of the table has it too."""
    target: str = ""
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key of another table that points here; `source` is quoted as SQL."""

    name: str
    source: str
    definition: str
    is_valid: bool = True


@dataclass(frozen=True, slots=True)
class Index:
    """An index with its size and use; `duplicates` names an older index that does the same."""

    name: str
    definition: str
    method: str = "btree"
    bytes: int = 0
    is_primary: bool = False
    is_unique: bool = False
    is_valid: bool = True
    scans: int | None = None
    rows_read: int | None = None
    last_scan: str | None = None
    is_of_constraint: bool = False
    is_clustered: bool = False
    is_identity: bool = False
    is_inherited: bool = False
    """Whether it is the part of a partitioned table's index."""
    comment: str | None = None
    duplicates: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A row level security policy; `command` is the server's letter (`*` is every command)."""

    name: str
    command: str
    is_permissive: bool
    roles: tuple[str, ...]
    using: str | None = None
    check: str | None = None
    comment: str | None = None

    @property
    def command_words(self) -> str:
        """SELECT, INSERT, UPDATE, DELETE or ALL."""
        return {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}.get(self.command, "ALL")


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger that somebody made; `enabled` is the server's letter (D: disabled, O: on)."""

    name: str
    definition: str
    enabled: str = "O"
    function: str = ""
    comment: str | None = None
    is_inherited: bool = False
    """Whether a partitioned table gave it to its partition."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rewrite rule; `enabled` as for triggers."""

    name: str
    definition: str
    enabled: str = "O"


@dataclass(frozen=True, slots=True)
class Statistics:
    """An extended statistics object."""

    name: str
    schema: str
    definition: str
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class OwnedSequence:
    """The sequence behind a serial column; its name and column are quoted as SQL."""

    name: str
    column: str
    type: str
    start: int
    increment: int
    minimum: int
    maximum: int
    cache: int
    cycles: bool
    unlogged: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """One privilege of one role, on the whole object or on a column."""

    grantee: str
    grantor: str
    privilege: str
    is_grantable: bool
    column: str = ""


@dataclass(frozen=True, slots=True)
class Dependency:
    """Another object that this one needs, or that needs it (`way`), as the server describes it.

    `depth` is 1 where it does so itself, and more where it does so by the one of the depth before that stands above.
    `catalogue` and `oid` say what can be looked at: the object, or the table of what is a part of one.
    """

    way: str
    object: str
    depth: int = 1
    catalogue: str = ""
    oid: int = 0
    is_repeated: bool = False
    """Whether it stands above already, with what is below it."""
    stands_for: int = 1
    """How many objects the line tells of: many where it ends a list that is too long."""


@dataclass(frozen=True, slots=True)
class RelationFacts:
    """What is said once of the whole relation."""

    kind: str = "r"
    access_method: str | None = None
    options: str = ""
    owner: str = ""
    row_security: bool = False
    forces_row_security: bool = False
    persistence: str = "p"
    rows: float = -1
    tablespace: str | None = None
    comment: str | None = None
    heap_bytes: int = 0
    index_bytes: int = 0
    toast_bytes: int = 0
    partition_bytes: int = 0
    bound: str | None = None
    partition_key: str | None = None
    view: str | None = None
    parent: str | None = None
    is_attached: bool = False
    """Whether it is a partition with a mind of its own: names or an order that it has only if it is attached later."""
    replica_identity: str = "d"
    is_populated: bool = True
    has_own_method: bool = False
    toast_options: str | None = None
    server: str | None = None
    foreign_options: str | None = None
    owned_by: str | None = None
    is_of_identity: bool = False
    """Whether it is the sequence of an identity column, which makes it."""
    live: int | None = None
    dead: int | None = None
    sequential_scans: int | None = None
    index_scans: int | None = None
    analysed: str | None = None
    vacuumed: str | None = None
    sequence: dict[str, object] | None = None

    @property
    def bytes(self) -> int:
        """All of it on disk."""
        return self.heap_bytes + self.index_bytes + self.toast_bytes + self.partition_bytes


@dataclass(frozen=True, slots=True)
class RelationDetails:
    """Everything about one relation, as it was when it was read."""

    facts: RelationFacts = field(default_factory=RelationFacts)
    columns: tuple[ColumnDetail, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    referenced_by: tuple[Reference, ...] = ()
    indexes: tuple[Index, ...] = ()
    policies: tuple[Policy, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    rules: tuple[Rule, ...] = ()
    statistics: tuple[Statistics, ...] = ()
    sequences: tuple[OwnedSequence, ...] = ()
    grants: tuple[Grant, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    more: tuple[str, ...] = ()
    """Statements for what none of the others has."""


@dataclass(frozen=True, slots=True)
class RoutineDetails:
    """A routine's definition and its grants."""

    definition: str = ""
    language: str = ""
    source: str = ""
    grants: tuple[Grant, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ThingDetails:
    """What there is to say of an object of another kind; `listed` are the tables of a publication and their like."""

    facts: tuple[tuple[str, str], ...] = ()
    definition: str = ""
    listed: tuple[tuple[str, ...], ...] = ()
    dependencies: tuple[Dependency, ...] = ()


@dataclass(frozen=True, slots=True)
class TypeDetails:
    """What it takes to make a type again."""

    base: str = ""
    default: str | None = None
    not_null: bool = False
    null_name: str | None = None
    """The name of what says that a domain is never null, where that is not the usual one."""
    checks: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    range: str | None = None
    """The options of a range type, as CREATE TYPE takes them."""
    base_type: str | None = None
    """The statements that make a base type, with its functions."""
    collation: str | None = None
    dependencies: tuple[Dependency, ...] = ()
    more: tuple[str, ...] = ()
