"""Vi keys, as fingers know them: each case is a text, the keys, and the text afterwards; ^ is the cursor.

Vim does the same in every case, with shiftwidth=2, expandtab and autoindent.
"""

import pytest

from chatly_console.core.failure import Failure
from chatly_console.query.vi import Mode, Place, Vi
from chatly_console.query.vi.commands import Plain, Substitute, read_command
from chatly_console.query.vi.registers import Registers
from tests.query.stage import Stage, until


class Lines:
    """A text in memory."""

    def __init__(self, marked: str) -> None:
        at = marked.index("^")
        before = marked[:at]
        self.lines = (before + marked[at + 1 :]).split("\n")
        self._cursor = before.count("\n"), len(before.rpartition("\n")[2])
        self.selection: tuple[Place, Place] | None = None
        self.past: list[tuple[list[str], Place]] = []
        self.begun = 0
        self.in_sight = (0, len(self.lines) - 1)
        self.scrolled: tuple[int, str] | None = None

    @property
    def line_count(self) -> int:
        return len(self.lines)

    @property
    def cursor(self) -> Place:
        return self._cursor

    def line(self, number: int) -> str:
        return self.lines[number]

    def move(self, place: Place) -> None:
        self._cursor, self.selection = place, None

    def select(self, start: Place, end: Place) -> None:
        self._cursor, self.selection = end, (start, end)

    def between(self, start: Place, end: Place) -> str:
        lines = self.lines[start[0] : end[0] + 1]
        lines[-1] = lines[-1][: end[1]]
        lines[0] = lines[0][start[1] :]
        return "\n".join(lines)

    def replace(self, start: Place, end: Place, text: str) -> None:
        self.past.append((list(self.lines), self._cursor))
        whole = self.lines[start[0]][: start[1]] + text + self.lines[end[0]][end[1] :]
        self.lines[start[0] : end[0] + 1] = whole.split("\n")
        self._cursor = start

    def undo(self, redo: bool) -> None:
        if self.past and not redo:
            self.lines, self._cursor = self.past.pop()

    def begin_change(self) -> None:
        self.begun = len(self.past)

    def end_change(self) -> None:
        del self.past[self.begun + 1 :]

    def scroll(self, line: int, height: str) -> None:
        self.scrolled = line, height

    def marked(self) -> str:
        line, column = self._cursor
        lines = list(self.lines)
        lines[line] = lines[line][:column] + "^" + lines[line][column:]
        return "\n".join(lines)


def press(text: Lines, vi: Vi, keys: str) -> None:
    """`␛` stands for escape, `⏎` for enter, `␈` for backspace."""
    for key in keys:
        name = {"␛": "escape", "⏎": "enter", "␈": "backspace"}.get(key, key)
        if not vi.feed(name) and vi.mode is Mode.INSERT:
            line, column = text.cursor
            text.replace((line, column), (line, column), "\n" if name == "enter" else name)
            text.move((line + 1, 0) if name == "enter" else (line, column + 1))


