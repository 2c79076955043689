"""What an advisory impersonation does not run at all, because the check afterwards could not see what it did.

SET LOCAL ROLE on a privileged connection is a promise: a statement that changes the role and changes it back leaves
no trace. So only statements that read or change rows pass, and none that names the ways to change a setting from
within one. This is a second net; the boundary login is the real one (see `impersonation`).
"""

import re

from chatly_console.core.classify import classify
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode, Request

_VERBS = frozenset({"SELECT", "VALUES", "TABLE", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "EXPLAIN", "SHOW", "("})
_CHANGES_SETTINGS = re.compile(r"set_config|\bu&\"|dblink|query_to_xml|ts_stat", re.IGNORECASE)


def check_advisory(request: Request) -> None:
    """Raise `Failure` (REFUSED) for a statement that could leave its identity unseen."""
    kind = classify(request.sql)
    verb = kind.verb.split(" ")[0]
    if verb not in _VERBS or kind.transaction_control or request.mode is Mode.OUTSIDE:
        reason = f"{kind.verb or 'This'} cannot run as another user here"
    else:
        found = _CHANGES_SETTINGS.search(request.sql)
        if found is None:
            return
        reason = f"A statement that names {found.group().lower()} cannot run as another user here"
    raise Failure(
        f"{reason}: it could leave the role unseen.",
        FailureKind.REFUSED,
        hint="The impersonation is advisory; with the login chatly_imp it becomes a boundary.",
    )
