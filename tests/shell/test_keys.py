"""Every key that means the same everywhere, and the user's own ones."""

from __future__ import annotations

import importlib

import pytest
from textual.binding import Binding

from chatly_console import panes
from chatly_console.shell.folders import Folders
from chatly_console.shell.help_screen import groups_content, key_groups
from chatly_console.shell.key_footer import key_name
from chatly_console.shell.keymap import bad_key, check_keymap, loaded_bindings, read_keymap, usable_part
from chatly_console.shell.memory import recall
from chatly_console.shell.pane import PaneSpec
from chatly_console.shell.text_fields import TextBox
from tests.shell.conftest import MakeApp
from tests.shell.fakes import FakeProfile, make_session, opener_of
from tests.shell.panes import OnePane
from tests.shell.screen_text import misses, sees, text, until

SIZE = (120, 40)


async def test_help_lists_the_keys_of_the_focus_in_words(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "the left region")
        await pilot.press("question_mark")
        await sees(pilot, "Does nothing at all")
        assert "Everywhere" in text(app) and "1 2 3 4" in text(app) and "5" not in text(app).split("1 2 3 4")[1][:4]
        await pilot.press("x")
        one = app.panes.built[0]
        assert isinstance(one, OnePane) and "nothing" not in one.heard, "a dialog keeps keys to itself"
        await pilot.press("escape")
        await misses(pilot, "Everywhere")
        await pilot.press("f1")
        await sees(pilot, "Everywhere")


def test_long_keys_and_words_of_the_help_go_on_below_themselves() -> None:
    groups = [("Editor", [("^w ^backspace alt+backspace", "Delete to the beginning of the word " * 3), ("x", "Cut")])]
    lines = groups_content(groups, 60).plain.split("\n")
    assert max(map(len, lines)) <= 60
    assert lines[0] == "Editor" and lines[-1].split() == ["x", "Cut"]
    words = [line.index("Delete") for line in lines if "Delete" in line]
    assert {line[words[0] - 2 : words[0]] for line in lines[1:]} == {"  "}, "nothing stands between the columns"
    assert "".join(line[: words[0]] for line in lines[1:-1]).split() == ["^w", "^backspace", "alt+backspace"]


async def test_the_help_begins_with_what_the_console_does(make_app: MakeApp) -> None:
    """What any field of text does comes last, and the way out stays in sight however long the list is."""
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "the left region")
        field = TextBox("", id="typed")
        await app.screen.mount(field)
        field.focus()
        await until(pilot, lambda: app.focused is field)
        groups = [title for title, _ in key_groups(app.screen.active_bindings)]
        assert groups.index("Everywhere") == len(groups) - 2
        await pilot.press("f1")
        await sees(pilot, "Keys that work here")
        await sees(pilot, "close")


async def test_the_palette_does_what_is_typed(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "the left region")
        await pilot.press("ctrl+p")
        await sees(pilot, "one: Do nothing")
        assert text(app).index("one: Do nothing") < text(app).index("pane: Query"), "what is nearest comes first"
        assert "Unlock writes" not in text(app), "only what can be done now"
        await pilot.press(*"donoth")
        await misses(pilot, "pane: Query")
        await pilot.press("enter")
        one = app.panes.built[0]
        assert isinstance(one, OnePane)
        await until(pilot, lambda: "nothing" in one.heard)
        await pilot.press("ctrl+p")
        await sees(pilot, "pane: Query")
        await pilot.press(*"pane: query", "enter")
        await sees(pilot, "below")


async def test_the_palette_unlocks_a_read_only_profile(make_app: MakeApp) -> None:
    app = make_app(opener_of(make_session(FakeProfile(read_only=True))))
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "READ-ONLY")
        await pilot.press("ctrl+p", *"unlock", "enter")
        await sees(pilot, "Type chatly to go on:")
        await pilot.press("escape")
        await misses(pilot, "Type chatly")
        assert app.session is not None and app.session.is_read_only


HOSTILE = "[/] [@click=app.bell]x[/] \x1b]0;title\x07 \u202e"