CASES = """
^select a, b » w » select ^a, b
^select a, b » 2w » select a^, b
select a, ^b » b » select a^, b
^a.b c » W » a.b ^c
^select a » e » selec^t a
a ^b » 0 » ^a b
  a^b » 0^ »   ^ab
^abc » $ » ab^c
^a⏎b⏎c » G » a⏎b⏎^c
a⏎b⏎^c » gg » ^a⏎b⏎c
^a⏎b⏎c » 2G » a⏎^b⏎c
^f(a, (b)) » % » f(a, (b)^)
^a,b,c » f, » a^,b,c
^a,b,c » 2f, » a,b^,c
^a,b,c » t, » ^a,b,c
^a,b,c » t,; » a,^b,c
^a,b,c » f,; » a,b^,c
^a,b,c » f,;, » a^,b,c
a,b,^c » F, » a,b^,c
^a⏎⏎b⏎⏎c » } » a⏎^⏎b⏎⏎c
^a b » 9l » a ^b
^a⏎b » 9j » a⏎^b
a^b » w » a^b
^select a » dw » ^a
^a b c d » d2w » ^c d
^a b c d » 2dw » ^c d
a ^b c » d$ » a^ 
a ^b c » D » a^ 
^a⏎b⏎c » dd » ^b⏎c
^a⏎b⏎c » 2dd » ^c
a⏎b⏎^c » dd » a⏎^b
^a⏎b⏎c » dj » ^c
^a,b » df, » ^b
^a,b » dt, » ^,b
^f(a) b » d% » ^ b
a ^bc d » diw » a ^ d
a ^bc d » daw » a ^d
f(a, ^b) » di( » f(^)
f(a, ^b) » da( » ^f
x = 'it^em' y » di' » x = '^' y
x = '^a' » ci'new␛ » x = 'ne^w'
^old x » cwnew␛ » ne^w x
^a b » ccz␛ » ^z
a ^b c » Cz␛ » a ^z
^abc » x » ^bc
^abc » 2x » ^c
ab^c » X » a^c
^abc » sX␛ » ^Xbc
^abc » rX » ^Xbc
^abc » ~ » A^bc
^a⏎  b » J » a^ b
^a » >> »   ^a
   ^a » << »  ^a
^a⏎b » >j »   ^a⏎  b
^a⏎b » yyp » a⏎^a⏎b
a⏎^b » yyP » a⏎^b⏎b
^ab c » ywP » ab^ ab c
^ab » xp » b^a
^a⏎b » ddp » b⏎^a
^a b » dwP » a^ b
^a⏎b⏎c » 2yyjp » a⏎b⏎^a⏎b⏎c
^b » ia␛ » ^ab
^a » ab␛ » a^b
^a b » Ac␛ » a b^c
  a ^b » Ic␛ »   ^ca b
^  a » ob␛ »   a⏎  ^b
^a » Ob␛ » ^b⏎a
^ac » ab⏎␛ » ab⏎^c
^a b c » dw. » ^c
^aaa » x. » ^a
^old old » cwnew␛w. » new ne^w
^a⏎b » A;␛j. » a;⏎b^;
^abc » rxl. » x^xc
^abc d » vld » ^c d
^a⏎b⏎c » Vjd » ^c
^ab c » vey » ^ab c
f(^a, b) » vi(d » f(^)
^a b » vwcX␛ » ^X
^ab » v␛x » ^b
^abc » xu » ^abc
^abc » q » ^abc
^abc » 3␛x » ^bc
sel^ect A » guiw » ^select A
^select a » gUw » ^SELECT a
^select a » gUU » ^SELECT A
a^b c » g~$ » a^B C
^ab c » veU » ^AB c
^ab » 3ix␛ » xx^xab
^a » 3Ax␛ » axx^x
^a » 2ox␛ » a⏎x⏎^x
^a b, c » d2aw » ^, c
^a b, c » d2iw » ^b, c
^a⏎b⏎⏎c » dip » ^⏎c
^a⏎b⏎⏎c » dap » ^c
x = ^'a' -- b » da' » x = ^-- b
^f(a) b » di( » f(^) b
(^a, b) » cwX␛ » (^X, b)
(^ab, b) » c2wX␛ » (^X b)
^ab cd » vlld » ^cd
a^b cd » vwod » a^d
^a⏎b⏎c » VjJ » a^ b⏎c
^a⏎b⏎c » ddVp » ^a⏎c
^ab cd » yewvep » ab a^b
a⏎^b⏎⏎c » vipd » ^⏎c
ab c^d » ge » a^b cd
ab ^cd » dge » a^d
^a⏎ b » + » a⏎ ^b
^a b  » g_ » a ^b 
^ » ciwx␛ » ^x
^ » x » ^
^ » dw » ^
select ^a, bb » Rxyz␛ » select xy^zbb
select ^a, bb » 3Rab␛ » select ababa^b
select ^a, bb » Rxy␈␛ » select ^x, bb
select ^a, bb » Rx⏎y␛ » select x⏎^y bb
^ab⏎cd » RX␛j. » Xb⏎^Xd
-- ^one. Two! Three⏎-- four.⏎⏎select a; » ) » -- one. ^Two! Three⏎-- four.⏎⏎select a;
-- one. Two! ^Three⏎-- four.⏎⏎select a; » (( » ^-- one. Two! Three⏎-- four.⏎⏎select a;
^a b⏎c;⏎⏎d » ) » a b⏎c;⏎^⏎d
a ^b⏎c;⏎⏎d » d) » a^ ⏎⏎d
^One. Two. » das » ^Two.
One. ^Two. » cisX␛ » One. ^X
^One. Two. » y)P » One.^ One. Two.
^a⏎  b » gJ » a^  b
^a⏎b⏎c » 3gJ » ab^c
^ab cd⏎e » vey␛gvd » ^ cd⏎e
^a⏎b⏎c » Vjy␛GgvJ » a^ b⏎c
^a⏎b⏎c » majjd'a » ^
a^b⏎cd⏎ef » majjd`a » a^f
a^b⏎  cd⏎ef » jmxgg'x » ab⏎  ^cd⏎ef
^ab⏎c⏎d » lGggjG''x » ab⏎^⏎d
^id, video, id » * » id, video, ^id
^id, video, id » *n » ^id, video, id
id, video, ^id » # » ^id, video, id
^id⏎x⏎id » d* » ^id
^ab cd » "ayw"ap » aab^ b cd
^a b » "ayww"Ayw0"aP » a ^ba b
^a⏎b⏎c » yyjdd"0p » a⏎c⏎^a
^a⏎b⏎c⏎d » dddd"2p » c⏎^a⏎d
^a⏎b » yyj"_ddp » a⏎^a
^ab cd⏎ef gh » vjrz » ^zzzzz⏎zf gh
^a b⏎c » Vjrz » ^zzz⏎z
^a⏎b⏎c⏎d » Vj>. »     ^a⏎    b⏎c⏎d
^ab cd ef » ved.. » ^ef
^a⏎b » qqA;␛jq@q » a;⏎b^;
^a⏎b⏎c » qqA;␛jqj@@ » a;⏎b⏎^c
^a⏎b⏎c » gccjgcc » -- a⏎^-- b⏎c
^a⏎b⏎c » Vjgc » ^-- a⏎-- b⏎c
^a⏎b⏎c » gcGgcG » ^a⏎b⏎c
^a⏎b⏎c » Gmxggd'x » ^
^a⏎b⏎c⏎d » L » a⏎b⏎c⏎^d
a⏎b⏎c⏎^d » H » ^a⏎b⏎c⏎d
^a⏎b⏎c⏎d » M » a⏎^b⏎c⏎d
a⏎b⏎^c⏎d » dH » ^d
^ab » ix␛A;␛giy␛ » xab;^y
^x and⏎f(a) » ci(b␛ » x and⏎f(^b)
^a b c » d2aw » ^c
^a, b c » d2aw » ^b c
  ^a b » ccz␛ »   ^z
^a b » cf,X␛ » ^a b
^a, b⏎c » cf,X␛j. » X b⏎^c
^a⏎b » Vjd » ^
^ab⏎cd » Vvd » ^b⏎cd
^Ab⏎Cd » g~j » ^aB⏎cD
"""


