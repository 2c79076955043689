"""The rows of messages as arrays make them, read back as COPY would read them."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from uuid import UUID

from chatly_console.demo.messages import MESSAGE, MessageWriter, Thread
from chatly_console.demo.rows import Clock, binary_time
from chatly_console.demo.texts import load_phrases
from chatly_console.resources import data_folder

CLOCK = Clock(datetime(2026, 5, 4, 9, 30, tzinfo=UTC), 365)
CLIENT, AGENT = UUID(int=1).bytes, UUID(int=2).bytes


def read_rows(data: bytes) -> Iterator[dict[str, bytes | None]]:
    at = 0
    while at < len(data):
        assert struct.unpack_from("!h", data, at)[0] == len(MESSAGE.columns)
        at, values = at + 2, []
        for _ in MESSAGE.columns:
            (length,) = struct.unpack_from("!i", data, at)
            values.append(None if length < 0 else data[at + 4 : at + 4 + length])
            at += 4 + max(length, 0)
        yield dict(zip(MESSAGE.columns, values, strict=True))


def written(threads: list[Thread], seed: int = 7) -> list[dict[str, bytes | None]]:
    phrases = load_phrases(data_folder("database") / "seed" / "phrases", Random(1))
    data, count = MessageWriter(phrases, CLOCK, Random(seed)).rows(threads)
    rows = list(read_rows(data))
    assert len(rows) == count == sum(thread.messages for thread in threads)
    return rows


def thread(number: int, messages: int = 12, member: bytes | None = AGENT, length: int = 3600) -> Thread:
    return Thread(UUID(int=100 + number).bytes, CLIENT, member, ("de", "booking"), number * 10_000, length, messages)


def test_each_message_is_in_its_conversation_in_order_and_within_its_time() -> None:
    threads = [thread(n) for n in range(40)]
    rows = written(threads)
    for place, talk in enumerate(threads):
        own = rows[place * 12 : place * 12 + 12]
        assert {row["conversation_id"] for row in own} == {talk.conversation}
        sent = [row["sent_at"] or b"" for row in own]
        assert sent == sorted(sent) and sent[0] == binary_time(CLOCK.moment(talk.start))
        assert sent[-1] <= binary_time(CLOCK.moment(talk.start + talk.length))
        assert own[0]["direction"] == b"in"


def test_replies_answer_an_earlier_message_of_the_same_conversation() -> None:
    rows = written([thread(n) for n in range(60)])
    seen: dict[bytes | None, bytes | None] = {}
    replies = 0
    for row in rows:
        if row["reply_to_id"] is not None:
            replies += 1
            assert seen[row["reply_to_id"]] == row["conversation_id"]
        seen[row["id"]] = row["conversation_id"]
    assert len(seen) == len(rows) and replies > len(rows) / 20


def test_only_what_goes_out_has_an_author_and_a_delivery() -> None:
    rows = written([thread(1, 18), thread(2, 18, member=None)])
    for row in rows:
        inbound = row["direction"] == b"in"
        nobody = inbound or row["conversation_id"] == UUID(int=102).bytes
        assert row["sent_by"] == (None if nobody else AGENT)
        assert row["status"] == b"read" or not inbound
        assert UUID(bytes=row["id"] or b"").version == 4 and (row["body"] or b"").decode()


def test_a_conversation_of_one_moment_and_one_message_is_written_too() -> None:
    (row,) = written([thread(3, messages=1, length=0)])
    assert row["reply_to_id"] is None and row["direction"] == b"in"


def test_chance_comes_from_the_seed_alone() -> None:
    assert written([thread(1)]) == written([thread(1)]) != written([thread(1)], seed=8)
