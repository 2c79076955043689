"""Takes a plan out of the documents that psql writes: `\\pset format` html, latex, latex-longtable, asciidoc, troff-ms.

In each of them the rows of the result are cells, the characters that mean something in the language are escaped, and a
new line within a value is a break of the language's own.
"""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

from chatly_console.explain.parsing.lines import Line

_LATEX_COMMAND = re.compile(r"\s*\\(?:begin|end|hline|toprule|midrule|bottomrule|endfirsthead|endhead|endfoot"
                            r"|endlastfoot|caption|noindent|small|textit|multicolumn)\b")  # fmt: skip
_LATEX_ESCAPE = re.compile(r"\\(?:text(less|greater|bar|backslash)\{\}|([\^~])\{\}|([#$%&_{}]))")
_LATEX_NAMES = {"less": "<", "greater": ">", "bar": "|", "backslash": "\\"}
_LATEX_ROW_END = re.compile(r"\s(?:\\\\|\\tabularnewline)\s*$")
_ASCIIDOC_TABLE = re.compile(r"\[(?:options|cols)=.*\]\n\|====$", re.MULTILINE)
_ASCIIDOC_CELL = re.compile(r"(?:<l\|QUERY PLAN )?[<>^]?l?\|(?!=)")
_ASCIIDOC_HEADING = re.compile(r"(?:\^l\|QUERY PLAN|2\+\^\|Record \d+)$")
_TROFF_HEADING = re.compile(r"\\fI(?:QUERY PLAN|Record \d+)\\fP$|_$|\.|[a-z |]+[;.]$")


def out_of_markup(text: str) -> list[Line] | None:
    """The lines of the plan, with the numbers of those in `text`; None where it is no such document."""
    for begins, read in _LANGUAGES:
        if begins.search(text):
            return list(read(text))
    return None


class _Cells(HTMLParser):
    """The text of each cell that is no heading."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self._inside = False
        self._broken = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "td":
            self._inside = dict(attrs).get("colspan") is None
            if self._inside:
                self.lines.append(Line(self.getpos()[0], ""))
        elif tag == "br" and self._inside:
            self.lines.append(Line(self.getpos()[0] + 1, ""))
            self._broken = True

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "td"

    def handle_data(self, data: str) -> None:
        if self._inside:
            data = data.removeprefix("\n") if self._broken else data
            self._broken = False
            last = self.lines[-1]
            self.lines[-1] = Line(last.number, last.text + data.replace("\xa0", " "))


def _html(text: str) -> Iterator[Line]:
    cells = _Cells()
    cells.feed(text)
    cells.close()
    yield from cells.lines


def _latex(text: str) -> Iterator[Line]:
    for number, row in enumerate(text.split("\n"), 1):
        if _LATEX_COMMAND.match(row) or not row.strip():
            continue
        row = _LATEX_ROW_END.sub("", row).removeprefix("QUERY PLAN & ")
        if row.startswith("\\raggedright{"):
            row = row.removeprefix("\\raggedright{").removesuffix("}")
        for part in row.split("\\\\"):
            yield Line(number, _LATEX_ESCAPE.sub(_latex_character, part))


def _latex_character(found: re.Match[str]) -> str:
    return _LATEX_NAMES[found[1]] if found[1] else found[2] or found[3]


def _asciidoc(text: str) -> Iterator[Line]:
    inside = False
    for number, row in enumerate(text.split("\n"), 1):
        if row == "|====":
            inside = not inside
        elif inside and not _ASCIIDOC_HEADING.match(row):
            cell = _ASCIIDOC_CELL.match(row)
            yield Line(number, row[cell.end() if cell else 0 :].replace("\\|", "|"))


def _troff(text: str) -> Iterator[Line]:
    inside = False
    for number, row in enumerate(text.split("\n"), 1):
        if row in (".TS", ".TE"):
            inside = row == ".TS"
        elif inside and not _TROFF_HEADING.match(row):
            yield Line(number, row.removeprefix("QUERY PLAN\t").replace("\\(rs", "\\"))


_LANGUAGES: tuple[tuple[re.Pattern[str], Callable[[str], Iterator[Line]]], ...] = (
    (re.compile(r"^[ \t]*<table\b", re.MULTILINE | re.IGNORECASE), _html),
    (re.compile(r"^[ \t]*\\begin\{(?:tabular|longtable)\}", re.MULTILINE), _latex),
    (_ASCIIDOC_TABLE, _asciidoc),
    (re.compile(r"^\.TS$", re.MULTILINE), _troff),
)
"""How each language begins a table, and what reads it."""