async def test_hostile_names_are_only_text(make_app: MakeApp) -> None:
    panes = [PaneSpec("one", "One", "tests.shell.panes:OnePane"), PaneSpec("evil", HOSTILE, "no.such:Pane")]
    app = make_app(opener_of(make_session(FakeProfile(HOSTILE))), panes)
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "the left region")
        await pilot.press("ctrl+p", *"pane:")
        await sees(pilot, "pane: [/] [@click=app.bell]x[/] ␛]0;title␇")
        assert "\u202e" not in text(app) and "\x1b" not in text(app)
        await pilot.press("escape", "2")
        await sees(pilot, "pane is not built yet.")
        assert "\u202e" not in text(app) and "\x1b" not in text(app)


async def test_jump_mode_goes_to_regions_and_panes_also_from_the_editor(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "the left region")
        await pilot.press("ctrl+o")
        await sees(pilot, "letter: go there")
        await pilot.press("s")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "right")
        await pilot.press("ctrl+o", "2")
        await sees(pilot, "below")
        await pilot.press("ctrl+o", "escape")
        await misses(pilot, "letter: go there")
        await pilot.press("ctrl+o", "9")
        await misses(pilot, "letter: go there")
        assert "below" in text(app)


async def test_cancel_and_copy_know_whether_something_runs(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "the left region")
        one = app.panes.built[0]
        assert isinstance(one, OnePane)
        for key in ("ctrl+g", "ctrl+c"):
            await misses(pilot, "^g cancel")
            one.running = "a statement, 12 s"
            app.refresh_bindings()
            await sees(pilot, "^g cancel")
            await pilot.press(key)
            await sees(pilot, "Cancelling…")
            assert one.running == ""
            app.note("-")
            app.refresh_bindings()
        await pilot.press("ctrl+g")
        await sees(pilot, "Nothing is running here.")
        await pilot.press("ctrl+c")
        await sees(pilot, "Nothing is marked to copy.")
        await pilot.press("2")
        await sees(pilot, "below")
        await pilot.press(*"abc", "ctrl+a", "shift+home", "ctrl+c")
        await pilot.press("home", "shift+end", "ctrl+c")
        await until(pilot, lambda: app.clipboard == "abc")


async def test_quitting_asks_only_while_something_runs_and_saves(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "the left region")
        one = app.panes.built[0]
        assert isinstance(one, OnePane)
        one.running = "a statement, 12 s"
        await pilot.press("ctrl+q")
        await sees(pilot, "Still running: a statement, 12 s.")
        await pilot.press("n")
        one.running, one.uncommitted = "", "a transaction, 3 s"
        await pilot.press("ctrl+q")
        await sees(pilot, "Not committed: a transaction, 3 s.")
        await sees(pilot, "Quit and roll it back?")
        await pilot.press("n")
        one.running, one.uncommitted = "a statement, 12 s", ""
        await misses(pilot, "Still running")
        assert app.is_running and not one.saved
        await pilot.press("ctrl+q")
        await sees(pilot, "Still running")
        await pilot.press("y")
        await until(pilot, lambda: one.saved)
        await pilot.pause()
    assert app.return_value == 0 and one.running == ""


async def test_zoom_gives_one_region_the_pane_and_takes_it_back(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "the right region")
        await pilot.press("z")
        await misses(pilot, "the right region")
        assert "the left region" in text(app) and "chatly-demo" in text(app)
        await pilot.press("z")
        await sees(pilot, "the right region")


async def test_themes_are_seen_while_they_are_chosen_and_remembered(make_app: MakeApp, folders: Folders) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "the left region")
        assert app.theme == "chatly-dark"
        await pilot.press("ctrl+p", *"theme", "enter")
        await sees(pilot, "contrast-light")
        await pilot.press(*"nord")
        await until(pilot, lambda: app.theme == "nord")
        await pilot.press("escape")
        await until(pilot, lambda: app.theme == "chatly-dark")
        await pilot.press("ctrl+p", *"theme", "enter")
        await sees(pilot, "contrast-light")
        await pilot.press(*"contrast-light", "enter")
        await sees(pilot, "✓ Theme contrast-light")
    assert recall(folders.memory_file) == {"theme": "contrast-light"}
    assert make_app().theme == "contrast-light"


