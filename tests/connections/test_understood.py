"""No password can be read in the line for connection strings, whatever has been typed of it so far."""

import pytest
from rich.text import Text

from chatly_console.connections.ui.connection_input import Dots
from chatly_console.connections.understood import is_connection_string, understand
from chatly_console.core.dsn import Surroundings

SECRET = "Zq7!vX~k"
STRINGS = (
    f"postgresql://me:{SECRET}@h:5432/d?sslmode=require",
    f"postgres://me:{SECRET}@[::1]:5432/d",
    f"postgresql://me:{SECRET}@@h/d",
    f"postgresql://h/d?user=me&password={SECRET}&sslmode=require",
    f"host=h user=me password={SECRET} dbname=d",
    f"host=h password='{SECRET} x' user=me",
    f"Server=h;User Id=me;Password={SECRET};Database=d",
    f"jdbc:postgresql://h:5432/d?user=me&password={SECRET}",
    f"DATABASE_URL=postgresql://me:{SECRET}@h/d",
    f"psql 'postgresql://me:{SECRET}@h/d'",
)


@pytest.mark.parametrize("text", STRINGS)
def test_each_character_of_a_password_is_a_dot_from_the_first_on(text: str) -> None:
    begin = text.index(SECRET)
    for end in range(begin + 1, len(text) + 1):
        drawn = Dots()(Text(text[:end])).plain
        assert len(drawn) == end
        assert set(drawn[begin : min(end, begin + len(SECRET))]) == {"•"}, drawn
        assert drawn[:begin].rstrip("•") == text[:begin].rstrip("'")


@pytest.mark.parametrize(
    "text", ["postgresql://h:5432/d", "postgresql://h:5432,i:5433/d", "host=h port=5432", "postgresql://me@h:1/d"]
)
def test_nothing_else_is_hidden(text: str) -> None:
    assert Dots()(text).plain == text


def test_what_is_a_connection_string() -> None:
    assert all(map(is_connection_string, STRINGS))
    assert not any(map(is_connection_string, ("", "shop", "shop production", "127.0.0.1:5432/d", "db.example.com")))


def test_lines_say_place_protection_and_what_was_dropped() -> None:
    text = (
        f"postgresql+asyncpg://me:{SECRET}@h:6543/d?sslmode=disable&channel_binding=require&options=-c%20work_mem=8MB"
    )
    understood = understand(text, Surroundings())
    words = {line.label: line.words for line in understood.lines}
    assert words["to"] == "h:6543/d"
    assert words["tls"] == "none"
    assert words["set"] == "work_mem = 8MB"
    assert words["ignored"] == "channel_binding"
    assert "plain text" in words["▲"]
    assert SECRET not in repr(understood)
