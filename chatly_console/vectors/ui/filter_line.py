"""The line for a condition on the rows, which completes the names of the table's columns."""

import re
from collections.abc import Sequence

from textual.suggester import Suggester

from chatly_console.core.quote import quote_identifier
from chatly_console.core.text import safe_text
from chatly_console.shell.text_fields import TextField

_WORDS = ("and", "or", "not", "is null", "is not null", "in (", "like '", "between")


class NameSuggester(Suggester):
    """Completes the last word of a condition with a column's name, or with one of SQL's own words."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.names = tuple(names)

    async def get_suggestion(self, value: str) -> str | None:
        """The whole condition with its last word completed; None where nothing fits."""
        typed = re.search(r"(\w+)\Z", value)
        if typed is None or value.count("'") % 2:
            return None
        begun = typed.group(1)
        for name in (*map(quote_identifier, self.names), *_WORDS):
            bare = name.removeprefix('"')
            if bare.lower().startswith(begun.lower()) and len(bare) > len(begun) and safe_text(name) == name:
                start = typed.start() - (value[: typed.start()].endswith('"') and name.startswith('"'))
                return value[:start] + name if name.startswith('"') else value + name[len(begun) :]
        return None


class FilterLine(TextField):
    """In sight only while it says something, or is being written."""

    def __init__(self) -> None:
        self._names = NameSuggester()
        super().__init__(
            placeholder="where: a condition on the rows, such as language = 'de'   (→ completes, empty: all rows)",
            id="vectors-filter",
            compact=True,
            suggester=self._names,
        )
        self.display = False

    def offer(self, names: Sequence[str]) -> None:
        """Complete these names from now on."""
        self._names.names = tuple(names)
