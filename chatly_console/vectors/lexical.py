"""The lexical embedder: text as signed hashes of its words and character n-grams, in 384 dimensions.

It needs no model, no state and no network, and gives the same vectors on every machine. It finds texts that share
words or parts of words, in any script; it knows nothing of meaning. So it is called "lexical" wherever it shows, never
semantic.
"""

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NAME = "lexical"
"""What stands in `embedding_model`, and on screen."""

DIMENSIONS = 384

_NGRAMS = (3, 4, 5)
_WORD_WEIGHT = 2.0
_NGRAM_WEIGHT = 1.0
_BATCH_CHARACTERS = 400_000

_PRIME = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_SPACE = ord(" ")


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """One row of `DIMENSIONS` numbers of length 1 for each text; text without a letter gives a row of zeros."""
    rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    start = 0
    while start < len(texts):
        end, characters = start, 0
        while end < len(texts) and (end == start or characters < _BATCH_CHARACTERS):
            characters += len(texts[end])
            end += 1
        rows[start:end] = _embed_batch(texts[start:end])
        start = end
    return rows


def embed_one(text: str) -> list[float]:
    """The vector of one text as plain numbers."""
    return [float(number) for number in embed([text])[0]]


def _embed_batch(texts: Sequence[str]) -> NDArray[np.float32]:
    # A padding of one space on both sides makes the beginnings and ends of words n-grams of their own.
    prepared = [f" {_normalise(text)} " for text in texts]
    characters = np.frombuffer("".join(prepared).encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in prepared])
    sums = np.zeros(len(texts) * DIMENSIONS)
    _add_words(sums, characters, owners)
    _add_pairs_of_ideographs(sums, characters, owners)
    for size in _NGRAMS:
        _add_ngrams(sums, characters, owners, size)
    # The square root keeps a word that comes ten times from drowning the others.
    vectors = (np.sign(sums) * np.sqrt(np.abs(sums))).reshape(len(texts), DIMENSIONS)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    normal: NDArray[np.float32] = (vectors / lengths).astype(np.float32)
    return normal


def _add_words(sums: NDArray[np.float64], characters: NDArray[np.uint64], owners: NDArray[np.intp]) -> None:
    inside = characters != _SPACE
    starts = np.flatnonzero(inside & ~np.concatenate(([False], inside[:-1])))
    if not len(starts):
        return
    ends = np.flatnonzero(inside & ~np.concatenate((inside[1:], [False]))) + 1
    place = _places(len(characters), starts)
    terms = np.where(inside, _scatter(characters + (place.astype(np.uint64) << np.uint64(32))), np.uint64(0))
    # Spaces add nothing, so the sum up to the next word is the sum of the word.
    hashes = np.add.reduceat(terms, starts) + (ends - starts).astype(np.uint64)
    _count(sums, hashes, owners[starts], _WORD_WEIGHT)


def _places(length: int, starts: NDArray[np.intp]) -> NDArray[np.intp]:
    """The place of each character counted from the start of its word."""
    marks = np.zeros(length, dtype=np.intp)
    marks[starts] = starts
    return np.arange(length) - np.maximum.accumulate(marks)


def _add_pairs_of_ideographs(
    sums: NDArray[np.float64], characters: NDArray[np.uint64], owners: NDArray[np.intp]
) -> None:
    """Count pairs of Chinese, Japanese and Korean letters as words: these scripts put no spaces between words."""
    ideograph = ((characters >= 0x3040) & (characters <= 0x9FFF)) | ((characters >= 0xAC00) & (characters <= 0xD7A3))
    pairs = np.flatnonzero(ideograph[:-1] & ideograph[1:])
    hashes = _scatter(characters[pairs]) * _PRIME + _scatter(characters[pairs + 1])
    _count(sums, hashes, owners[pairs], _WORD_WEIGHT)


def _add_ngrams(sums: NDArray[np.float64], characters: NDArray[np.uint64], owners: NDArray[np.intp], size: int) -> None:
    windows = len(characters) - size + 1
    if windows <= 0:
        return
    hashes = np.full(windows, size, dtype=np.uint64)
    for offset in range(size):
        hashes = hashes * _PRIME + characters[offset : offset + windows]
    same_text = owners[:windows] == owners[size - 1 :]
    # An n-gram over the gap between two words says little; one that touches a gap marks a beginning or an end.
    spaces = np.concatenate(([0], np.cumsum(characters == _SPACE)))
    crosses = (spaces[size - 1 : size - 1 + windows] - spaces[1 : 1 + windows]) > 0
    keep = same_text & ~crosses
    _count(sums, hashes[keep], owners[:windows][keep], _NGRAM_WEIGHT)


def _count(sums: NDArray[np.float64], hashes: NDArray[np.uint64], owners: NDArray[np.intp], weight: float) -> None:
    mixed = _scatter(hashes)
    dimension = (mixed % np.uint64(DIMENSIONS)).astype(np.intp)
    sign = np.where(mixed >> np.uint64(63), weight, -weight)
    sums += np.bincount(owners * DIMENSIONS + dimension, weights=sign, minlength=len(sums))


def _scatter(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix the bits of each number (the finaliser of splitmix64), so that near numbers fall far apart."""
    mixed = values * _PRIME
    mixed ^= mixed >> np.uint64(30)
    mixed *= _MIX
    mixed ^= mixed >> np.uint64(27)
    return mixed


class _LettersOnly(dict[int, int]):
    """A translation table that leaves letters, marks, digits and pictures, and makes all else a space."""

    def __missing__(self, code: int) -> int:
        kept = unicodedata.category(chr(code)) in {
            "Lu",
            "Ll",
            "Lt",
            "Lm",
            "Lo",
            "Mn",
            "Mc",
            "Nd",
            "Nl",
            "No",
            "So",
        }
        self[code] = code if kept else _SPACE
        return self[code]


_LETTERS_ONLY = _LettersOnly()


def _normalise(text: str) -> str:
    folded = text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    return " ".join(folded.translate(_LETTERS_ONLY).split())
