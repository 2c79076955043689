"""The messages of many conversations at once: arrays instead of a loop, because 200,000 of them are most of the seed.

All chance comes from the seed's own `Random` as bytes, so the rows are the same with every version of numpy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chatly_console.demo.rows import NO_VALUE, Clock, Target, binary_text, binary_time
from chatly_console.demo.texts import Phrases

MESSAGE = Target("conversations", "messages", (
    "id", "platform_client_id", "conversation_id", "reply_to_id", "sent_by", "external_id", "direction",
    "content_type", "body", "status", "sent_at", "created_at", "updated_at",
), binary=True)  # fmt: skip

_CONTENT = ("text",) * 46 + ("image", "image", "audio", "document")
_DELIVERY = ("read",) * 30 + ("delivered",) * 12 + ("sent",) * 6 + ("failed", "queued")

# The parts of a row that have one length, as COPY wants them: each value after its own length.
_HEAD = np.dtype([
    ("columns", ">i2"), ("n1", ">i4"), ("id", "V16"), ("n2", ">i4"), ("client", "V16"), ("n3", ">i4"), ("talk", "V16"),
])  # fmt: skip
_ID = np.dtype([("n", ">i4"), ("id", "V16")])
_EXTERNAL = np.dtype([("n", ">i4"), ("letter", "S1"), ("digits", "V14")])
_TIMES = np.dtype([("n1", ">i4"), ("sent", ">i8"), ("n2", ">i4"), ("made", ">i8"), ("n3", ">i4"), ("changed", ">i8")])

Numbers = NDArray[np.int64]


class Thread(NamedTuple):
    """A conversation whose messages are still to be written; ids and the member's are in binary form."""

    conversation: bytes
    client: bytes
    member: bytes | None
    topic: tuple[str, str]
    """Language and name."""
    start: int
    """In seconds from the beginning of the history."""
    length: int
    messages: int


@dataclass(frozen=True, slots=True)
class _Pools:
    """Everything that is written, one list; for each topic four stretches of it (first, length).

    In the order of `2 * short + outgoing`: questions, answers, short words of contacts, short words of members.
    """

    texts: list[bytes]
    stretches: Mapping[tuple[str, str], Sequence[tuple[int, int]]]


