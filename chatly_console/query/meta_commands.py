r"""What a backslash command of psql means here: `\dt` lists tables, `\x` shows a row downwards, and so on. Pure."""

import re
import shlex
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from chatly_console.core.classify import redact
from chatly_console.query.meta_words import SAID

Kind = Literal[
    "list", "relation", "policies", "rows_down", "say", "unknown", "watch", "edit", "include", "include beside", "set",
    "unset", "connect", "history", "quit", "run", "save", "copy", "commands",
    "echo", "values",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is to be done. `text` is a name, a path, a statement file or a sentence; `values` go with it."""

    kind: Kind
    text: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MetaCommand:
    """A command as it stands in the text, without its backslash."""

    name: str
    argument: str = ""


SENDING = ("g", "gx", "watch")
"""Commands that send the statement before them."""
INCLUDING = ("i", "include")
"""Commands that run a file."""
INCLUDING_BESIDE = ("ir", "include_relative")
"""The same; its path is seen from the folder of the file that the command stands in."""
_LISTING = re.compile(r"(?:d|z|l|list|lo_list)[A-Za-z]*")
_PART = re.compile(r"(df|dP)[anptwi]+")
"""Commands with letters for a part of what they list; here the list has a column that says which."""
_SEVERAL = re.compile(r"d([tvmsiE]{2,})")
_RELKINDS = {"t": "rp", "v": "v", "m": "m", "s": "S", "i": "iI", "E": "f"}
_COMMAND_LINE = re.compile(r"^[ \t]*\\[A-Za-z?!]", re.MULTILINE)
_BEHIND = re.compile(r"[ \t]*;?[ \t]*\\([A-Za-z]+)[ \t]*([^\n]*)")
_BELOW = re.compile(r"[ \t]*;?[ \t]*\n[ \t]*\\(gx|g|watch)\b[ \t]*([^\n]*)")
_COMMAND = re.compile(r"\s*\\(!|\?|[A-Za-z][A-Za-z_]*\+?|\S)[ \t]*([^\n]*)")


def command_on(line: str) -> MetaCommand | None:
    r"""The command that a line consists of; None where it is another text.

    >>> command_on(r"  \dt+ public.* ")
    MetaCommand(name='dt', argument='public.*')
    """
    found = _COMMAND.fullmatch(line.rstrip().rstrip(";"))
    return None if found is None else MetaCommand(found[1].rstrip("+") or found[1], found[2].strip())


def command_behind(text: str, end: int) -> MetaCommand | None:
    r"""The command that sends the statement ending at `end`: `\gx` or any behind it, `\watch 5` on the next line.

    >>> command_behind(r"select 1 \gx", 8), command_behind("select 1;\n\\dt", 8)
    (MetaCommand(name='gx', argument=''), None)
    """
    found = _BEHIND.match(text, end) or _BELOW.match(text, end)
    return None if found is None else MetaCommand(found[1], found[2].strip())


def commands_between(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, MetaCommand]]:
    """The commands that stand on lines of their own between the statements, whose starts and ends are given."""
    starts = [start for start, _ in spans]
    for found in _COMMAND_LINE.finditer(text):
        before = bisect_right(starts, found.end() - 1) - 1
        line_end = text.find("\n", found.end())
        command = command_on(text[found.start() : len(text) if line_end < 0 else line_end])
        if command is not None and (before < 0 or spans[before][1] <= found.start()):
            yield found.start(), command


def meaning(command: MetaCommand) -> Meaning:
    """What the console does for it; an unknown one says what to use instead."""
    name, with_system = _without_options(command.name)
    known = _KNOWN.get(name)
    if known is not None:
        meant = known(command.argument) if callable(known) else known
        return replace(meant, values=_all_of(meant.values)) if with_system and meant.kind == "list" else meant
    kinds = _SEVERAL.fullmatch(name)
    if kinds is not None:
        values = "".join(_RELKINDS[letter] for letter in kinds[1]), *like(command.argument)
        return Meaning("list", "list_relations", _all_of(values) if with_system else values)
    said = SAID.get(name)
    if said is not None:
        return Meaning("say", said)
    hint = r"\? lists what is, ctrl+p the console's own commands."
    return Meaning("unknown", f"\\{redact(command.name)} is not understood here: {hint}")


def _without_options(name: str) -> tuple[str, bool]:
    r"""The command without psql's letters behind it, and whether one of them asks for what is the system's.

    >>> _without_options("dtS"), _without_options("dfnx"), _without_options("dx")
    (('dt', True), ('df', False), ('dx', False))
    """
    bare = name
    while bare not in _KNOWN and bare not in SAID and _LISTING.fullmatch(bare) and bare[-1] in "Sx":
        bare = bare[:-1]
    part = _PART.fullmatch(bare)
    return part[1] if part is not None and bare not in SAID else bare, "S" in name[len(bare) :]


def _all_of(values: tuple[str, ...]) -> tuple[str, ...]:
    """Patterns that let through what is the system's too."""
    return tuple([{"": "%", "%": "%%"}.get(value, value) for value in values])


def like(pattern: str) -> tuple[str, str]:
    r"""psql's pattern as two of LIKE, for schema and name: `*` and `?` are wild, quotes keep what is in them.

    >>> like("pub*.my_t?ble"), like('"A.b"'), like("")
    (('pub%', 'my\\_t_ble'), ('', 'A.b'), ('', '%'))
    """
    parts, quoted = [""], False
    for character in pattern:
        if character == '"':
            quoted = not quoted
        elif character == "." and not quoted:
            parts.append("")
        else:
            plain = character if quoted else character.lower()
            wild = {"*": "%", "?": "_"}.get(plain) if not quoted else None
            parts[-1] += wild or ("\\" + plain if plain in "%_\\" else plain)
    name = parts[-1] or "%"
    return (parts[-2] if len(parts) > 1 else ""), name


def _listing(file: str, *fixed: str) -> Callable[[str], Meaning]:
    return lambda argument: Meaning("list", file, (*fixed, *like(argument)))


def _named(file: str) -> Callable[[str], Meaning]:
    return lambda argument: Meaning("list", file, (like(argument)[1],))


def _relation(argument: str) -> Meaning:
    if not argument or "*" in argument or "?" in argument:
        return Meaning("list", "list_relations", ("rpvmSf", *like(argument)))
    return Meaning("relation", argument)


def _privileges(argument: str) -> Meaning:
    if not argument or "*" in argument or "?" in argument:
        return Meaning("list", "list_privileges", like(argument))
    return Meaning("policies", argument)


def _watch(argument: str) -> Meaning:
    """The seconds between two runs, and how often it runs at most (`c=`); psql's `m=` has no use for a screen."""
    seconds, times = 2.0, 0
    for word in argument.split():
        name, _, value = word.rpartition("=")
        try:
            if name in ("", "i", "interval"):
                seconds = float(value)
            elif name in ("c", "count"):
                times = int(value)
            else:
                return Meaning("unknown", f"\\watch takes seconds (i=) and a count (c=), not {name}=.")
        except ValueError:
            return Meaning("unknown", f"“{value}” is no number for \\watch.")
    return Meaning("watch", str(min(max(seconds, 0.2), 3600)), (str(times),))


def _path(kind: Kind) -> Callable[[str], Meaning]:
    def meant(argument: str) -> Meaning:
        try:
            words = shlex.split(argument)
        except ValueError:
            words = [argument]
        return Meaning(kind, words[0] if words else "")

    return meant


def _set(argument: str) -> Meaning:
    name, _, value = argument.partition(" ")
    if not name:
        return Meaning("say", "Values of parameters are asked for when a statement with :name runs.")
    value = value.strip()
    return Meaning("set", name, (value[1:-1].replace("''", "'") if value[:1] == "'" == value[-1:] else value,))


_KNOWN: dict[str, Meaning | Callable[[str], Meaning]] = {
    "d": _relation,
    **{f"d{letter}": _listing("list_relations", kinds) for letter, kinds in _RELKINDS.items()},
    "df": _listing("list_functions"),
    "dT": _listing("list_types"),
    "dn": _named("list_schemas"),
    "du": _named("list_roles"),
    "dg": _named("list_roles"),
    "dx": _named("list_extensions"),
    "l": _named("list_databases"),
    "list": _named("list_databases"),
    "dp": _privileges,
    "z": _privileges,
    "sf": _listing("show_function"),
    "sv": _listing("show_view"),
    "x": Meaning("rows_down"),
    "gx": Meaning("rows_down"),
    "g": Meaning("run"),
    "gset": lambda argument: Meaning("values", argument),
    **dict.fromkeys(("echo", "qecho", "warn"), lambda argument: Meaning("echo", argument)),
    "watch": _watch,
    "e": _path("edit"),
    "edit": _path("edit"),
    **dict.fromkeys(INCLUDING, _path("include")),
    **dict.fromkeys(INCLUDING_BESIDE, _path("include beside")),
    "w": _path("save"),
    "write": _path("save"),
    "copy": lambda argument: Meaning("copy", argument),
    "set": _set,
    "unset": _path("unset"),
    "c": Meaning("connect"),
    "connect": Meaning("connect"),
    "s": Meaning("history"),
    "?": Meaning("commands"),
    "q": Meaning("quit"),
    "quit": Meaning("quit"),
}  # fmt: skip
