"""The lexical rules of psql (psqlscan.l) that splitting and colouring share: where each kind of token ends.

Every function takes an offset inside an opened token and returns the offset after it; a token that never
closes ends with the text, because the user is still typing. Standard-conforming strings are assumed, as on
every server since 9.1.
"""

import re

SPACE = r" \t\n\r\f\v"
WORD_START = r"A-Za-z_\x80-\U0010ffff"
WORD = r"A-Za-z0-9_$\x80-\U0010ffff"
"""The server takes every byte above 127 for a letter, so no-break spaces and typographic quotes are letters
too."""

_COMMENT_EDGE = re.compile(r"/\*|\*/")
_ESCAPED_STRING_END = re.compile(r"[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+(?:'|\\?\Z)", re.DOTALL)
_CONTINUATION = re.compile(rf"(?:[ \t\f\v]|--[^\n\r]*)*+[\n\r](?:[{SPACE}]|--[^\n\r]*[\n\r])*+'")
_DOLLAR_TAG = re.compile(rf"\$(?:[{WORD_START}](?:(?!\$)[{WORD}])*+)?\$")
_DIGITS = re.compile(r"[0-9]+\Z")
_PARAMETER_OR_WORD = re.compile(rf"\$(?:[0-9]++(?![{WORD_START}])|[{WORD}]*+)")


def string_end(text: str, inside: int) -> int:
    """The end of a '...' string; a doubled quote closes and opens again, which comes to the same."""
    close = text.find("'", inside)
    return len(text) if close < 0 else close + 1


def quoted_identifier_end(text: str, inside: int) -> int:
    """The end of a "..." identifier."""
    close = text.find('"', inside)
    return len(text) if close < 0 else close + 1


def escaped_string_end(text: str, inside: int) -> int:
    """The end of an E'...' string, with its continuations on later lines, which keep its backslash rules."""
    while True:
        match = _ESCAPED_STRING_END.match(text, inside)
        assert match is not None
        more = _CONTINUATION.match(text, match.end())
        if more is None:
            return match.end()
        inside = more.end()


def comment_end(text: str, inside: int) -> int:
    """The end of a /* comment */, which may hold further ones."""
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(text, inside)
        if edge is None:
            return len(text)
        depth += 1 if edge[0] == "/*" else -1
        inside = edge.end()
    return inside


def dollar_end(text: str, dollar: int, floor: int) -> tuple[int, bool]:
    """The end of what the `$` at `dollar` begins, and whether that is a quoted body.

    A `$` inside an identifier belongs to it; `floor` is where the previous token ended. A number ends before
    a `$`.
    """
    tag = _DOLLAR_TAG.match(text, dollar)
    if tag is not None and _begins_token(text, dollar, floor):
        close = text.find(tag[0], tag.end())
        return (len(text) if close < 0 else close + len(tag[0])), True
    rest = _PARAMETER_OR_WORD.match(text, dollar)
    assert rest is not None
    return rest.end(), False


def _begins_token(text: str, offset: int, floor: int) -> bool:
    """Whether the word characters before `offset` are none, or digits, so that a new token may begin
    here."""
    begin = word_begin(text, offset, floor)
    return begin == offset or _DIGITS.match(text[begin:offset]) is not None


def word_begin(text: str, offset: int, floor: int) -> int:
    """Where the run of word characters that ends at `offset` begins, not before `floor`."""
    begin = offset
    while begin > floor and is_word_character(text[begin - 1]):
        begin -= 1
    return begin


def is_word_character(character: str) -> bool:
    """Whether an identifier may go on with it."""
    return character >= "\x80" or character == "_" or character == "$" or (character.isascii() and character.isalnum())


def opens_escaped_string(text: str, quote: int, floor: int) -> bool:
    """Whether the quote at `quote` belongs to E'...': an `e` that is a token of its own stands before it."""
    letter = quote - 1
    if letter < floor or text[letter] not in "eE":
        return False
    return letter == floor or not is_word_character(text[letter - 1])
