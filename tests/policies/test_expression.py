"""Policies in words and laid out for reading."""

import pytest

from chatly_console.policies.expression import one_line, pretty, words_of
from chatly_console.policies.policy import Command, Policy


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (Policy("p", True, Command.SELECT, ("public",), "true"), "Everybody may see every row."),
        (Policy("p", True, None, ("anon",), "false"), "anon may see, add, change and delete no row."),
        (
            Policy("p", False, Command.UPDATE, ("a", "b"), "(x = 1)"),
            "Whatever else is allowed, a, b may change a row only if x = 1.",
        ),
        (
            Policy("p", True, Command.INSERT, ("public",), None, "(who = 'me')"),
            "Everybody may add a row if who = 'me'.",
        ),
    ],
)
def test_what_a_policy_says_is_a_sentence(policy: Policy, words: str) -> None:
    assert words_of(policy) == words


def test_conditions_stand_on_lines_of_their_own_and_quoted_text_stays_as_it_is() -> None:
    assert pretty("((a = 1) AND ((b = 'x OR (y') OR (c IS NULL)))") == [
        "a = 1",
        "and (",
        "  b = 'x OR (y'",
        "  or c is null)",
    ]
    assert one_line("(( SELECT auth.uid() AS uid) = who)") == "(select auth.uid()) = who"


def test_hostile_text_is_laid_out_without_falling_over() -> None:
    for text in ("", "(", "))((", "'\x1b[31m", '"a\x00', "(" * 500, "a or " * 300):
        assert isinstance(pretty(text), list)
