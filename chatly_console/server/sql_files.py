"""Reads the console's own SQL: one statement a file, in the folder `sql` of the package that uses it.

A file `name_140000.sql` is for servers from 14.0 on and older than the next such file; `name.sql` is for all others.
"""

from functools import cache
from importlib.resources import files


@cache
def load_sql(package: str, name: str, server_version: int | None = None) -> str:
    """The text of `package/sql/name.sql`, or of its newest variant that `server_version` (180006) has reached."""
    folder = files(package) / "sql"
    if server_version is not None:
        variants = (path.name.removesuffix(".sql") for path in folder.iterdir())
        since = [
            int(number)
            for stem, _, number in (variant.rpartition("_") for variant in variants)
            if stem == name and number.isdigit() and int(number) <= server_version
        ]
        if since:
            return (folder / f"{name}_{max(since)}.sql").read_text(encoding="utf-8")
    return (folder / f"{name}.sql").read_text(encoding="utf-8")
