"""What a person asks by: a text, a row, or a vector, and whether it fits the column."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.vectors.column import VectorColumn

Kind = Literal["text", "row", "rows", "vector"]

_NEXT_ROW = re.compile(r"\s+([+-])\s*=")
_BITS = re.compile(r"[01]+\Z")
_SPARSE = re.compile(r"\{\s*((\d+)\s*:\s*[^,{}]+\s*(,|(?=\})))*\}\s*/\s*(\d+)\Z")


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed: `[0.1, …]` is a vector, `=KEY` a row, `=A + =B - =C` the mean of some less that of others."""

    kind: Kind
    words: str

    @classmethod
    def parse(cls, text: str, column_type: str = "vector") -> "Question":
        """Which of these the text is; all else is a text to embed."""
        text = text.strip()
        if text.startswith("=") and len(text) > 1:
            return cls("rows", text) if _NEXT_ROW.search(text) else cls("row", text[1:].strip())
        is_vector = text.startswith("[") or _SPARSE.match(text) or (column_type == "bit" and _BITS.match(text))
        return cls("vector" if is_vector else "text", text)

    @property
    def rows(self) -> tuple[list[str], list[str]]:
        """The keys of the rows to be near to, and of those to be far from."""
        parts = _NEXT_ROW.split(self.words)
        signs = ["+", *parts[1::2]]
        keys = [part.strip() for part in [parts[0].removeprefix("="), *parts[2::2]]]
        near = [key for key, sign in zip(keys, signs, strict=True) if sign == "+"]
        return near, [key for key, sign in zip(keys, signs, strict=True) if sign == "-"]


def mean_less_mean(near: Sequence[str], far: Sequence[str], column: VectorColumn) -> str:
    """The mean of some vectors less the mean of others, as text; raises `Failure` (USAGE) for bits, which have none."""
    if column.type == "bit":
        raise _wrong("Bit strings have no mean: search by one row.")
    sums = [0.0] * _length(near[0])
    for vectors, sign in ((near, 1.0), (far, -1.0)):
        for vector in vectors:
            for place, number in _placed(vector):
                sums[place] += sign * number / len(vectors)
    return checked_vector("[" + ",".join(map(repr, sums)) + "]", column)


def _length(vector: str) -> int:
    found = _SPARSE.match(vector)
    return int(found.group(4)) if found else vector.count(",") + 1


def _placed(vector: str) -> Iterator[tuple[int, float]]:
    """Places (from 0) and numbers of a vector, dense or sparse (whose places count from 1)."""
    if not _SPARSE.match(vector):
        yield from enumerate(_numbers(vector))
        return
    for held in vector[1 : vector.rindex("}")].split(","):
        place, _, number = held.partition(":")
        if number:
            yield int(place) - 1, float(number)


def checked_vector(text: str, column: VectorColumn) -> str:
    """The vector as the server takes it; raises `Failure` (USAGE) where it cannot be meant for this column."""
    text = text.strip()
    if column.type == "bit":
        if not _BITS.match(text):
            raise _wrong("A bit string is made of 0 and 1.")
        _check_length(len(text), column)
        return text
    if found := _SPARSE.match(text):
        if column.type != "sparsevec":
            raise _wrong(f"{column.title} is of type {column.type_words}, and this is a sparse vector.")
        _check_length(int(found.group(4)), column)
        return text
    numbers = _numbers(text)
    _check_length(len(numbers), column)
    if column.metric.name == "cosine" and not any(numbers):
        raise _wrong("The zero vector has no direction, so nothing is near it.")
    if column.type == "sparsevec":
        held = ",".join(f"{place}:{number!r}" for place, number in enumerate(numbers, 1) if number)
        return f"{{{held}}}/{len(numbers)}"
    return "[" + ",".join(map(repr, numbers)) + "]"


def _numbers(text: str) -> list[float]:
    words = text.removeprefix("[").removesuffix("]").replace(",", " ").split()
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        raise _wrong("A vector is numbers in brackets: [0.12, -0.5, …].") from None
    if not numbers:
        raise _wrong("The vector is empty.")
    if not all(map(math.isfinite, numbers)):
        raise _wrong("A vector holds numbers only: NaN and infinity are not allowed.")
    return numbers


def _check_length(length: int, column: VectorColumn) -> None:
    if column.dimensions is not None and length != column.dimensions:
        raise _wrong(f"The vector has {length:,} dimensions, and {column.title} has {column.dimensions:,}.")


def _wrong(sentence: str) -> Failure:
    return Failure(sentence, FailureKind.USAGE)
