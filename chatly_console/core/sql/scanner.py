r"""The splitter's loop: psql's rules for where a statement ends, in one pass over the text.

One regular expression swallows all that cannot end a statement and stops at the few characters that can
(quotes of other kinds, parentheses, semicolons, dollars, backslashes); Python only decides there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from chatly_console.core.sql import meta
from chatly_console.core.sql.rules import (
    SPACE,
    WORD,
    comment_end,
    dollar_end,
    escaped_string_end,
    opens_escaped_string,
    quoted_identifier_end,
    string_end,
)

Found = tuple[int, int, int, int]
"""start, code, end of a statement, and where the scan goes on with a fresh state."""

Command = tuple[int, int, str]
"""start (the backslash), end and name of a backslash command."""

_LETTERS = r"A-Za-z0-9_\x80-\U0010ffff"
_SIMPLE = r"(?<![eE])'[^']*+'|\"[^\"]*+\"|-(?!-)|--[^\n\r]*+|/(?!\*)"
_FLAT = rf"(?>[^'\"();\\$\-/]++|{_SIMPLE}){{0,400}}+"
_PLAIN = re.compile(rf"(?>[^'\"();\\$\-/]++|{_SIMPLE}|\({_FLAT}\)){{0,400}}+")
_ROUTINE_WORD = re.compile(rf"(?i:begin|case|end)(?![{WORD}])")
_PLAIN_IN_ROUTINE = re.compile(
    rf"(?>[^'\"();\\$\-/{_LETTERS}]++|(?!(?i:begin|case|end)(?![{WORD}]))[{_LETTERS}]++|{_SIMPLE}){{0,400}}+"
)
_GAP = rf"(?:[{SPACE}]++|--[^\n\r]*+|/\*(?:[^*/]|\*(?!/)|/(?!\*))*+\*/)"
_ROUTINE = re.compile(rf"(?i:create){_GAP}++(?i:or{_GAP}++replace{_GAP}++)?(?i:function|procedure)(?![{WORD}])")
_BLANK = re.compile(rf"[{SPACE}]*+")
_LEADING = re.compile(rf"(?:[{SPACE}]++|--[^\n\r]*+)*+")
_TRAILING_COMMENT = re.compile(r"[ \t\f\v]*+--[^\n\r]*+")

MARK_EVERY = 4096
"""Characters between the offsets that are remembered as places where a token begins."""


@dataclass(slots=True)
class Scanner:
    """A pass over `text` from `at`, which must be the begin of the text or where an earlier scan went on.

    `marks` collects offsets inside statements at which a token begins, so that colouring may start there.
    """

    text: str
    at: int = 0
    marks: list[int] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    """The backslash commands that were met, in order, also those inside statements."""
    settled: bool = True
    """Whether the statement given out last is followed by a fresh one, and not by another on the line of a
    COPY."""

    def __iter__(self) -> Iterator[Found]:
        while (begun := self._begin()) is not None:
            start, code = begun
            end = self._end(code)
            if end is None:
                continue
            if meta.reads_inline_data(self.text, code, end):
                yield from self._with_inline_data((start, code, end))
            else:
                yield start, code, end, self.at

    def _begin(self) -> tuple[int, int] | None:
        """Skip what is between statements; the first comment and the first token of the next one."""
        text = self.text
        while self.at < len(text):
            start, code = first_token(text, self.at)
            if code == len(text):
                self.at = code
            elif text[code] == ";":
                self.at = code + 1
            elif text[code] == "\\" and text[code + 1 : code + 2] not in (";", ":"):
                self._skip_command(code)
            else:
                return start, code
        return None

    def _skip_command(self, backslash: int) -> None:
        name, self.at = meta.command_end(self.text, backslash)
        self._met(backslash, name)
        if name == "copy" and meta.reads_inline_data(self.text, backslash + 1, self.at):
            self.at = meta.data_end(self.text, meta.next_line(self.text, self.at))

    def _met(self, backslash: int, name: str, end: int | None = None) -> None:
        if name not in ("", ";", ":"):
            self.commands.append((backslash, self.at if end is None else end, name))

    def _end(self, code: int) -> int | None:
        """Move to where the statement that begins at `code` is over; its end, or None where it was thrown
        away."""
        text, size = self.text, len(self.text)
        at, depth, blocks, mark = code, 0, 0, code
        plain = self._plain(code)
        while True:
            match = plain.match(text, at)
            assert match is not None
            stop = match.end()
            if stop >= size:
                self.at = size
                return len(text.rstrip()) if text[-1].isspace() else size
            character = text[stop]
            if character == "(":
                depth += 1
                at = stop + 1
            elif character == ")":
                depth -= depth > 0
                at = stop + 1
            elif character == ";":
                at = stop + 1
                if not depth and not blocks:
                    self.at = at
                    return stop
            elif character == "\\":
                name, at = _command_end(text, stop)
                self._met(stop, name, at)
                if name in meta.SENDING or name in meta.CLEARING:
                    self.at = at
                    return None if name in meta.CLEARING else len(text[code:stop].rstrip()) + code
                plain = self._plain(first_token(text, at)[1]) if name == ";" else plain
            elif plain is _PLAIN_IN_ROUTINE and (word := _ROUTINE_WORD.match(text, stop)) is not None:
                at = word.end()
                blocks = blocks if depth else _blocks(blocks, word[0].lower())
            else:
                at = token_end(text, stop, at)
            if at - mark >= MARK_EVERY:
                mark = at
                self.marks.append(at)

    def _plain(self, code: int) -> re.Pattern[str]:
        """The expression that swallows text; in a routine it stops at BEGIN, CASE and END too."""
        return _PLAIN if _ROUTINE.match(self.text, code) is None else _PLAIN_IN_ROUTINE

    def _with_inline_data(self, found: tuple[int, int, int]) -> Iterator[Found]:
        """The COPY and what else stands on its line; the data of each COPY on that line is skipped."""
        line = meta.next_line(self.text, self.at)
        on_line = [found]
        if not meta.is_rest_of_line_blank(self.text, self.at):
            shift = self.at
            rest = Scanner(self.text[shift:line])
            on_line += [(start + shift, code + shift, end + shift) for start, code, end, _ in rest]
            self.commands += [(start + shift, end + shift, name) for start, end, name in rest.commands]
        for _, code, end in on_line:
            if meta.reads_inline_data(self.text, code, end):
                line = meta.data_end(self.text, line)
        self.at = line
        for number, (start, code, end) in enumerate(on_line, 1):
            self.settled = number == len(on_line)
            yield start, code, end, line


def first_token(text: str, at: int) -> tuple[int, int]:
    """Where the comments before the next token begin, and that token.

    A comment on the line of the semicolon before it speaks of the statement that ended there.
    """
    if at and text[at - 1] == ";" and (comment := _TRAILING_COMMENT.match(text, at)) is not None:
        at = comment.end()
    blank = _BLANK.match(text, at)
    assert blank is not None
    start = at = blank.end()
    while True:
        leading = _LEADING.match(text, at)
        assert leading is not None
        at = leading.end()
        if not text.startswith("/*", at):
            return start, at
        at = comment_end(text, at + 2)


def token_end(text: str, at: int, floor: int) -> int:
    """The end of the quoted token or comment at `at`, or the next character; `floor` ended the token
    before."""
    match text[at]:
        case "'" if opens_escaped_string(text, at, floor):
            return escaped_string_end(text, at + 1)
        case "'":
            return string_end(text, at + 1)
        case '"':
            return quoted_identifier_end(text, at + 1)
        case "$":
            return dollar_end(text, at, floor)[0]
        case "/" if text.startswith("/*", at):
            return comment_end(text, at + 2)
    return at


def _command_end(text: str, backslash: int) -> tuple[str, int]:
    r"""The name and end of the command inside a statement; `\;` and `\:` are characters that stay in it."""
    escaped = text[backslash + 1 : backslash + 2]
    return (escaped, backslash + 2) if escaped in {";", ":"} else meta.command_end(text, backslash)


def _blocks(depth: int, word: str) -> int:
    """The depth of BEGIN ... END after `word`; CASE ends with END too, and counts only inside a block."""
    if word == "end":
        return max(depth - 1, 0)
    return depth + 1 if word == "begin" or depth else depth
