"""What an object uses and what uses it: level below level, each to be followed, whatever it is."""

import asyncpg

from chatly_console.core.catalogue import Catalogue, Relation
from chatly_console.core.relation_details import Dependency
from chatly_console.schema.dependencies import COUNTED, MOST, followed, in_order, uses_tab
from chatly_console.schema.service import look_at
from chatly_console.schema.subject import Subject
from chatly_console.server.catalogue import load_catalogue
from chatly_console.server.database import Database
from chatly_console.shell.messages import OpenRelation
from tests.schema.stage import staged, until

MADE = """
create type mood as enum ('sad', 'happy');
create function low(mood) returns boolean language sql immutable return $1 = 'sad';
create table people (id int primary key, feels mood default 'sad', unique (id, feels));
create table notes (id int references people, "of [/]" mood);
create policy quiet on notes using (low("of [/]"));
create view moody as select * from people where low(feels);
create view "very [/]" as select feels from moody union select "of [/]" from notes;
create materialized view counted as select count(*) from "very [/]";
create function everyone() returns setof people language sql begin atomic select * from people; end;
"""


def entry(way: str, key: str, parent: str = "") -> dict[str, object]:
    return {"way": way, "key": key, "parent": parent, "object": key, "catalogue": "pg_class", "oid": 1}


def listed(subject: Subject) -> list[str]:
    [tab] = [tab for tab in subject.tabs if tab.title == "uses"]
    assert tab.rows is not None
    return [f"{row[0]}|{row[1]}" for row in tab.rows.rows()]


def test_what_is_reached_in_two_ways_is_gone_into_once_where_it_is_nearest() -> None:
    found = in_order([entry("needs", "a"), entry("needs", "c"), entry("needs", "b", "a"), entry("needs", "c", "b"),
                      entry("needs", "d", "c"), entry("needs", "d", "c")])  # fmt: skip
    assert [(one.object, one.depth, one.is_repeated) for one in found] == [
        ("a", 1, False), ("b", 2, False), ("c", 3, True), ("c", 1, False), ("d", 2, False),
    ]  # fmt: skip


def test_a_circle_and_a_book_come_to_an_end() -> None:
    circle = in_order([entry("needs", "a"), entry("needs", "b", "a"), entry("needs", "a", "b")])
    assert [(one.object, one.is_repeated) for one in circle] == [("a", False), ("b", False), ("a", True)]
    assert uses_tab(()).empty
    assert uses_tab((Dependency("needs", "x", 1, "pg_class", 7),)).targets == (("pg_class", 7),)


def test_a_list_that_is_too_long_says_how_many_more_there_are() -> None:
    many = [{**entry("needed by", f"{number:06}"), "number": 5 * MOST} for number in range(2 * MOST)]
    found = in_order([*many, entry("needs", "a")])
    assert [one.object for one in found[MOST:]] == ["… and 4,000 more", "a"]
    assert followed(Catalogue(), (found[MOST].catalogue, found[MOST].oid)) is None
    assert uses_tab(found).count == 5 * MOST + 1
    counted = in_order([{**one, "number": COUNTED} for one in many])
    assert counted[-1].object == "… and over 19,000 more"


OUTSIDE = """
create table people (id int primary key, at date); create schema other; create table other.there (id int);
create publication news for table people;
create function on_ddl() returns event_trigger language plpgsql as $$ begin end $$;
create event trigger "watch [/]" on ddl_command_end execute function on_ddl();
create extension hstore; create table tagged (id int, tags hstore, more hstore[]);
create index on tagged using gist (tags);
create view seen as select tags -> 'a' as a from tagged;
create extension file_fdw; create server far foreign data wrapper file_fdw;
create user mapping for public server far; create foreign table remote (a int) server far options (filename '/nowhere');
create view of_remote as select * from remote;
"""


