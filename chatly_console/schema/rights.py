"""Which grant is missing where something may not be read."""

from dataclasses import replace

from chatly_console.core.catalogue import Relation
from chatly_console.core.failure import Failure
from chatly_console.core.identity import Identity
from chatly_console.core.quote import quote_identifier

_DENIED = "42501"


def with_missing_grant(failure: Failure, relation: Relation, identity: Identity, login: str) -> Failure:
    """The same failure with the statement that would give the right, where it was denied; else as it is."""
    if failure.sqlstate != _DENIED or failure.hint:
        return failure
    role = quote_identifier(identity.role or login)
    if "schema" in failure.sentence:
        missing = f"grant usage on schema {quote_identifier(relation.schema)} to {role};"
    elif "for table" in failure.sentence or "for view" in failure.sentence or "for sequence" in failure.sentence:
        missing = f"grant select on {relation.quoted} to {role};"
    else:
        return failure
    return replace(failure, hint=f"What is missing: {missing}")
