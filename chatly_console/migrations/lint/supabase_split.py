"""How the Supabase CLI before 2.121 splits a file; where psql differs, `supabase db push` sends something else than is
written.

It takes any `end` (also within a word) for the end of BEGIN ATOMIC, knows no backslash in E'...', and takes the `$b$`
of a name `a$b$` for a quote: seen with 2.99 to 2.114; 2.118 has only the second fault left, 2.121 and 3.1 none.
"""

import re

_TAG = re.compile(r"\$\w*\$")
_ATOMIC = re.compile(r"begin\s+atomic\b", re.IGNORECASE)


def supabase_split(text: str) -> list[str]:
    """The statements that the CLI would send, without the semicolons."""
    found, start, at = [], 0, 0
    atomic = False
    while at < len(text):
        if text.startswith("--", at):
            at = _behind(text, "\n", at)
        elif text.startswith("/*", at):
            at = _comment(text, at)
        elif text[at] in "'\"":
            at = _behind(text, text[at], at + 1)
        elif text[at] == "$" and (tag := _TAG.match(text, at)) is not None:
            at = _behind(text, tag[0], tag.end())
        elif not atomic and (begun := _ATOMIC.match(text, at)) is not None:
            atomic, at = True, begun.end()
        elif atomic and text[at : at + 3].lower() == "end":
            atomic, at = False, at + 3
        elif text[at] == ";" and not atomic:
            found.append(text[start:at])
            at += 1
            start = at
        else:
            at += 1
    found.append(text[start:])
    return [piece.strip() for piece in found if _says_something(piece)]


def _behind(text: str, what: str, at: int) -> int:
    place = text.find(what, at)
    return len(text) if place < 0 else place + len(what)


def _comment(text: str, at: int) -> int:
    depth = 0
    while at < len(text):
        if text.startswith("/*", at):
            depth, at = depth + 1, at + 2
        elif text.startswith("*/", at):
            depth, at = depth - 1, at + 2
            if depth == 0:
                return at
        else:
            at += 1
    return at


def _says_something(piece: str) -> bool:
    bare = re.sub(r"/\*.*?\*/|--[^\n]*", "", piece, flags=re.DOTALL)
    return bool(bare.strip())
