"""What a saved curve must be known with: the index and its build, the rows, the versions, and as whom."""

import re
from datetime import datetime

from chatly_console.core.failure import Failure
from chatly_console.core.identity import Identity
from chatly_console.migrations.service import read_history
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.saved import Circumstances
from chatly_console.vectors.service import PACKAGE


async def circumstances_of(
    database: Database, column: VectorColumn, identity: Identity, now: datetime
) -> Circumstances:
    """The circumstances of a measurement that has just ended."""
    index = column.index
    found = await database.records(
        load_sql(PACKAGE, "circumstances"), column.schema, column.table, index.name if index else ""
    )
    record = found[0]
    return Circumstances(
        when=now.isoformat(" ", "milliseconds"), database=database.facts.database, column=column.title,
        metric=column.metric.name, index=index.describe() if index else "no index", build=str(record["build"] or ""),
        rows=int(str(record["rows"] or 0)), server=str(record["server"]), extension=str(record["extension"] or ""),
        identity=identity.describe(), filter=column.filter,
        build_seconds=await _build_seconds(database, index.name) if index else None,
    )  # fmt: skip


async def _build_seconds(database: Database, index: str) -> float | None:
    """How long the migration took that built the index, where our log knows; the server does not keep that."""
    try:
        history = await read_history(database)
    except Failure:
        return None  # not for this login to read
    built = re.compile(rf"\bcreate\s+index\b[^;]*\b{re.escape(index)}\b", re.IGNORECASE)
    for entry in reversed(history.entries):
        if any(built.search(statement) for statement in entry.statements or ()):
            done = history.last_done(entry.version)
            if done is not None and done.direction == "up" and done.duration_ms is not None:
                return done.duration_ms / 1000
            return None
    return None
