"""Walks from object to object, by a foreign key or by what one uses, and back the same way."""

from typing import TYPE_CHECKING

from chatly_console.core.catalogue import CatalogueObject, Schema
from chatly_console.schema.dependencies import followed
from chatly_console.shell.messages import Say

if TYPE_CHECKING:
    from chatly_console.schema.ui.catalogue_pane import CataloguePane


class Walking:
    """One for the pane: it knows which objects were left."""

    def __init__(self, pane: "CataloguePane") -> None:
        self._pane = pane
        self._left: list[CatalogueObject | Schema] = []

    def forget(self) -> None:
        """Another database: there is no way back."""
        self._left.clear()

    def to(self, found: CatalogueObject) -> None:
        """Go to an object, and remember the one on show."""
        if self._pane.looking.subject is not None:
            self._left.append(self._pane.looking.subject.object)
        self._pane.go_to(found)

    def back(self) -> None:
        """Back to the object that was left last."""
        if self._left:
            self._pane.go_to(self._left.pop())

    def follow(self, row: int) -> None:
        """To the object that a row of the tab on show leads to."""
        tab, catalogue = self._pane.looking.current, self._pane.catalogue
        found = followed(catalogue, tab.targets[row]) if tab is not None and catalogue is not None else None
        if found is not None:
            self.to(found)
        else:
            self._pane.post_message(
                Say("That is one of the system's own objects, or a new one: r reads again.", "warning")
            )
