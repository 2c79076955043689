"""A small form of values, such as the parameters of a statement: one line each, with the type that the server says."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from chatly_console.core.text import cell_width, cut, safe_text
from chatly_console.query.edit import Special, Value
from chatly_console.shell.dialogs import key_row, words
from chatly_console.shell.grid.cells import NULL
from chatly_console.shell.text_fields import TextField

Values = tuple[Value, ...]
_LONGEST_LABEL, _LONGEST_TYPE = 30, 18
"""Cells; what is longer is cut, so that there is room for the value at 80 columns too."""

_AROUND = 8
"""Lines of the form beside the values: its edge, its title, the words about one of them, and the keys."""
_SHORTER = {
    "timestamp with time zone": "timestamptz", "timestamp without time zone": "timestamp",
    "time with time zone": "timetz", "time without time zone": "time",
    "character varying": "varchar", "double precision": "float8",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """A value that is asked for: how it is called, its type, what it begins with, and what it is in words."""

    label: str
    type: str
    value: Value
    is_known: bool = True
    """Whether that is a value, so that None means NULL and not that nothing is there yet."""
    words: str = ""
    while_empty: str = ""
    """What stands in the field as long as nothing is typed."""


class ValueInput(TextField):
    """One value: a text, NULL, or where that is allowed DEFAULT."""

    BINDINGS = [
        Binding("ctrl+n", "special(0)", "NULL", id="parameter.null", tooltip="NULL, or a text again"),
        Binding("ctrl+d", "special(1)", "DEFAULT", id="parameter.default", tooltip="The column's default"),
    ]

    def __init__(self, value: Value, *, known: bool = True, may_default: bool = False, while_empty: str = "") -> None:
        super().__init__(value if isinstance(value, str) else "", while_empty, compact=True, select_on_focus=True)
        self._may_default, self._while_empty = may_default, while_empty
        self._special: Value = ""
        if known and not isinstance(value, str):
            self._become(value)

    @property
    def given(self) -> Value:
        """The value."""
        return self.value if self._special == "" else self._special

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """DEFAULT is for columns."""
        return self._may_default if (action, parameters) == ("special", (1,)) else True

    def action_special(self, which: int) -> None:
        """NULL or DEFAULT, or a text again."""
        wanted: Value = Special.DEFAULT if which else None
        self._become("" if self._special == wanted else wanted)

    def _become(self, special: Value) -> None:
        self._special = special
        if special != "":
            self.value = ""
        self.placeholder = {None: NULL, Special.DEFAULT: "default"}.get(special, self._while_empty)  # type: ignore[arg-type]

    @on(Input.Changed)
    def _typed(self) -> None:
        if self.value and self._special != "":
            self._special, self.placeholder = "", self._while_empty


class Fields(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The lines; up and down go from one to the next, also where there are more than fit on the screen."""


class ParameterForm(ModalScreen[Values | None]):
    """Closes with the values in the order of the fields, or None."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    AUTO_FOCUS = "ValueInput"
    BINDINGS = [
        Binding("escape", "close", "Cancel", id="parameter.cancel", tooltip="Do nothing with these values"),
        Binding("f5,ctrl+s", "done", "Done", show=False, id="parameter.done", tooltip="Take all values as they stand"),
        Binding("up", "app.focus_previous", "Up", show=False, id="parameter.up", tooltip="The value above"),
        Binding("down", "app.focus_next", "Down", show=False, id="parameter.down", tooltip="The value below"),
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        problem: str = "",
        *,
        verb: str = "run it",
        may_default: bool = False,
    ) -> None:
        super().__init__()
        self._title, self._fields, self._problem = title, fields, problem
        self._verb, self._may_default = verb, may_default

    def compose(self) -> ComposeResult:
        """A line for each value, and what the one with the cursor is."""
        labels = [cut(safe_text(field.label), _LONGEST_LABEL) for field in self._fields]
        types = [cut(short_type(safe_text(field.type)) or "?", _LONGEST_TYPE) for field in self._fields]
        first, second = max(map(cell_width, labels)) + 2, max(map(cell_width, types)) + 2
        with Vertical(classes="dialog form", id="parameters"):
            yield words(self._title, "title")
            with Fields():
                for field, label, type_ in zip(self._fields, labels, types, strict=True):
                    with Horizontal(classes="parameter"):
                        name, kind = Static(Content(label), classes="name"), Static(Content(type_), classes="type")
                        name.styles.width, kind.styles.width = first, second
                        yield name
                        yield kind
                        yield ValueInput(
                            field.value, known=field.is_known, may_default=self._may_default,
                            while_empty=field.while_empty,
                        )  # fmt: skip
            if any(field.words for field in self._fields):
                yield Static("", id="parameter-words", classes="quiet", markup=False)
            if self._problem:
                yield words(self._problem, "quiet")
            default = (("^d", "default"),) if self._may_default else ()
            last = ("enter", "next") if len(self._fields) > 1 else ("enter", self._verb)
            more = (("F5", self._verb),) if len(self._fields) > 1 else ()
            yield key_row(last, *more, ("^n", "NULL"), *default, ("esc", "cancel"))

    def on_resize(self, event: events.Resize) -> None:
        """The lines have the height that is left; what is above and below them stays in sight."""
        fields = self.query_one(Fields)
        fields.styles.max_height = max(event.size.height * 85 // 100 - _AROUND - 3 * bool(self._problem), 3)

    @on(events.DescendantFocus)
    def _moved(self, event: events.DescendantFocus) -> None:
        for line in self.query("#parameter-words").results(Static):
            at = list(self.query(ValueInput)).index(event.widget) if isinstance(event.widget, ValueInput) else 0
            line.update(Content(safe_text(self._fields[at].words)))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input is not list(self.query(ValueInput))[-1]:
            self.focus_next(ValueInput)
        else:
            self.action_done()

    def action_done(self) -> None:
        """End with all values as they stand."""
        self.dismiss(tuple(field.given for field in self.query(ValueInput)))

    def action_close(self) -> None:
        """Run nothing."""
        self.dismiss(None)


def short_type(name: str) -> str:
    """A type by the shorter of its names, where it has two.

    >>> short_type("timestamp with time zone[]"), short_type("character varying(20)"), short_type("uuid")
    ('timestamptz[]', 'varchar(20)', 'uuid')
    """
    for long, short in _SHORTER.items():
        name = name.replace(long, short)
    return name
