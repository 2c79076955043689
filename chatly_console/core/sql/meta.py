"""What only psql understands: backslash commands, and COPY data that stands between the statements."""

import re

from chatly_console.core.sql.rules import SPACE, WORD, comment_end, escaped_string_end, opens_escaped_string

_NAME = re.compile(r"\\(\\|[^\s\\]*)")
_ARGUMENTS = re.compile(r"(?:[^'\"`\\\n]|'(?:[^'\\\n]|\\[^\n]|'')*+'?|\"[^\"\n]*+\"?|`[^`\n]*+`?)*+")
_WHOLE_LINE = frozenset({"!", "copy", "h", "help", "ef", "ev", "sf", "sv"})
SENDING = frozenset({"g", "gx", "gset", "gexec", "gdesc", "watch", "crosstabview"})
"""Commands that send what was typed before them, as a semicolon does."""
CLEARING = frozenset({"r", "reset"})
"""Commands that throw away what was typed before them."""

_LINE_REST = re.compile(r"[^\n]*+")
_BLANK_LINE_REST = re.compile(r"[ \t\r\f\v]*+(?:--[^\n]*+)?(?:\n|\Z)")
_DATA_END = re.compile(r"^\\\.\r?(?:\n|\Z)", re.MULTILINE)
_COPY = re.compile(rf"(?i:copy)(?![{WORD}])")
_GAP = rf"(?:[{SPACE}]|--[^\n\r]*+[\n\r]|/\*(?:[^*]|\*(?!/))*+\*/)"
_COPY_PART = re.compile(
    rf"['\"()]|--[^\n\r]*+|/\*|(?<![{WORD}])(?i:from){_GAP}++(?i:stdin|stdout)(?![{WORD}])", re.DOTALL
)


def command_end(text: str, backslash: int) -> tuple[str, int]:
    """The name of the backslash command at `backslash`, and where SQL (or another command) goes on."""
    name = _NAME.match(text, backslash)
    assert name is not None
    if name[1] == "\\":
        return "", name.end()
    if name[1] in _WHOLE_LINE:
        line = _LINE_REST.match(text, name.end())
        assert line is not None
        return name[1], line.end()
    arguments = _ARGUMENTS.match(text, name.end())
    assert arguments is not None
    end = arguments.end()
    return name[1], end + 2 if text.startswith("\\\\", end) else end


def reads_inline_data(text: str, begin: int, end: int) -> bool:
    """Whether this is COPY ... FROM STDIN, so that lines of data follow in a script."""
    if _COPY.match(text, begin) is None:
        return False
    at, depth = begin, 0
    while (part := _COPY_PART.search(text, at, end)) is not None:
        at = part.end()
        match part[0]:
            case "'" if opens_escaped_string(text, part.start(), begin):
                at = escaped_string_end(text, at)
            case "'" | '"' as quote:
                at = text.find(quote, at, end) + 1 or end
            case "(":
                depth += 1
            case ")":
                depth -= 1
            case "/*":
                at = comment_end(text, at)
            case word if not word.startswith("--") and depth == 0:
                return True
    return False


def is_rest_of_line_blank(text: str, offset: int) -> bool:
    """Whether nothing but space and a comment stands on the line from `offset` on."""
    return _BLANK_LINE_REST.match(text, offset) is not None


def next_line(text: str, offset: int) -> int:
    """The offset of the line after that of `offset`."""
    newline = text.find("\n", offset)
    return len(text) if newline < 0 else newline + 1


def data_end(text: str, line: int) -> int:
    r"""The offset after the data that begins at `line`: after its `\.`, or the end of the text."""
    terminator = _DATA_END.search(text, line)
    return len(text) if terminator is None else terminator.end()
