"""The points that the catalogue answers: keys, indexes, row level security, policies, comments."""

from collections.abc import Sequence
from typing import Any

from chatly_console.review.items import (
    CLOSED,
    FAST,
    FILTERED,
    FOREIGN_KEYS,
    GUARDED,
    KEY_INDEXES,
    Reviewed,
    ReviewItem,
    judged,
)
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql

ROOM = "chatly_console.review"
PLATFORM = (
    "^(pg_.*|information_schema|auth|storage|vault|extensions|graphql|graphql_public|realtime|_realtime|_analytics|"
    "_supavisor|supabase_migrations|supabase_functions|pgbouncer|pgmq|pgsodium|pgsodium_masks|pgtle|net|cron)$"
)
"""Schemas that are PostgreSQL's or the platform's, and not the project's to mend."""

_MENDS: dict[ReviewItem, str] = {
    FOREIGN_KEYS: "alter table … add foreign key (column) references …, or call it by a name that promises none",
    KEY_INDEXES: "create index concurrently … on the columns of the key",
    FILTERED: "create index concurrently … on the column, after the tenant's",
    GUARDED: "alter table … enable row level security, and a policy for each command that is granted",
    CLOSED: "chatly-console rls isolation shows whom it lets through",
    FAST: "write (select auth.uid()), one policy for a command, to a role",
}


async def by_catalogue(database: Database, item: ReviewItem) -> Reviewed:
    """One of the points 1 to 6: each is a statement of `sql/` with a row for each object looked at; raises `Failure`.

    A row says the object, and what is wrong with it or null.
    """
    rows: Sequence[Any] = await database.records(
        load_sql(ROOM, item.name, database.facts.version_number), PLATFORM, timeout=15.0
    )
    wrong = [f"{row['object']}: {row['wrong']}" for row in rows if row["wrong"]]
    return judged(item, _counted(item, rows), wrong, _MENDS[item])


def _counted(item: ReviewItem, rows: Sequence[Any]) -> str:
    kinds: dict[str, int] = {}
    for row in rows:
        kinds[row["kind"]] = kinds.get(row["kind"], 0) + 1
    looked = ", ".join(f"{kind} {count:,}" for kind, count in sorted(kinds.items())) or "nothing of the kind here"
    return f"looked at: {looked}"