class MessageWriter:
    """Writes the messages of threads as rows in COPY's binary form."""

    def __init__(self, phrases: dict[str, Phrases], clock: Clock, random: Random) -> None:
        self._pools = _pools(phrases)
        self._epoch = int.from_bytes(binary_time(clock.moment(0)), "big", signed=True)
        self._random = random

    def rows(self, threads: Sequence[Thread]) -> tuple[bytes, int]:
        """The rows of these threads, and how many they are."""
        counts = np.array([thread.messages for thread in threads])
        total = int(counts.sum())
        thread = np.repeat(np.arange(len(threads)), counts)
        first = np.repeat(np.cumsum(counts) - counts, counts)
        place = np.arange(total) - first
        incoming = (place == 0) | self._happens(0.5, total)
        short = (place >= 2) & ~self._happens(0.3, total)
        ids = self._ids(total)
        answered = self._answered(first, incoming)
        bodies = self._bodies(threads, thread, 2 * short + ~incoming)
        members = [NO_VALUE if t.member is None else len(t.member).to_bytes(4, "big") + t.member for t in threads]
        pieces = (
            self._heads(ids, threads, thread),
            [NO_VALUE if earlier < 0 else ids[earlier] for earlier in answered.tolist()],
            [NO_VALUE if i else members[t] for i, t in zip(incoming.tolist(), thread.tolist(), strict=True)],
            self._external_ids(total),
            _chosen(("out", "in"), incoming.astype(int)),
            _chosen(_CONTENT, self._below(len(_CONTENT), total)),
            [self._pools.texts[number] for number in bodies.tolist()],
            _chosen((*_DELIVERY, "read"), np.where(incoming, len(_DELIVERY), self._below(len(_DELIVERY), total))),
            self._times(threads, thread, place),
        )
        return b"".join(chain.from_iterable(zip(*pieces, strict=True))), total

    def _below(self, limit: int | Numbers, count: int) -> Numbers:
        """So many whole numbers from 0 to below `limit`."""
        bits = np.frombuffer(self._random.randbytes(4 * count), dtype="<u4").astype(np.int64)
        return (bits * limit) >> 32

    def _happens(self, share: float, count: int) -> NDArray[np.bool_]:
        return self._below(1 << 20, count) < int(share * (1 << 20))

    def _ids(self, count: int) -> list[bytes]:
        """Random UUIDs (version 4), each after its length."""
        bits = np.frombuffer(bytearray(self._random.randbytes(16 * count)), dtype=np.uint8).reshape(count, 16)
        bits[:, 6] = bits[:, 6] & 0x0F | 0x40
        bits[:, 8] = bits[:, 8] & 0x3F | 0x80
        made = np.zeros(count, _ID)
        made["n"], made["id"] = 16, bits.reshape(-1).view("V16")
        return _bytes_of(made)

    def _heads(self, ids: list[bytes], threads: Sequence[Thread], thread: Numbers) -> list[bytes]:
        made = np.zeros(len(ids), _HEAD)
        made["columns"], made["n1"], made["n2"], made["n3"] = len(MESSAGE.columns), 16, 16, 16
        made["id"] = np.frombuffer(b"".join(ids), _ID)["id"]
        made["client"] = np.frombuffer(b"".join(t.client for t in threads), "V16")[thread]
        made["talk"] = np.frombuffer(b"".join(t.conversation for t in threads), "V16")[thread]
        return _bytes_of(made)

    def _answered(self, first: Numbers, incoming: NDArray[np.bool_]) -> Numbers:
        """For some messages the earlier one of their thread that they reply to, else -1."""
        count = len(first)
        quotable = incoming | self._happens(0.4, count)
        latest = np.maximum.accumulate(np.where(quotable, np.arange(count), -1))
        earlier = np.concatenate(([-1], latest[:-1]))
        return np.where((earlier >= first) & self._happens(0.15, count), earlier, -1)

    def _bodies(self, threads: Sequence[Thread], thread: Numbers, kind: Numbers) -> Numbers:
        stretches = np.array([self._pools.stretches[t.topic] for t in threads])[thread, kind]
        return stretches[:, 0] + self._below(stretches[:, 1], len(thread))

    def _external_ids(self, count: int) -> list[bytes]:
        made = np.zeros(count, _EXTERNAL)
        made["n"], made["letter"] = 15, b"m"
        made["digits"] = np.frombuffer(self._random.randbytes(7 * count).hex().encode(), "V14")
        return _bytes_of(made)

    def _times(self, threads: Sequence[Thread], thread: Numbers, place: Numbers) -> list[bytes]:
        """When each was sent: the first at the thread's start, the others in their order within its length."""
        second = self._below(np.array([t.length for t in threads])[thread], len(thread))
        second = second[np.lexsort((second, thread))]
        second[place == 0] = 0
        moment = self._epoch + 1_000_000 * (np.array([t.start for t in threads])[thread] + second)
        made = np.zeros(len(thread), _TIMES)
        for name in ("n1", "n2", "n3"):
            made[name] = 8
        for name in ("sent", "made", "changed"):
            made[name] = moment
        return _bytes_of(made)


def _pools(phrases: dict[str, Phrases]) -> _Pools:
    texts: list[bytes] = []

    def stretch(pool: Sequence[str]) -> tuple[int, int]:
        texts.extend(map(binary_text, pool))
        return len(texts) - len(pool), len(pool)

    stretches = {}
    for language, said in phrases.items():
        short = (stretch(said.short_in), stretch(said.short_out))
        for topic in said.topics:
            stretches[language, topic.name] = (stretch(topic.questions), stretch(topic.answers), *short)
    return _Pools(texts, stretches)


def _chosen(words: Sequence[str], numbers: Numbers) -> list[bytes]:
    values = [binary_text(word) for word in words]
    return [values[number] for number in numbers.tolist()]


def _bytes_of(records: NDArray[np.void]) -> list[bytes]:
    """Each record's bytes."""
    plain: list[bytes] = records.view(f"V{records.dtype.itemsize}").tolist()
    return plain