@pytest.mark.parametrize("case", CASES.strip("\n").split("\n"))
def test_keys(case: str) -> None:
    before, keys, after = case.split(" » ")
    text = Lines(before.replace("⏎", "\n"))
    press(text, Vi(text), keys)
    assert text.marked() == after.replace("⏎", "\n")


def test_modes_are_told_and_escape_is_given_on_only_when_idle() -> None:
    text = Lines("^a b")
    vi = Vi(text)
    assert vi.feed("v")
    assert (vi.mode.value, text.selection) == ("VISUAL", ((0, 0), (0, 0)))
    assert vi.feed("escape")
    assert vi.mode.value == "NORMAL"
    assert not vi.feed("escape")
    assert not vi.feed("f5") and not vi.feed("ctrl+r")
    vi.feed("/")
    assert vi.request == "find"
    assert vi.feed("K") and vi.request == "tell"
    assert vi.feed("g") and vi.request == "" and vi.feed("d") and vi.request == "go there"
    vi.feed("i")
    assert not vi.feed("x")
    assert vi.mode.value == "INSERT"


def test_macros_and_registers_are_told_and_clipboards_are_used() -> None:
    copied: list[str] = []
    text = Lines("^a b")
    vi = Vi(text, registers=Registers(copied.append, lambda: "pasted\n"))
    press(text, vi, '"+yw')
    assert copied == ["a "]
    press(text, vi, '"+yy"*p')
    assert copied[1:] == ["a b\n"] and text.marked() == "a b\n^pasted"
    press(text, vi, "qa")
    assert vi.pending == "@a"
    press(text, vi, "xq")
    assert vi.pending == ""


@pytest.mark.parametrize(
    ("keys", "asked"),
    [("/", "find"), ("?", "find"), ("n", "next"), ("N", "previous"), (":w", ""), (":wq⏎", "command"),
     (":w␛", ""), (":w␈␈x", ""), ("V:s⏎", "command"),
     ("gt", "next buffer"),
     ("gT", "buffer before"), ("==", "format"), ("gg=G", "format"), ("V=", "format"), ("*n", ""), ("*/", "find")],
)  # fmt: skip
def test_what_the_editor_has_to_do_is_asked_of_it(keys: str, asked: str) -> None:
    text = Lines("a ^b")
    vi = Vi(text)
    press(text, vi, keys)
    assert vi.request == asked


