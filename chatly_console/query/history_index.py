"""Finds words in 100,000 statements while one types: by an index of all three-letter sequences (SQLite's trigrams).

Where this SQLite has no such index, and for words of one or two letters, the statements themselves are looked through.
"""

import sqlite3

SHORTEST = 3
"""Letters of a word that the index can find."""
NEWEST = 20_000
"""Entries that are looked through for shorter words alone: rare ones would cost a look at all."""

_TRIGGERS = """
create trigger if not exists statement_added after insert on statement begin
    insert into statement_words (rowid, sql) values (new.id, new.sql);
end;
create trigger if not exists statement_gone after delete on statement begin
    insert into statement_words (statement_words, rowid, sql) values ('delete', old.id, old.sql);
end;
"""


def make_index(connection: sqlite3.Connection) -> None:
    """Make the index, of what is there already too; nothing where this SQLite cannot."""
    known = connection.execute("select 1 from sqlite_master where name = 'statement_words'").fetchone()
    if known is not None:
        return
    try:
        connection.execute(
            "create virtual table statement_words using fts5"
            "(sql, content='statement', content_rowid='id', tokenize='trigram', detail='none')"
        )
    except sqlite3.OperationalError:
        return
    connection.executescript(_TRIGGERS)
    connection.execute("insert into statement_words (statement_words) values ('rebuild')")


def source_of(connection: sqlite3.Connection, words: list[str]) -> tuple[str, list[str], list[object]]:
    """Where to look for all of these words in any case: the source, conditions on it (as `s`), and their values.

    The source comes newest first, so that it is only read as far as the limit asks.
    """
    conditions = ["s.sql like ? escape '\\'" for _ in words]
    values: list[object] = [f"%{_escaped(word)}%" for word in words]
    indexed = [word for word in words if len(word) >= SHORTEST] if _has_index(connection) else []
    if indexed:
        # `_` and `%` are wild to the index, which only narrows; the conditions above say exactly what is meant
        source = "statement_words w cross join statement s on s.id = w.rowid"
        return source, [*("w.sql like ?" for _ in indexed), *conditions], [*(f"%{w}%" for w in indexed), *values]
    if words:
        conditions.append(f"s.id > (select coalesce(max(id), 0) - {NEWEST} from statement)")
    return "statement s", conditions, values


def _has_index(connection: sqlite3.Connection) -> bool:
    found = connection.execute("select 1 from sqlite_master where name = 'statement_words'").fetchone()
    return found is not None


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
