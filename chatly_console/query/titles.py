"""A few words for a statement, for the tab of its result."""

from chatly_console.core.classify import Classification

LONGEST = 26


def title_of(found: Classification, sql: str) -> str:
    """What a statement does and to what, as a tab names it: `select messages`."""
    if not found.verb:
        return " ".join(sql.split())[:LONGEST]
    name = found.relations[0].name.rpartition(".")[2].strip('"') if found.relations else ""
    return f"{found.verb.lower()} {name}".strip()[:LONGEST]
