"""Where vi keeps what was yanked and deleted: the unnamed register, `0` to `9`, `a` to `z`, `-`, `_`, and `+`."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chatly_console.query.vi.characters import cell_of

CLIPBOARD = frozenset("+*")
NAMES = frozenset('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"-_+*/:.')
READ_ONLY = frozenset("/:.")


@dataclass(frozen=True, slots=True)
class Kept:
    """A text, and whether it is whole lines, or a block as wide as the widest of its lines."""

    text: str = ""
    linewise: bool = False
    block: bool = False
    width: int = 0

    @property
    def rows(self) -> list[str]:
        """The lines of a block."""
        return self.text.split("\n")


def block_of(rows: list[str], width: int = 0) -> Kept:
    """A block of these lines."""
    widest = max((cell_of(row, len(row)) for row in rows), default=0)
    return Kept("\n".join(rows), block=True, width=max(width, widest))


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

    def delete(self, name: str, kept: Kept, *, jumped: bool = False) -> None:
        """Keep what was deleted: lines, and what was `jumped` over, push the older ones on, from `1` to `9`."""
        if self._keep(name, kept) and not jumped:
            return
        is_small = not kept.linewise and "\n" not in kept.text
        if is_small and not name:
            self._kept["-"] = kept
        if (is_small and not jumped) or name == "_":
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

    def put(self, name: str, kept: Kept) -> None:
        """Hold this, whatever was there; what was recorded under a capital letter comes behind what is there."""
        if name.isupper():
            kept = Kept(self.read(name).text + kept.text)
        self._kept[name.lower()] = kept

    def _keep(self, name: str, kept: Kept) -> bool:
        """Keep it in the unnamed register and in the named one; returns whether one was named."""
        if name == "_":
            return True
        if name in READ_ONLY:
            name = ""
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
