"""Where vi keeps what was yanked and deleted: the unnamed register, `0` to `9`, `a` to `z`, `-`, `_`, and `+`."""

from collections.abc import Callable
from dataclasses import dataclass, field

CLIPBOARD = frozenset("+*")
NAMES = frozenset('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"-_+*')


@dataclass(frozen=True, slots=True)
class Kept:
    """A text, and whether it is whole lines."""

    text: str = ""
    linewise: bool = False


@dataclass
class Registers:
    """What each register holds; `name` is empty where none was named."""

    copy: Callable[[str], None] = lambda text: None
    """Puts a text on the clipboard."""
    pasted: Callable[[], str] = lambda: ""
    """What is on it."""
    _kept: dict[str, Kept] = field(default_factory=dict)

    def yank(self, name: str, kept: Kept) -> None:
        """Keep what was yanked."""
        if not self._keep(name, kept):
            self._kept["0"] = kept

    def delete(self, name: str, kept: Kept) -> None:
        """Keep what was deleted: whole lines push the older ones on, from `1` to `9`."""
        if self._keep(name, kept):
            return
        if not kept.linewise and "\n" not in kept.text:
            self._kept["-"] = kept
            return
        for number in range(9, 1, -1):
            if str(number - 1) in self._kept:
                self._kept[str(number)] = self._kept[str(number - 1)]
        self._kept["1"] = kept

    def read(self, name: str) -> Kept:
        """What a register holds; empty where nothing."""
        if name in CLIPBOARD:
            text = self.pasted()
            return Kept(text.removesuffix("\n"), text.endswith("\n"))
        return self._kept.get(name.lower() if name else '"', Kept())

    def restore(self, name: str, kept: Kept) -> None:
        """Hold this again, whatever happened meanwhile."""
        self._kept[name] = kept

    def _keep(self, name: str, kept: Kept) -> bool:
        """Keep it in the unnamed register and in the named one; returns whether one was named."""
        if name == "_":
            return True
        if name.isupper():
            before = self.read(name)
            lines = before.linewise or kept.linewise
            joint = "\n" if lines and before.text else ""
            kept = Kept(f"{before.text}{joint}{kept.text}", lines)
        self._kept['"'] = kept
        if name in CLIPBOARD:
            self.copy(f"{kept.text}\n" if kept.linewise else kept.text)
        elif name and name != '"':
            self._kept[name.lower()] = kept
        return bool(name) and name != '"'