async def test_what_is_wrong_with_settings_is_said(make_app: MakeApp, folders: Folders) -> None:
    folders.themes.mkdir(parents=True)
    (folders.themes / "mine.toml").write_text("nonsense")
    folders.config_file.write_text('[keymap]\n"console.quitt" = "ctrl+x"\n"console.zoom" = "Z"\n')
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await sees(pilot, "the left region")
        await sees(pilot, "did you mean console.quit?")
        await pilot.press("ctrl+l")
        await sees(pilot, "it is not TOML")
        await pilot.press("escape", "Z")
        await misses(pilot, "the right region")


BINDINGS = [
    Binding("ctrl+q", "quit", id="console.quit"),
    Binding("ctrl+o", "jump", id="console.jump"),
    Binding("f5", "run", id="query.run"),
    Binding("r", "refresh", id="schema.refresh"),
    Binding("slash", "filter", id="grid.filter"),
]
PANES = ["query", "schema"]


@pytest.mark.parametrize(
    ("keymap", "problem"),
    [
        ({"query.run": "f9"}, ""),
        ({"query.run": "f9,ctrl+e"}, ""),
        ({"query.run": "r"}, ""),
        ({"query.runn": "f9"}, "keymap: there is no “query.runn”; did you mean query.run?"),
        ({"query.run": "cntrl+r"}, "“cntrl” is no modifier"),
        ({"query.run": "F13579"}, "“F13579” is no key"),
        ({"query.run": "ctrl+A"}, "write ctrl+shift+a"),
        ({"query.run": "ctrl+i"}, "terminals send it as tab"),
        ({"query.run": ""}, "is no key"),
        ({"query.run": "ctrl+o"}, "the key already belongs to console.jump"),
        ({"query.run": "/"}, "the key already belongs to grid.filter"),
        ({"query.run": "ctrl+e", "grid.filter": "ctrl+e"}, "the key already belongs to"),
        ({"console.jump": "ctrl+q", "console.quit": "ctrl+o"}, ""),
    ],
)
def test_keymap_problems_are_sentences(keymap: dict[str, str], problem: str) -> None:
    found = check_keymap(keymap, BINDINGS, PANES)
    assert bool(found) == bool(problem), found
    assert problem in "\n".join(found)
    if not problem:
        assert set(usable_part(keymap, BINDINGS, PANES)) == set(keymap)


def test_keys_as_people_write_them() -> None:
    for key in ("a", "Z", "?", "ctrl+r", "alt+1", "shift+f5", "f12", "space", "question_mark", "ctrl+shift+a", "+"):
        assert not bad_key(key), key
    for key in ("", "ctrl+", "hello", "control+r", "ctrl+Q"):
        assert bad_key(key), key


def test_a_damaged_config_is_said_and_harmless(folders: Folders) -> None:
    assert read_keymap(folders.config_file) == ({}, [])
    folders.config.mkdir(parents=True)
    folders.config_file.write_text("[keymap\n")
    keymap, problems = read_keymap(folders.config_file)
    assert keymap == {} and "cannot be read" in problems[0]
    folders.config_file.write_text('[keymap]\n"a.b" = 5\n')
    assert "must be text" in read_keymap(folders.config_file)[1][0]


def test_keys_are_named_as_they_stand_on_the_keyboard() -> None:
    signs = {
        "greater_than_sign": ">",
        "less_than_sign": "<",
        "backslash": "\\",
        "dollar_sign": "$",
        "ctrl+at": "^space",
    }
    assert {key: key_name(key) for key in signs} == signs
    for spec in panes.PANES:
        importlib.import_module(spec.path.partition(":")[0])
    keys = [key for binding in loaded_bindings() if binding.id for key in binding.key.split(",")]
    assert [key for key in keys if "_" in key_name(key).removesuffix("_")] == []


def test_our_own_bindings_have_ids_and_words_and_do_not_clash() -> None:
    import chatly_console.shell.commands  # noqa: F401 - so that every class of the frame is there

    ours = [binding for binding in loaded_bindings() if binding.id is not None]
    assert len(ours) > 20
    assert all(binding.tooltip and binding.description for binding in ours)
    everywhere: dict[str, str] = {}
    for binding in ours:
        assert binding.id is not None
        if binding.id.startswith("console."):
            assert everywhere.setdefault(binding.key, binding.id) == binding.id
