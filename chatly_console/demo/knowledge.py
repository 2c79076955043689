"""Uploaded files and the chunks that were cut from them, with embeddings."""

import json
import struct
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import NamedTuple

from chatly_console.demo.people import CHUNKS_OF_FILE, Client, new_id
from chatly_console.demo.rows import Batch, Clock, Gatherer, Target, binary_time, binary_uuid
from chatly_console.demo.texts import Phrases, Topic
from chatly_console.vectors.lexical import DIMENSIONS, NAME, embed

_FILES_AT_ONCE = 60
_FILE = Target("documents", "document_files", (
    "id", "platform_client_id", "uploaded_by", "file_name", "mime_type", "byte_size", "language", "status",
    "created_at", "updated_at",
))  # fmt: skip
_OBJECT = Target("documents", "objects", (
    "id", "bucket_id", "name", "owner_id", "metadata", "created_at", "updated_at", "last_accessed_at",
), schema="storage")  # fmt: skip
_CHUNK = Target("documents", "documents", (
    "id", "platform_client_id", "document_file_id", "chunk_index", "content", "language", "metadata", "embedding",
    "embedding_model", "created_at", "updated_at",
), binary=True)  # fmt: skip
_TYPES = (("pdf", "application/pdf"), ("md", "text/markdown"), ("txt", "text/plain"), ("png", "image/png"))
_MODEL = NAME.encode()
_VECTOR_HEAD = struct.pack("!hh", DIMENSIONS, 0)


def knowledge_of(client: Client, phrases: Phrases, clock: Clock, random: Random, gatherer: Gatherer) -> Iterator[Batch]:
    """The files and chunks of one client."""
    for first in range(0, client.files, _FILES_AT_ONCE):
        chunks: list[_Chunk] = []
        for number in range(first, min(first + _FILES_AT_ONCE, client.files)):
            chunks += _file(client, phrases, clock, random, gatherer, number)
        vectors = embed([chunk.content for chunk in chunks]).astype(">f4")
        owner, language = binary_uuid(client.id), phrases.language.encode()
        for chunk, vector in zip(chunks, vectors, strict=True):
            at = binary_time(clock.moment(chunk.second))
            own = (binary_uuid(new_id(random)), owner, chunk.file, struct.pack("!i", chunk.place))
            said = (chunk.content.encode(), language, chunk.metadata, _VECTOR_HEAD + vector.tobytes(), _MODEL)
            gatherer.add_binary(_CHUNK, (*own, *said, at, at))
        if gatherer.is_full:
            yield from gatherer.batches()


def _file(
    client: Client, phrases: Phrases, clock: Clock, random: Random, gatherer: Gatherer, number: int
) -> list["_Chunk"]:
    """Add one file and its object in the bucket; returns its chunks, still without embeddings."""
    topic = random.choice(phrases.topics)
    file, second = new_id(random), random.randrange(clock.length)
    ending, mime_type = random.choices(_TYPES, (70, 15, 10, 5))[0]
    name, size = f"{topic.name}-{number + 1:04d}.{ending}", random.randint(4_000, 900_000)
    uploader, at = random.choice(client.answering()).user_id, clock.text(second)
    gatherer.add(
        _FILE,
        f"{file}\t{client.id}\t{uploader}\t{name}\t{mime_type}\t{size}\t{phrases.language}\tready\t{at}\t{at}",
    )
    metadata = json.dumps({"size": size, "mimetype": mime_type})
    gatherer.add(
        _OBJECT,
        f"{new_id(random)}\tdocuments\t{client.id}/{file}/{name}\t{uploader}\t{metadata}\t{at}\t{at}\t{at}",
    )
    whole = binary_uuid(file)
    return [
        _Chunk(whole, place, _page_of(topic.name, place), second, _content(topic, random))
        for place in range(CHUNKS_OF_FILE)
    ]


@cache
def _page_of(topic: str, place: int) -> bytes:
    """The metadata of a chunk, as jsonb in binary form."""
    return b"\x01" + json.dumps({"topic": topic, "page": place // 2 + 1}).encode()


def _content(topic: Topic, random: Random) -> str:
    """A few facts of a topic in any order, under a heading."""
    heading = random.choice(topic.subjects)
    facts = [random.choice(variants) for variants in random.sample(topic.facts, random.randint(2, len(topic.facts)))]
    return heading + "\n" + " ".join(facts)


class _Chunk(NamedTuple):
    file: bytes
    place: int
    metadata: bytes
    second: int
    content: str
