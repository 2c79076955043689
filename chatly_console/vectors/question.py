"""What a person asks by: a text, a row, or a vector, and whether it fits the column."""

import math
import re
from dataclasses import dataclass
from typing import Literal

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.vectors.column import VectorColumn

Kind = Literal["text", "row", "vector"]

_BITS = re.compile(r"[01]+\Z")
_SPARSE = re.compile(r"\{\s*((\d+)\s*:\s*[^,{}]+\s*(,|(?=\})))*\}\s*/\s*(\d+)\Z")


@dataclass(frozen=True, slots=True)
class Question:
    """A question in the words that the user typed: `[0.1, …]` is a vector, `=KEY` a row, all else a text."""

    kind: Kind
    words: str

    @classmethod
    def parse(cls, text: str, column_type: str = "vector") -> "Question":
        """Which of the three the text is."""
        text = text.strip()
        if text.startswith("=") and len(text) > 1:
            return cls("row", text[1:].strip())
        is_vector = text.startswith("[") or _SPARSE.match(text) or (column_type == "bit" and _BITS.match(text))
        return cls("vector" if is_vector else "text", text)


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
