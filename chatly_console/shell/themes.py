"""Themes from TOML files: the console's own and the user's, each turned into a Textual theme with our semantic colours.

A file names few colours (see `themes/README` in the guide); everything else that Textual and our widgets use follows
from these, so that a theme is written in minutes and none leaves a widget in a colour of its own.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from textual.color import Color
from textual.theme import Theme

REQUIRED = ("background", "foreground", "accent", "success", "warning", "error", "prod", "impersonate")
OPTIONAL = (
    "surface",
    "panel",
    "muted",
    "selection",
    "selection-text",
    "prod-text",
    "impersonate-text",
    "accent-text",
    "keyword",
    "string",
    "number",
)
DEFAULT_THEME = "chatly-dark"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}$|ansi_(bright_)?(black|red|green|yellow|blue|magenta|cyan|white)$|ansi_default$")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}$")


@dataclass(frozen=True, slots=True)
class BadTheme:
    """A theme file that was skipped, and why."""

    path: Path
    reason: str


@dataclass(slots=True)
class ThemeFiles:
    """What was found in the theme folders."""

    themes: list[Theme] = field(default_factory=list)
    bad: list[BadTheme] = field(default_factory=list)


def load_themes(folders: Iterable[Path]) -> ThemeFiles:
    """Read every `*.toml` of the folders, in order; a later theme replaces an earlier one of its name."""
    found: dict[str, Theme] = {}
    result = ThemeFiles()
    for folder in folders:
        for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
            try:
                theme = read_theme(path)
            except (OSError, ValueError) as error:
                result.bad.append(BadTheme(path, str(error)))
            else:
                found[theme.name] = theme
    result.themes = list(found.values())
    return result


def read_theme(path: Path) -> Theme:
    """One theme; raises ValueError with a sentence that says what is wrong in the file."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"it is not TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8 text") from error
    name = table.get("name", path.stem)
    if not isinstance(name, str) or not _NAME.match(name):
        raise ValueError("`name` must be lower-case letters, digits and hyphens")
    dark = table.get("dark", True)
    if not isinstance(dark, bool):
        raise ValueError("`dark` must be true or false")
    unknown = set(table) - {"name", "dark", "colors", "ansi"}
    if unknown:
        raise ValueError(f"unknown key {', '.join(sorted(unknown))}")
    return make_theme(name, _colours(table.get("colors")), dark=dark, ansi=table.get("ansi") is True)


def _colours(table: object) -> dict[str, str]:
    """The table `[colors]`, checked."""
    if not isinstance(table, Mapping):
        raise ValueError("the table [colors] is missing")
    missing = [name for name in REQUIRED if name not in table]
    if missing:
        raise ValueError(f"[colors] lacks {', '.join(missing)}")
    unknown = [str(name) for name in table if name not in REQUIRED + OPTIONAL]
    if unknown:
        raise ValueError(f"[colors] has unknown {', '.join(unknown)}")
    for name, value in table.items():
        if not isinstance(value, str) or not _COLOUR.match(value):
            raise ValueError(f"[colors] {name} = {value!r} is no colour: write it as #rrggbb")
    return dict(table)


def make_theme(name: str, colours: Mapping[str, str], *, dark: bool, ansi: bool = False) -> Theme:
    """The Textual theme of these colours, with the variables that our style sheets and Textual's widgets use."""
    c = {
        "surface": colours["background"],
        "panel": colours["background"],
        "muted": colours["foreground"],
        "selection": colours["accent"],
        "selection-text": colours["background"],
        "prod-text": colours["background"],
        "impersonate-text": colours["background"],
        "accent-text": colours["background"],
        "keyword": colours["accent"],
        "string": colours["success"],
        "number": colours["warning"],
        **colours,
    }
    return Theme(
        name=name,
        primary=c["accent"],
        secondary=c["accent"],
        accent=c["accent"],
        warning=c["warning"],
        error=c["error"],
        success=c["success"],
        foreground=c["foreground"],
        background=c["background"],
        surface=c["surface"],
        panel=c["panel"],
        boost=c["panel"],
        dark=dark,
        ansi=ansi,
        text_alpha=1.0,
        variables=semantic_variables(c),
    )


def _between(one: str, other: str, share: float) -> str:
    """A colour on the way from one to the other; of the terminal's own colours nobody knows what lies between."""
    if one.startswith("ansi") or other.startswith("ansi"):
        return other
    return Color.parse(one).blend(Color.parse(other), share).hex


def semantic_variables(c: Mapping[str, str]) -> dict[str, str]:
    """Our own CSS variables, and those of Textual's that would else be mixed from several colours."""
    ours = {
        key: c[key]
        for key in (
            "prod",
            "prod-text",
            "impersonate",
            "impersonate-text",
            "muted",
            "selection",
            "selection-text",
        )
    }
    ours |= {
        "accent-text": c["accent-text"],
        "bar": c["panel"],
        "null": c["muted"],
        "stale": c["muted"],
        "good": c["success"],
        "warn": c["warning"],
        "bad": c["error"],
        "keyword": c["keyword"],
        "string": c["string"],
        "number": c["number"],
        "comment": c["muted"],
    }
    textuals = {
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        "text": c["foreground"],
        "text-muted": c["muted"],
        "text-disabled": c["muted"],
        "foreground-muted": c["muted"],
        "foreground-disabled": c["muted"],
        "text-primary": c["accent"],
        "text-secondary": c["accent"],
        "text-accent": c["accent"],
        "text-warning": c["warning"],
        "text-error": c["error"],
        "text-success": c["success"],
        "border": c["accent"],
        "border-blurred": c["muted"],
        "block-cursor-background": c["selection"],
        "block-cursor-foreground": c["selection-text"],
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": c["panel"],
        "block-cursor-blurred-foreground": c["foreground"],
        "block-cursor-blurred-text-style": "none",
        "block-hover-background": c["panel"],
        "input-cursor-background": c["foreground"],
        "input-cursor-foreground": c["background"],
        "input-cursor-text-style": "none",
        "input-selection-background": c["selection"],
        "input-selection-foreground": c["selection-text"],
        "screen-selection-background": c["selection"],
        "screen-selection-foreground": c["selection-text"],
        "scrollbar": _between(c["panel"], c["muted"], 0.4),
        "scrollbar-hover": c["accent"],
        "scrollbar-active": c["accent"],
        "scrollbar-background": c["surface"],
        "scrollbar-background-hover": c["surface"],
        "scrollbar-background-active": c["surface"],
        "scrollbar-corner-color": c["surface"],
        "footer-background": c["panel"],
        "footer-foreground": c["foreground"],
        "footer-key-foreground": c["accent"],
        "footer-key-background": c["panel"],
        "footer-description-foreground": c["foreground"],
        "footer-description-background": c["panel"],
        "button-color-foreground": c["accent-text"],
        "button-foreground": c["foreground"],
        "link-color": c["accent"],
        "link-background": c["background"],
        "link-color-hover": c["accent"],
        "link-background-hover": c["panel"],
    }
    return ours | textuals
