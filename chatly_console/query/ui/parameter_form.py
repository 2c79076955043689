"""A small form for the parameters of a statement: one line each, with the type that the server says."""

from collections.abc import Sequence
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from chatly_console.core.saved_query import QueryParameter
from chatly_console.core.text import cell_width, safe_text
from chatly_console.query.edit import Special, Value
from chatly_console.shell.dialogs import key_row, words
from chatly_console.shell.grid.cells import NULL
from chatly_console.shell.text_fields import TextField

Values = tuple[Value, ...]


class ValueInput(TextField):
    """One value: a text, NULL, or where that is allowed DEFAULT."""

    BINDINGS = [
        Binding("ctrl+n", "special(0)", "NULL", id="parameter.null", tooltip="NULL, or a text again"),
        Binding("ctrl+d", "special(1)", "DEFAULT", id="parameter.default", tooltip="The column's default"),
    ]

    def __init__(self, value: Value, *, known: bool = True, may_default: bool = False) -> None:
        super().__init__(value if isinstance(value, str) else "", compact=True, select_on_focus=True)
        self._may_default = may_default
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
        self.placeholder = {None: NULL, Special.DEFAULT: "default"}.get(special, "")  # type: ignore[arg-type]

    @on(Input.Changed)
    def _typed(self) -> None:
        if self.value and self._special != "":
            self._special, self.placeholder = "", ""


class ParameterForm(ModalScreen[Values | None]):
    """Closes with the values in the order of the parameters, or None."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    AUTO_FOCUS = "ValueInput"
    BINDINGS = [
        Binding("escape", "close", "Cancel", id="parameter.cancel", tooltip="Do not run the statement"),
        Binding("up", "app.focus_previous", "Up", show=False, id="parameter.up", tooltip="The value above"),
        Binding("down", "app.focus_next", "Down", show=False, id="parameter.down", tooltip="The value below"),
    ]

    def __init__(
        self,
        title: str,
        rows: Sequence[tuple[QueryParameter, Value, bool]],
        types: Sequence[str],
        problem: str = "",
        *,
        may_default: bool = False,
    ) -> None:
        super().__init__()
        self._may_default = may_default
        self._title, self._rows, self._types, self._problem = title, rows, types, problem

    def compose(self) -> ComposeResult:
        """A line for each parameter."""
        labels = [safe_text(_label(parameter.name)) for parameter, _, _ in self._rows]
        types = [safe_text(self._type(number))[:40] for number in range(len(self._rows))]
        first, second = max(map(cell_width, labels)) + 2, max(map(cell_width, types)) + 2
        with Vertical(classes="dialog wide", id="parameters"):
            yield words(self._title, "title")
            with VerticalScroll(can_focus=False):
                for (parameter, value, known), label, type_ in zip(self._rows, labels, types, strict=True):
                    with Horizontal(classes="parameter"):
                        name, kind = Static(Content(label), classes="name"), Static(Content(type_), classes="type")
                        name.styles.width, kind.styles.width = first, second
                        yield name
                        yield kind
                        yield ValueInput(value, known=known, may_default=self._may_default)
                    if parameter.words:
                        yield words(f"  {parameter.words}", "quiet")
            if self._problem:
                yield words(self._problem, "quiet")
            default = (("^d", "default"),) if self._may_default else ()
            yield key_row(("enter", "next, then run"), ("^n", "NULL"), *default, ("esc", "cancel"))

    def _type(self, number: int) -> str:
        known = self._types[number] if number < len(self._types) else ""
        return known or self._rows[number][0].type or "?"

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        fields = list(self.query(ValueInput))
        if event.input is not fields[-1]:
            self.focus_next(ValueInput)
        else:
            self.dismiss(tuple(field.given for field in fields))

    def action_close(self) -> None:
        """Run nothing."""
        self.dismiss(None)


def _label(name: str) -> str:
    return name if name.startswith("$") else f":{name}"
