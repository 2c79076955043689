"""A policy's expression laid out for reading: one line a condition, indented as the conditions nest, and in words."""

import re

from chatly_console.core.sql import TokenKind, tokens
from chatly_console.policies.policy import Command, Policy

_INDENT = "  "
_VERB = {
    Command.SELECT: "see",
    Command.INSERT: "add",
    Command.UPDATE: "change",
    Command.DELETE: "delete",
    None: "see, add, change and delete",
}


def words_of(policy: Policy) -> str:
    """What a policy says, as a sentence: `authenticated may see a row if …`."""
    who = "Everybody" if "public" in policy.roles else ", ".join(policy.roles)
    expression = policy.check if policy.command is Command.INSERT else policy.using
    condition = one_line(expression) if expression else "true"
    rows = {"true": "every row", "false": "no row"}.get(condition.lower())
    if not policy.permissive:
        only = f"a row only if {condition}" if rows is None else rows
        return f"Whatever else is allowed, {who} may {_VERB[policy.command]} {only}."
    return f"{who} may {_VERB[policy.command]} {rows or f'a row if {condition}'}."


def one_line(expression: str) -> str:
    """The expression without outer parentheses, line breaks, and the aliases that the server adds."""
    text = _collapsed(expression)
    while _is_wrapped(text):
        text = text[1:-1].strip()
    return text


def pretty(expression: str) -> list[str]:
    """The expression in lines, each condition of an AND or OR on its own."""
    lines: list[str] = []
    _lay_out(one_line(expression), 0, "", lines)
    return lines


def _lay_out(text: str, depth: int, before: str, lines: list[str]) -> None:
    word, parts = _split(text)
    if len(parts) < 2:
        lines.append(f"{_INDENT * depth}{before}{text}")
        return
    for at, part in enumerate(parts):
        lead = before if at == 0 else f"{word} "
        inner = part
        while _is_wrapped(inner):
            inner = inner[1:-1].strip()
        if _split(inner)[1][1:] and inner != part:
            lines.append(f"{_INDENT * depth}{lead}(")
            _lay_out(inner, depth + 1, "", lines)
            lines[-1] += ")"
        else:
            lines.append(f"{_INDENT * depth}{lead}{inner}")


def _collapsed(text: str) -> str:
    """White space outside of quotes as one blank; `AS name` before a closing parenthesis is noise of the server's."""
    pieces: list[str] = []
    at = 0
    for start, end, kind in tokens(text):
        if kind in (TokenKind.STRING, TokenKind.QUOTED_IDENTIFIER):
            pieces += [_squeezed(text[at:start]), text[start:end]]
            at = end
    pieces.append(_squeezed(text[at:]))
    return "".join(pieces).strip()


def _squeezed(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\( (?=SELECT\b)", "(", text)
    text = re.sub(r" AS [a-z_][a-z0-9_]*\)", ")", text)
    return re.sub(r"\b(SELECT|FROM|WHERE|AND|OR|NOT|ANY|ARRAY|IS NULL|IS NOT NULL|EXISTS|IN)\b", _lower, text)


def _lower(found: re.Match[str]) -> str:
    return found.group().lower()


def _depths(text: str) -> list[int]:
    """For every character how many parentheses are open, leaving quoted text out."""
    quoted = [False] * len(text)
    for start, end, kind in tokens(text):
        if kind in (TokenKind.STRING, TokenKind.QUOTED_IDENTIFIER):
            quoted[start:end] = [True] * (end - start)
    depths, depth = [], 0
    for at, character in enumerate(text):
        if not quoted[at]:
            depth += (character in "([") - (character in ")]")
        depths.append(depth if not quoted[at] else depth + 1)
    return depths


def _is_wrapped(text: str) -> bool:
    """Whether one pair of parentheses holds all of it."""
    if not (text.startswith("(") and text.endswith(")")):
        return False
    return all(depth > 0 for depth in _depths(text)[:-1])


def _split(text: str) -> tuple[str, list[str]]:
    """The conditions that the outermost AND or OR joins."""
    depths = _depths(text)
    for word in ("or", "and"):
        places = [m for m in re.finditer(rf"\b{word}\b", text) if depths[m.start()] == 0]
        if places and not re.search(r"\b(between|case)\b", text, re.IGNORECASE):
            starts = [0, *(m.end() for m in places)]
            ends = [*(m.start() for m in places), len(text)]
            return word, [text[s:e].strip() for s, e in zip(starts, ends, strict=True)]
    return "", [text]