async def test_what_publications_event_triggers_extensions_and_servers_need_and_who_needs_them(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await other.execute(OUTSIDE)
    if database.facts.version_number >= 150000:
        await other.execute("alter publication news add tables in schema other")
    catalogue = await load_catalogue(database)
    subjects = {one.name: await look_at(database, catalogue, one) for one in catalogue.objects()}
    news = ["needs|public.people"] + ["needs|schema other"] * (database.facts.version_number >= 150000)
    assert listed(subjects["news"]) == news
    assert "needed by|publication news" in listed(subjects["people"])
    assert listed(subjects["watch [/]"]) == ["needs|public.on_ddl()"]
    assert listed(subjects["on_ddl"])[0].startswith("needed by|event trigger")
    hstore = listed(subjects["hstore"])
    assert {"needed by|column tags of table public.tagged", "needed by|column more of table public.tagged"} <= set(
        hstore
    )
    assert "needed by|public.seen" in hstore and any("index" in line and "tagged" in line for line in hstore)
    assert not any("function" in line or "operator" in line or "hstore(" in line for line in hstore), "its own parts"
    assert "needs|public.hstore" in listed(subjects["tagged"]) and " |└ hstore" in [
        line.replace("extension ", "") for line in listed(subjects["tagged"])
    ]
    far = listed(subjects["far"])
    assert "needed by|public.remote" in far and " |└ public.of_remote" in far
    assert any("user mapping" in line for line in far) and "needs|foreign-data wrapper file_fdw" in far
    for name in ("news", "watch [/]", "hstore", "far"):
        [tab] = [tab for tab in subjects[name].tabs if tab.title == "uses"]
        assert any(followed(catalogue, target) is not None for target in tab.targets), name


async def test_both_ways_level_below_level(database: Database, other: "asyncpg.Connection[asyncpg.Record]") -> None:
    await other.execute(MADE)
    catalogue = await load_catalogue(database)
    subjects = {
        one.name: await look_at(database, catalogue, one) for one in catalogue.objects() if one.schema == "public"
    }
    assert listed(subjects["people"]) == [
        "needed by|public.everyone()", 'needed by|public.moody', ' |└ public."very [/]"', " |  └ public.counted",
        "needs|public.mood",
    ]  # fmt: skip
    assert listed(subjects["counted"])[0] == 'needs|public."very [/]"'
    assert " |  └ public.people" in listed(subjects["counted"])
    assert "needed by|policy quiet on table public.notes" in listed(subjects["low"])
    assert 'needed by|column "of [/]" of table public.notes' in [
        line.replace("of [/]", '"of [/]"') if '"' not in line else line for line in listed(subjects["mood"])
    ]
    assert "needs|public.people" in listed(subjects["everyone"])


async def test_a_schema_leads_to_its_relations(database: Database, other: "asyncpg.Connection[asyncpg.Record]") -> None:
    await other.execute(MADE)
    catalogue = await load_catalogue(database)
    [public] = [schema for schema in catalogue.schemas if schema.name == "public"]
    relations = (await look_at(database, catalogue, public)).tabs[0]
    assert relations.rows is not None
    reached = [followed(catalogue, target) for target in relations.targets]
    assert [one.name for one in reached if one is not None] == [row[0] for row in relations.rows.rows()]
    assert followed(catalogue, ("pg_class", 1259)) is None, "one of the system's own"


async def test_a_line_is_followed_with_enter_and_back_with_backspace(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await other.execute(MADE)
    async with staged(database) as (app, pilot):

        def shown() -> str:
            subject = app.pane.looking.subject
            return subject.object.name if subject is not None else ""

        app.pane.receive(OpenRelation("public", "counted"))
        await until(lambda: shown() == "counted" and app.pane.view.has_focus_within)
        app.pane.action_tab("uses")
        await until(lambda: app.pane.view.list.has_focus and app.pane.view.list.links == {1})
        subject = app.pane.looking.subject
        assert subject is not None
        assert app.pane.view.list.cursor_place == 1, "the column that leads there"
        app.pane.view.list.move_to(listed(subject).index(" |└ public.moody"), 1)
        await pilot.press("enter")
        await until(lambda: shown() == "moody" and app.pane.view.list.has_focus)
        assert isinstance(app.pane.tree_of_objects.object, Relation)
        assert app.pane.tree_of_objects.object.name == "moody"
        await pilot.press("backspace")
        await until(lambda: shown() == "counted")