def test_half_a_screen_and_the_height_of_the_line() -> None:
    text = Lines("^a" + "\na" * 99)
    vi = Vi(text)
    text.in_sight = (0, 19)
    assert vi.feed("ctrl+d") and text.cursor == (10, 0)
    assert vi.feed("ctrl+u") and text.cursor == (0, 0)
    press(text, vi, "50Gzz")
    assert text.scrolled == (49, "middle")
    press(text, vi, "zt")
    assert text.scrolled == (49, "top")


def test_marks_move_with_what_is_put_in_above_them() -> None:
    text = Lines("a\nb\n^c d")
    vi = Vi(text)
    press(text, vi, "wma")
    vi.marks.edited(0, 0, 2)
    text.lines[:1] = ["x", "y", "a"]
    press(text, vi, "gg`a")
    assert text.marked() == "x\ny\na\nb\nc ^d"
    vi.marks.edited(1, 4, -3)
    del text.lines[2:]
    press(text, vi, "gg'a")
    assert text.marked() == "x\n^y"


@pytest.mark.parametrize(
    ("typed", "after", "found"),
    [
        ("%s/a/b/g", "b b\nb A", 3), ("s/a/b", "b a\na A", 1), (r"%s/\<a\>$/[&]", "a [a]\na A", 1),
        ("2s/A/x/", "a a\na x", 1),
        (r"1,2s/\(a\) \(.\)/\2-\1/i", "a-a\nA-a", 2), ("%s#a#/#g", "/ /\n/ A", 3), ("%s/a/x\\ry/", "x\ny a\nx\ny A", 2),
        ("%s/a|b/x/", "a a\na A", 0), (".,$s/a*  *//", "a\nA", 2), ("'<,'>s/a/é&\\&/g", "éa& éa&\na A", 2),
        ("s/a//g", " \na A", 2),
    ],
)  # fmt: skip
def test_substitutions_behind_a_colon(typed: str, after: str, found: int) -> None:
    command = read_command(typed, 0, 1, (0, 0))
    assert isinstance(command, Substitute)
    lines = ["a a", "a A"]
    changed, times, _ = command.carried_out(lines[command.first : command.last + 1])
    lines[command.first : command.last + 1] = changed
    assert ("\n".join(lines), times) == (after, found)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (":w", Plain("write")), ("w /tmp/a b.sql", Plain("write", "/tmp/a b.sql")), ("wq", Plain("write and quit")),
        ("x", Plain("write and quit")), ("q!", Plain("quit")), ("42", Plain("go", line=41)),
        ("$", Plain("go", line=99)), ("9999", Plain("go", line=99)),
        ("e a.sql", Plain("edit", "a.sql")), ("bn", Plain("next buffer")),
        ("noh", Plain("nothing")), ("", Plain("nothing")), ("set", None), ("%d", None), ("%s/[/x/", None),
        ("s//x/", None),
    ],
)  # fmt: skip
def test_commands_behind_a_colon(typed: str, meant: Plain | None) -> None:
    if meant is not None:
        assert read_command(typed, 0, 99) == meant
        return
    with pytest.raises(Failure) as raised:
        read_command(typed, 0, 99)
    assert raised.value.sentence.endswith(".")


async def test_in_the_editor_a_command_is_undone_as_one_and_a_colon_asks(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        stage.pane.editing.use_vi(True)
        editor = stage.pane.editing.editor
        editor.load_text("select 1,\n  2,\n  3;\n")
        editor.move_cursor((0, 0))
        await pilot.press(*"3>>")
        await until(lambda: editor.text.startswith("  select 1,\n    2,\n    3;"))
        await pilot.press("j", "i", *"one", "left", *"two ", "escape", "u")
        await until(lambda: editor.text.startswith("  select 1,\n    2,\n    3;"))
        await pilot.press("u")
        await until(lambda: editor.text == "select 1,\n  2,\n  3;\n")
        await pilot.press("U")
        await until(lambda: editor.text.startswith("  select 1,\n    2,\n    3;"))
        await pilot.press("colon", *"%s/[0-9]/<&>/g", "enter")
        await until(lambda: editor.text == "  select <1>,\n    <2>,\n    <3>;\n")
        assert any("3 places replaced" in say.text for say in stage.said)
        await pilot.press("u")
        await until(lambda: "<" not in editor.text)
        await pilot.press(*"ggmajddk'aR", *"SELECT", "escape")
        await until(lambda: editor.text.startswith("  SELECT 1,\n    3"))
        await pilot.press("colon", *"nonsense", "enter")
        await until(lambda: any(":nonsense is not known here." in say.text for say in stage.said))
        await pilot.press("ctrl+w", "ctrl+d")
        await until(lambda: editor.cursor_location[0] == editor.document.line_count - 1)
        assert editor.text.startswith("  SELECT 1,\n    3")
