"""Saved queries: files of SQL with a title, a purpose and parameters in their header comments.

They come from the program's own `database/queries/` and from the user's folder; of two with one name, the user's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_config_dir

from chatly_console.core.saved_query import header_of
from chatly_console.resources import data_folder

LARGEST = 1 << 20
"""Bytes; a larger file is no snippet."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """One saved query. `source` says in a word where it comes from."""

    name: str
    title: str
    purpose: str
    text: str
    source: str


def folders(own: Path | None = None) -> tuple[tuple[str, Path], tuple[str, Path]]:
    """The program's folder and the user's (`own`, or `queries` in the console's config folder)."""
    mine = own or Path(user_config_dir("chatly-console")) / "queries"
    return ("chatly", data_folder("database") / "queries"), ("mine", mine)


def read_folders(folders: Iterable[tuple[str, Path]]) -> tuple[list[Snippet], list[str]]:
    """The snippets of these folders, by title, and a sentence for each file that could not be read."""
    found: dict[str, Snippet] = {}
    problems: list[str] = []
    for source, folder in folders:
        for path in sorted(folder.glob("*.sql")):
            try:
                if path.stat().st_size > LARGEST:
                    problems.append(f"{path.name} is too large for a snippet.")
                    continue
                found[path.stem] = read_snippet(path.stem, path.read_text("utf-8"), source)
            except (OSError, UnicodeDecodeError) as error:
                problems.append(f"{path.name} cannot be read: {error}.")
    return sorted(found.values(), key=lambda snippet: snippet.title.casefold()), problems


def read_snippet(name: str, text: str, source: str) -> Snippet:
    """A snippet from its text; without a header the name of its file is the title."""
    said = dict(reversed(header_of(text)))
    title = said.get("title") or name.replace("_", " ").replace("-", " ")
    return Snippet(name, title, said.get("purpose", ""), text, source)


def as_snippet(title: str, sql: str) -> tuple[str, str]:
    """The file name and the text with which a statement is saved; a header that it has already is kept."""
    stem = re.sub(r"\W+", "_", title.casefold()).strip("_") or "query"
    text = sql.strip()
    if not {"title", "purpose"} & dict(header_of(text)).keys():
        text = f"-- title: {' '.join(title.split())}\n{text}"
    return f"{stem}.sql", text.rstrip(";") + ";\n"
