r"""What a backslash command does in a script: `\set` and `\if` are done, `\timing` is left out. Pure."""

from typing import Literal

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.query.meta_commands import MetaCommand, meaning

Verb = Literal["run", "gset", "gexec", "echo", "set", "unset", "if", "elif", "else", "endif", "quit", "copy"]
Doing = Verb | Literal["include", "include beside", "restrict", "unrestrict", "left out", "not sent"]

_DONE: dict[str, Doing] = {
    "g": "run", "gx": "run", "gset": "gset", "gexec": "gexec", "echo": "echo", "qecho": "echo", "warn": "echo",
    "set": "set", "unset": "unset", "if": "if", "elif": "elif", "else": "else", "endif": "endif", "q": "quit",
    "quit": "quit", "copy": "copy", "i": "include", "include": "include", "ir": "include beside",
    "include_relative": "include beside", "restrict": "restrict", "unrestrict": "unrestrict", "gdesc": "not sent",
}  # fmt: skip
_REFUSED = {
    **dict.fromkeys(("c", "connect"), "leads to another connection; F2 connects there, then run what stands below it"),
    **dict.fromkeys(("!", "setenv", "getenv"), "reaches for the shell, and no other program is run from here"),
    **dict.fromkeys(("e", "edit", "ef", "ev"), "opens an editor, and a script runs by itself"),
    **dict.fromkeys(("w", "write", "s"), "writes a file of what was typed, and a script has typed nothing"),
    **dict.fromkeys(("lo_import", "lo_export", "lo_list", "lo_unlink"), "is for large objects; lo_get() is SQL"),
    **dict.fromkeys(
        (
            "bind", "bind_named", "parse", "close_prepared", "startpipeline", "sendpipeline", "syncpipeline",
            "endpipeline", "flush", "flushrequest", "getresults",
        ),
        "belongs to prepared statements of psql; PREPARE and EXECUTE do the same",
    ),
    "cd": "changes the folder; write the paths in full",
    "password": "asks for a password; ALTER ROLE … PASSWORD sets one",
    "prompt": r"waits for somebody to type; \set NAME VALUE gives the value",
}  # fmt: skip
_TOLD_OTHERWISE = {"on_error_stop": ("0", "off", "false", "no"), "autocommit": ("0", "off", "false", "no")}


def doing(name: str, argument: str) -> Doing:
    """What is done with a command of a script; raises Failure where it would change what the rest of it does."""
    name = name.rstrip("+") or name
    if name in ("g", "gx") and argument:
        raise _refused(name, r"writes to a file; \copy (QUERY) to 'FILE' does")
    if name == "encoding" and argument.strip().lower().replace("-", "") not in ("", "utf8", "unicode"):
        raise _refused(name, "says that the file is not UTF-8; convert it with iconv")
    if name in _REFUSED:
        raise _refused(name, _REFUSED[name])
    if name not in _DONE and not name.startswith("d") and meaning(MetaCommand(name.rstrip(";"))).kind == "unknown":
        raise _refused(name, "is not understood here")
    return _DONE.get(name, "left out")


def is_told_otherwise(words: list[str]) -> bool:
    r"""Whether `\set` asks for what no script gets here: to go on behind an error, or to leave a transaction open."""
    name, value = words[0].lower() if words else "", "".join(words[1:]).lower()
    return value in _TOLD_OTHERWISE.get(name, ())


def _refused(name: str, why: str) -> Failure:
    return Failure(f"\\{name} {why}.", FailureKind.USAGE)
