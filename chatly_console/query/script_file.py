r"""Reads a script whole before anything of it runs, with the files that it takes in by `\i` and `\ir`."""

import os
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from typing import cast

from chatly_console.core.classify.words import Words
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.sql import Part, parts
from chatly_console.core.sql.meta import SENDING
from chatly_console.query.copy_command import read_copy
from chatly_console.query.inline_data import InlineData, Source
from chatly_console.query.place import Place
from chatly_console.query.script import Script, Step
from chatly_console.query.script_commands import Verb, doing, is_told_otherwise
from chatly_console.query.script_segments import Segment, segments
from chatly_console.query.text_files import path_of
from chatly_console.query.variables import Variables

DEEPEST = 16
"""Files within files; more is a mistake."""
_BEGIN = 4_000
"""Characters of a statement in which it says what kind it is."""


def script_of_file(path: Path, *, name: str = "") -> Script:
    """Read a file and what it takes in; raises Failure where one of them cannot be read, or cannot run here."""
    reader = _Reader(Script(name or path.name))
    reader.take(path, (), name or path.name)
    return reader.script


def script_of_text(text: str, buffer: str = "", *, offset: int = 0, line: int = 1) -> Script:
    """Read a text that begins at character `offset` of a buffer, on `line`; raises Failure where it cannot run here."""
    reader = _Reader(Script(buffer))
    reader.take_text(text, Place(buffer, offset, "", line=line))
    return reader.script


def has_data_below(sql: str) -> bool:
    """Whether this statement is a COPY that reads the lines below it."""
    return Words(sql[:_BEGIN]).text(0) == "copy" and any(part.reads_data for part in parts(sql))


@dataclass(slots=True)
class _File:
    """One time that a file is taken in; `place` is what each of its places is made from."""

    place: Place
    folder: Path = Path()
    above: tuple[Path, ...] = ()
    within: tuple[int, ...] = ()
    former: tuple[Step, Part] | None = None
    """The statement before, which a command may send once more."""


