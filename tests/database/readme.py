"""`make database-readme`: writes the generated parts of database/README.md from a connected Chatly database."""

import asyncio
import re
import sys

from chatly_console.demo.opening import open_demo
from chatly_console.policies.policy import COMMANDS, Table
from chatly_console.policies.service import read_tables
from chatly_console.resources import data_folder
from chatly_console.schema.graph import foreign_keys, mermaid
from chatly_console.server.catalogue import load_catalogue
from chatly_console.server.database import Database
from tests.server.conftest import opening_of

README = data_folder("database") / "README.md"
BUCKET = "files in the bucket `documents`"


async def generated(database: Database) -> dict[str, str]:
    """The parts by the names that stand in the file."""
    catalogue = await load_catalogue(database)
    tables = [table for table in await read_tables(database) if table.schema == "public"]
    return {
        "diagram": f"```mermaid\n{mermaid(catalogue, foreign_keys(catalogue, 'public'))}```\n",
        "matrix": matrix(tables),
    }


def matrix(tables: list[Table]) -> str:
    """Tables down, commands across: what the policies' comments say."""
    lines = ["| table | " + " | ".join(COMMANDS) + " |", "|---" * (1 + len(COMMANDS)) + "|"]
    for table in sorted(tables, key=lambda table: table.name):
        cells = []
        for command in COMMANDS:
            said = [
                p.comment.partition(".")[0] for p in table.policies if p.command is command and "anon" not in p.roles
            ]
            cells.append("; ".join(said) or "–")
        lines.append(f"| `{table.name}` | " + " | ".join(cells) + " |")
    follow = ["who sees the row in `document_files`", *["who may change that row"] * 3]
    lines.append(f"| {BUCKET} | " + " | ".join(follow) + " |")
    return "\n".join(lines) + "\n"


def filled(text: str, parts: dict[str, str]) -> str:
    """The file with its generated parts."""
    for name, part in parts.items():
        text = re.sub(
            rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)",
            lambda found, part=part: found[1] + part + found[2],  # type: ignore[misc]
            text,
            flags=re.DOTALL,
        )
    return text


async def main(dsn: str | None) -> None:
    """Fill the file from the database at `dsn`, or from the demo's."""
    if dsn is None:
        server, _ = await open_demo(progress=lambda words: print(words, file=sys.stderr))
        dsn = server.dsn("chatly")
    database = await Database.connect(opening_of(dsn))
    try:
        README.write_text(filled(README.read_text(encoding="utf-8"), await generated(database)), encoding="utf-8")
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else None))
