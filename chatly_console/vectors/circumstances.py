"""What a saved curve must be known with: the index and its build, the rows, the versions, and as whom."""

from datetime import datetime

from chatly_console.core.identity import Identity
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
    )  # fmt: skip
