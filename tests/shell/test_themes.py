"""Themes: legible in every place where the console puts text, and polite about files that are wrong."""

from pathlib import Path

import pytest
from textual.color import Color

from chatly_console.resources import data_folder
from chatly_console.shell.app import ConsoleApp
from chatly_console.shell.folders import Folders
from chatly_console.shell.themes import load_themes, read_theme
from tests.shell.fakes import make_session, opener_of

AA = 4.5
GROUNDS = ("background", "surface", "panel", "bar")
INKS = ("foreground", "muted", "null", "stale", "accent", "good", "warn", "bad")
MORE_INKS = ("text-muted", "text-disabled", "text-error", "text-warning", "text-success", "text-accent")
SYNTAX = ("keyword", "string", "number", "comment")
PAIRS = [
    *((ink, ground) for ground in GROUNDS for ink in INKS + MORE_INKS),
    *((ink, ground) for ground in ("background", "surface") for ink in SYNTAX),
    ("selection-text", "selection"),
    ("muted", "selection"),
    ("prod-text", "prod"),
    ("impersonate-text", "impersonate"),
    ("accent-text", "accent"),
    ("impersonate", "background"),
    ("block-cursor-foreground", "block-cursor-background"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("input-selection-foreground", "input-selection-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("footer-foreground", "footer-background"),
    ("footer-key-foreground", "footer-background"),
]
SHIPPED = load_themes([data_folder("themes")])
NAMES = sorted(theme.name for theme in SHIPPED.themes)


def make_app(folder: Path) -> ConsoleApp:
    return ConsoleApp([], opener_of(make_session()), folders=Folders(folder, folder))


def test_there_are_enough_and_none_is_bad() -> None:
    assert not SHIPPED.bad
    assert len(NAMES) >= 8
    assert {"chatly-dark", "chatly-light", "contrast-dark", "contrast-light", "ansi"} <= set(NAMES)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "ansi"])  # ansi: the terminal's own colours
def test_text_is_legible_everywhere(name: str, tmp_path: Path) -> None:
    app = make_app(tmp_path)
    app.theme = name
    variables = app.get_css_variables()
    faint = {}
    for ink, ground in PAIRS:
        paper = Color.parse(variables[ground])
        ratio = contrast(paper.blend(Color.parse(variables[ink]), Color.parse(variables[ink]).a), paper)
        if ratio < AA:
            faint[f"{ink} {variables[ink]} on {ground} {variables[ground]}"] = round(ratio, 2)
    assert not faint


def contrast(one: Color, other: Color) -> float:
    """The WCAG contrast ratio, by its own formula."""

    def luminance(colour: Color) -> float:
        parts = [part / 255 for part in colour.rgb]
        r, g, b = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast(Color.parse("#ffffff"), Color.parse("#000000")) == pytest.approx(21)
    assert contrast(Color.parse("#767676"), Color.parse("#ffffff")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "ansi"])
def test_impersonation_has_a_hue_of_its_own(name: str, tmp_path: Path) -> None:
    app = make_app(tmp_path)
    app.theme = name
    variables = app.get_css_variables()
    hue = Color.parse(variables["impersonate"]).hsl.h
    for other in ("accent", "good", "warn", "prod", "muted", "selection"):
        apart = abs(hue - Color.parse(variables[other]).hsl.h)
        assert min(apart, 1 - apart) > 0.04, other


GOOD = "\n".join(
    f'{name} = "#102030"'
    for name in ("background", "foreground", "accent", "success", "warning", "error", "prod", "impersonate")
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name = ", "not TOML"),
        ('name = "x"', "[colors] is missing"),
        ("[colors]\nbackground = '#000000'", "lacks foreground"),
        (f"[colors]\n{GOOD}\nbackgroud = '#000000'", "unknown backgroud"),
        (f"[colors]\n{GOOD}\nmuted = 'greyish'", "is no colour"),
        (f"[colors]\n{GOOD}\nmuted = 5", "is no colour"),
        (f"name = 'Bad Name'\n[colors]\n{GOOD}", "lower-case"),
        (f"dark = 'yes'\n[colors]\n{GOOD}", "true or false"),
        (f"colour = 1\n[colors]\n{GOOD}", "unknown key colour"),
    ],
)
def test_a_bad_file_is_skipped_and_says_why(text: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(text)
    found = load_themes([tmp_path])
    assert not found.themes
    assert found.bad[0].path.name == "mine.toml"
    assert reason in found.bad[0].reason


def test_files_that_are_no_text_or_cannot_be_read_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "good.toml").write_text(f"[colors]\n{GOOD}")
    found = load_themes([tmp_path, tmp_path / "missing"])
    assert [theme.name for theme in found.themes] == ["good"]
    assert sorted(bad.path.name for bad in found.bad) == ["bytes.toml", "folder.toml"]


def test_a_users_theme_replaces_ours_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(f'name = "nord"\n[colors]\n{GOOD}')
    themes = {theme.name: theme for theme in load_themes([data_folder("themes"), tmp_path]).themes}
    assert themes["nord"].background == "#102030"
    assert read_theme(tmp_path / "mine.toml").name == "nord"
