"""What is typed behind vi's colon, read into what is to be done."""

import pytest

from chatly_console.core.failure import Failure
from chatly_console.query.vi import Vi
from chatly_console.query.vi.commands import Command, OnLines, OnMatches, Plain, Setting, read_command
from chatly_console.query.vi.searching import Sought, compiled
from chatly_console.query.vi.substitution import Substitute
from tests.query.vi_text import Lines, press


def read(typed: str, *, line: int = 0, last: int = 99) -> Command:
    marks = {"<": 1, ">": 3, "a": 7}
    sought = Sought(compiled("x", smart=True), True, "x")
    substituted = Substitute(0, 0, compiled("a", smart=False), "b", True)
    return read_command(typed, Setting(line, last, marks.get, lambda pattern, ahead, at: 9 if pattern != "no" else None,
                                       sought, substituted))  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "after", "found"),
    [
        ("%s/a/b/g", "b b\nb A", 3), ("s/a/b", "b a\na A", 1), (r"%s/\<a\>$/[&]", "a [a]\na A", 1),
        ("2s/A/x/", "a a\na x", 1), ("%s/a/x/gi", "x x\nx x", 4), (r"%s/A\c/x/g", "x x\nx x", 4),
        (r"1,2s/\(a\) \(.\)/\2-\1/i", "a-a\nA-a", 2), ("%s#a#/#g", "/ /\n/ A", 3), ("%s/a/x\\ry/", "x\ny a\nx\ny A", 2),
        ("%s/a|b/x/", "a a\na A", 0), (".,$s/a*  *//", "a\nA", 2), ("1,2s/a/é&\\&/g", "éa& éa&\néa& A", 3),
        ("s/a//g", " \na A", 2), (r"%s/\v(a) (a)/\U&/", "A A\na A", 1), (r"%s/\w\+$/\u&x/", "a Ax\na Ax", 2),
        (r"%s/A$/\l&\0/", "a a\na aA", 1), (r"%s/a\{1,} a/x/", "x\na A", 1), ("%s/x/y/", "a a\na A", 0),
    ],
)  # fmt: skip
def test_substitutions_behind_a_colon(typed: str, after: str, found: int) -> None:
    command = read(typed, last=1)
    assert isinstance(command, Substitute)
    lines = ["a a", "a A"]
    changed, times, _ = command.carried_out(lines[command.first : command.last + 1])
    lines[command.first : command.last + 1] = changed
    assert ("\n".join(lines), times) == (after, found)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("s", 0, 0), ("%s", 0, 99), ("&&", 0, 0), ("3,5s", 2, 4), (".,+3s", 0, 3), ("2;+1s", 1, 2), ("'<,'>s", 1, 3),
        ("'a,$s", 7, 99), ("/from/s", 9, 9), ("/a/,/b/+1s", 9, 10), ("$-2,$s", 97, 99), ("5,2s", 1, 4), (",3s", 0, 2),
        ("1,999s", 0, 99), ("3,s", 0, 2),
    ],
)  # fmt: skip
def test_ranges_and_the_last_substitution_again(typed: str, first: int, last: int) -> None:
    command = read(typed)
    assert isinstance(command, Substitute)
    assert (command.first, command.last, command.by) == (first, last, "b")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (":w", Plain("write")), ("w /tmp/a b.sql", Plain("write", "/tmp/a b.sql")), ("wq", Plain("write and quit")),
        ("x", Plain("write and quit")), ("q!", Plain("quit")), ("42", Plain("go", line=41)), ("w!", Plain("write")),
        ("%w a.sql", Plain("write", "a.sql")),
        ("$", Plain("go", line=99)), ("9999", Plain("go", line=99)), ("'a", Plain("go", line=7)),
        ("+5", Plain("go", line=5)), ("/from", Plain("go", line=9)), ("e a.sql", Plain("edit", "a.sql")),
        ("bn", Plain("next buffer")), ("noh", Plain("nothing")), ("", Plain("nothing")),
        ("2,4d", OnLines("d", 1, 3)), ("d", OnLines("d", 0, 0)), ("%y", OnLines("y", 0, 99)), 
        ("5d x", OnLines("d", 4, 4, "x")),
        ("d3", OnLines("d", 0, 2)), ("2,3>>", OnLines(">", 1, 2, times=2)), ("j", OnLines("j", 0, 1)),
        ("2,4j", OnLines("j", 1, 3)), ("2m$", OnLines("m", 1, 1, target=99)), ("2,3t0", OnLines("t", 1, 2, target=-1)),
        ("t.", OnLines("t", 0, 0)), ("g/a/d", OnMatches(0, 99, compiled("a", smart=False), False)),
        ("2,9v/a/d", OnMatches(1, 8, compiled("a", smart=False), True)),
        ("g!/a/d", OnMatches(0, 99, compiled("a", smart=False), True)),
        ("set", None), ("%d_x_y", None), ("%s/[/x/", None), ("'zd", None), ("/no/d", None), ("g/a/m0", None),
        ("s/a/b/c", None), (r"s/a\zsb/x/", None), ("1,3m2", None), ("5q", None), ("m", None),
    ],
)  # fmt: skip
def test_commands_behind_a_colon(typed: str, meant: Command | None) -> None:
    if meant is not None:
        assert read(typed) == meant
        return
    with pytest.raises(Failure) as raised:
        read(typed)
    assert raised.value.sentence.endswith(".")


@pytest.mark.parametrize(
    ("typed", "after"),
    [
        ("2d", "a\n^c\nd"), ("2,3d", "a\n^d"), ("%d", "^"), ("2t.", "a\nb\n^b\nc\nd"), ("2t0", "^b\na\nb\nc\nd"),
        ("1m$", "b\nc\nd\n^a"), ("4m0", "^d\na\nb\nc"), ("1,2m3", "c\na\n^b\nd"), ("1,3j", "a b^ c\nd"),
        ("2>", "a\n  ^b\nc\nd"),
        ("2,3y", "a\n^b\nc\nd"),
    ],
)  # fmt: skip
def test_what_is_done_to_whole_lines_is_undone_as_one(typed: str, after: str) -> None:
    text = Lines("a\n^b\nc\nd")
    vi = Vi(text)
    command = read(typed, line=1, last=3)
    assert isinstance(command, OnLines)
    vi.on_lines(command)
    assert text.marked() == after
    if "y" not in typed:
        press(text, vi, "u")
    assert text.lines() == ["a", "b", "c", "d"]
