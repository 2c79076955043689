"""The words of PostgreSQL's grammar that colouring knows (pg_get_keywords() of version 18, and names of
types).

Unreserved words that are common as column names (`name`, `type`, `value`, `state` ...) are left out on
purpose: a column must not look like a keyword.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


RESERVED = _words(
    """ all analyse analyze and any array as asc asymmetric both case cast check collate column constraint
    create current_catalog current_date current_role current_time current_timestamp current_user default
    deferrable desc distinct do else end except false fetch for foreign from grant group having in initially
    intersect into lateral leading limit localtime localtimestamp not null offset on only or order placing
    primary references returning select session_user some symmetric system_user table then to trailing true
    union unique user using variadic when where window with authorization binary collation concurrently cross
    current_schema freeze full ilike inner is isnull join left like natural notnull outer overlaps right
    similar tablesample verbose
    """
)
"""Words that cannot be the name of a table without quotes."""

STATEMENT = _words(
    """ abort add alter attach atomic before begin between by call cascade checkpoint close cluster comment
    commit conflict copy cursor cycle database deallocate declare delete detach disable discard domain drop
    each enable execute exists explain extension filter first following force function generated groups
    identity if immutable import include index inherits insert instead isolation language last leakproof level
    listen load lock logged loop materialized matched merge move no notify nothing nulls of off on options
    ordinality over owner owned parallel partition policy preceding prepare privileges procedure publication
    range reassign recursive refresh reindex release rename replace reset restrict restricted return returns
    revoke role rollback rollup row rows rule savepoint schema search security sequence serializable set sets
    setof show stable start statistics stdin stdout stored subscription tablespace temp temporary transaction
    trigger truncate unbounded uncommitted unlisten unlogged update vacuum values view volatile within without
    elsif exit foreach raise exception perform notice strict invoker definer committed repeatable write read
    zone permissive restrictive handler
    """
)
"""Words that begin or shape a statement, of SQL and of PL/pgSQL."""

KEYWORDS = RESERVED | STATEMENT

TYPES = _words(
    """ bigint bigserial bit bool boolean box bpchar bytea char character cidr circle cstring daterange dec
    decimal double float float4 float8 halfvec inet int int2 int4 int4range int8 int8range integer interval
    json jsonb jsonpath line lseg macaddr macaddr8 money name nchar numeric numrange oid path pg_lsn point
    polygon precision real record regclass regnamespace regproc regprocedure regrole regtype serial smallint
    smallserial sparsevec text time timestamp timestamptz timetz tsquery tsrange tstzrange tsvector uuid
    varbit varchar varying vector void xid xid8 xml
    """
)
"""Names of types, coloured as such only where no column can stand: see `tokens`."""