@dataclass(slots=True)
class _Reader:
    script: Script
    variables: Variables = field(default_factory=Variables)
    restricted: str | None = None
    open_ifs: list[Place] = field(default_factory=list)
    taken: int = 0

    def take(self, path: Path, above: tuple[Path, ...], name: str, within: tuple[int, ...] = ()) -> None:
        """Take in a file."""
        whole = Path(os.path.realpath(path))  # unlike `resolve`, it bears links that lead in a circle
        if whole in above or len(above) >= DEEPEST:
            raise Failure(f"{name} takes itself in, by way of {above[-1].name}.", FailureKind.USAGE)
        self.taken += 1
        here = _File(Place("", 0, "", file=name), path.parent, (*above, whole), (*within, self.taken))
        try:
            if not path.is_file() and path.exists():
                raise _unread(path, "it is a folder" if path.is_dir() else "it is a device or a pipe")
            self._take_all(Source.of_file(path), here)
        except OSError as error:
            raise _unread(path, (error.strerror or str(error)).lower()) from error

    def take_text(self, text: str, place: Place) -> None:
        """Take in a text."""
        self._take_all(Source(data=text.encode("utf-8", "surrogatepass")), _File(place))

    def _take_all(self, source: Source, here: _File) -> None:
        ifs = len(self.open_ifs)
        for segment in segments(source, here.place.file or here.place.buffer or "The text"):
            if not self._take(segment, here):
                break
        if len(self.open_ifs) > ifs:
            raise _at(self.open_ifs[-1], Failure(r"No \endif ends this \if.", FailureKind.USAGE))

    def _take(self, segment: Segment, here: _File) -> bool:
        """Take in a segment; returns whether what stands below it counts."""
        blocks = iter(segment.blocks)
        found = list(parts(segment.text))
        for part, following in zip_longest(found, found[1:]):
            place = _place(here.place, segment, part)
            data = next(blocks, InlineData(Source())) if part.reads_data else None
            place = place if data is None else replace(place, data_line=data.line + here.place.line - 1)
            try:
                if part.name:
                    argument = segment.text[part.start + 1 + len(part.name) : part.end].strip()
                    step = Step(place, argument=argument.removesuffix("\\\\").rstrip(), data=data, within=here.within)
                    if not self._command(part, step, segment, here):
                        return False
                elif following is not None and following.start < part.end:
                    raise Failure(f"\\{following.name} stands inside of a statement.", FailureKind.USAGE)
                else:
                    here.former = Step(place, data=data, within=here.within), part
                    self.script.steps.append(here.former[0])
            except Failure as failure:
                raise _at(place, failure) from failure
        return True

    def _command(self, part: Part, step: Step, segment: Segment, here: _File) -> bool:
        """Take in a command; returns whether what stands below it counts."""
        if self._is_restricted(part.name, step.argument):
            return True
        what = doing(part.name, step.argument)
        was_sent = here.former is None or ";" in segment.text[here.former[1].end : part.start]
        if what in ("include", "include beside"):
            words = self.variables.words(step.argument)
            path = (here.folder if what == "include beside" else Path()) / path_of(words[0] if words else "")
            self.take(path, here.above, path.name, here.within)
        elif what in ("left out", "not sent"):
            self.script.left_out.append(part.name)
            if what == "not sent" and not was_sent:
                self.script.steps.pop()
        elif part.name in SENDING:
            if here.former is None:
                raise Failure("There is no statement before it to be sent.", FailureKind.USAGE)
            if not was_sent:
                self.script.steps.pop()
            self.script.steps.append(replace(here.former[0], verb=cast(Verb, what), argument=step.argument))
        else:
            self._do(replace(step, verb=cast(Verb, what)))
        return what != "quit" or bool(self.open_ifs)

    def _do(self, step: Step) -> None:
        if step.verb == "if":
            self.open_ifs.append(step.place)
        elif step.verb in ("elif", "else", "endif") and not self.open_ifs:
            raise Failure(f"\\{step.verb} without \\if.", FailureKind.USAGE)
        elif step.verb == "endif":
            self.open_ifs.pop()
        elif step.verb == "set":
            words = self.variables.words(step.argument)
            if words:
                self.variables.values[words[0]] = "".join(words[1:])
            if is_told_otherwise(words):
                self.script.left_out.append(f"set {' '.join(words)}")
        elif step.verb == "copy":
            step = replace(step, copy=read_copy(step.argument, inline=step.data is not None))
        self.script.steps.append(step)

    def _is_restricted(self, name: str, argument: str) -> bool:
        r"""psql's guard against a dump that somebody changed: behind \restrict only its \unrestrict counts."""
        if self.restricted is None:
            if name == "unrestrict":
                raise Failure(r"\unrestrict without \restrict.", FailureKind.USAGE)
            self.restricted = argument if name == "restrict" else None
            return name == "restrict"
        if (name, argument) != ("unrestrict", self.restricted):
            raise Failure(
                f"\\{name} stands behind \\restrict, where pg_dump writes no command.",
                FailureKind.USAGE,
                hint="Somebody may have changed this dump; look at it before it runs.",
            )
        self.restricted = None
        return True


def _place(of: Place, segment: Segment, part: Part) -> Place:
    sql = segment.text[part.start : part.end]
    if of.file:
        return Place("", part.start, sql, file=of.file, text=segment.text, line=segment.line)
    return Place(of.buffer, of.offset + segment.offset + part.start, sql)


def _at(place: Place, failure: Failure) -> Failure:
    if failure.detail or not place.file:
        return failure
    return replace(failure, sentence=f"{place.file}, line {place.first_line:,}: {failure.sentence}", detail=place.file)


def _unread(path: Path, why: str) -> Failure:
    return Failure(f"{path.name} could not be read: {why}.", FailureKind.USAGE, detail=str(path))
