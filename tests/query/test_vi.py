"""Vi keys, as fingers know them: each case is a text, the keys, and the text afterwards; ^ is the cursor.

Vim does the same in every case, with shiftwidth=2, expandtab and autoindent.
"""

import pytest

from chatly_console.query.vi import Mode, Place, Vi


class Lines:
    """A text in memory."""

    def __init__(self, marked: str) -> None:
        at = marked.index("^")
        before = marked[:at]
        self.lines = (before + marked[at + 1 :]).split("\n")
        self._cursor = before.count("\n"), len(before.rpartition("\n")[2])
        self.selection: tuple[Place, Place] | None = None
        self.past: list[tuple[list[str], Place]] = []

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

    def marked(self) -> str:
        line, column = self._cursor
        lines = list(self.lines)
        lines[line] = lines[line][:column] + "^" + lines[line][column:]
        return "\n".join(lines)


def press(text: Lines, vi: Vi, keys: str) -> None:
    """`␛` stands for escape, `⏎` for enter."""
    for key in keys:
        name = {"␛": "escape", "⏎": "enter"}.get(key, key)
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
