"""How a file differs from what was applied, line by line."""

import difflib

from chatly_console.migrations.rows import Row, Tone
from chatly_console.migrations.status import Migration


def diff_rows(migration: Migration) -> list[Row]:
    """Both texts as one: what is gone, what is new, and a little of what is the same around it."""
    file, entry = migration.file, migration.entry
    if file is None or entry is None or not entry.statements:
        return []
    before = "\n".join(f"{text.strip()};" for text in entry.statements).splitlines()
    now = "\n".join(f"{s.text.strip()};" for s in file.up.statements).splitlines()
    tones: dict[str, Tone] = {"-": "bad", "+": "good", "@": "muted"}
    lines = difflib.unified_diff(before, now, "as it was applied", f"{file.path.name} now", lineterm="", n=3)
    return [Row(number, ((f" {line}", tones.get(line[:1], "plain")),)) for number, line in enumerate(lines)]
