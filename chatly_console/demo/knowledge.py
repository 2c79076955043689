"""Uploaded files and the chunks that were cut from them, with embeddings."""

import json
import struct
from collections.abc import Iterator
from random import Random

import numpy as np

from chatly_console.demo.people import CHUNKS_OF_FILE, Client, new_id
from chatly_console.demo.rows import Batch, Clock, binary_batch, binary_time, binary_uuid, escape, text_batch
from chatly_console.demo.texts import Phrases, Topic
from chatly_console.vectors.lexical import DIMENSIONS, NAME, embed

_FILES_OF_BATCH = 60
_FILE = (
    "id", "platform_client_id", "uploaded_by", "file_name", "mime_type", "byte_size", "language", "status",
    "created_at", "updated_at",
)  # fmt: skip
_OBJECT = ("id", "bucket_id", "name", "owner_id", "metadata", "created_at", "updated_at", "last_accessed_at")
_CHUNK = (
    "id", "platform_client_id", "document_file_id", "chunk_index", "content", "language", "metadata", "embedding",
    "embedding_model", "created_at", "updated_at",
)  # fmt: skip
_TYPES = (("pdf", "application/pdf"), ("md", "text/markdown"), ("txt", "text/plain"), ("png", "image/png"))
_VECTOR_HEAD = struct.pack("!hh", DIMENSIONS, 0)


def knowledge_of(client: Client, phrases: Phrases, clock: Clock, random: Random) -> Iterator[Batch]:
    """The files and chunks of one client."""
    for first in range(0, client.files, _FILES_OF_BATCH):
        yield from _batch(client, phrases, clock, random, range(first, min(first + _FILES_OF_BATCH, client.files)))


def _batch(
    client: Client, phrases: Phrases, clock: Clock, random: Random, numbers: range
) -> Iterator[Batch]:
    files, objects = [], []
    chunks: list[tuple[str, int, str, Topic, int]] = []
    for number in numbers:
        topic = random.choice(phrases.topics)
        file, second = new_id(random), random.randrange(clock.length)
        ending, mime_type = random.choices(_TYPES, (70, 15, 10, 5))[0]
        name, size = f"{topic.name}-{number + 1:04d}.{ending}", random.randint(4_000, 900_000)
        uploader, at = random.choice(client.answering()).user_id, clock.text(second)
        files.append(
            f"{file}\t{client.id}\t{uploader}\t{name}\t{mime_type}\t{size}\t{phrases.language}\tready\t{at}\t{at}"
        )
        objects.append(
            f"{new_id(random)}\tdocuments\t{client.id}/{file}/{name}\t{uploader}\t"
            f'{escape(json.dumps({"size": size, "mimetype": mime_type}))}\t{at}\t{at}\t{at}'
        )
        chunks += [(file, place, _content(topic, random), topic, second) for place in range(CHUNKS_OF_FILE)]
    yield text_batch("documents", "document_files", _FILE, files)
    yield text_batch("documents", "objects", _OBJECT, objects, schema="storage")
    vectors = embed([content for _, _, content, _, _ in chunks]).astype(">f4")
    yield binary_batch(
        "documents",
        "documents",
        _CHUNK,
        (
            _chunk(client.id, phrases.language, chunk, vector, clock, random)
            for chunk, vector in zip(chunks, vectors, strict=True)
        ),
    )


def _content(topic: Topic, random: Random) -> str:
    """A few facts of a topic in any order, under a heading."""
    heading = random.choice(topic.subjects)
    facts = [random.choice(variants) for variants in random.sample(topic.facts, random.randint(2, len(topic.facts)))]
    return heading + "\n" + " ".join(facts)


def _chunk(
    client: str,
    language: str,
    chunk: tuple[str, int, str, Topic, int],
    vector: np.ndarray[tuple[int], np.dtype[np.float32]],
    clock: Clock,
    random: Random,
) -> tuple[bytes, ...]:
    file, place, content, topic, second = chunk
    at = binary_time(clock.moment(second))
    metadata = json.dumps({"topic": topic.name, "page": place // 2 + 1})
    return (
        binary_uuid(new_id(random)),
        binary_uuid(client),
        binary_uuid(file),
        struct.pack("!i", place),
        content.encode(),
        language.encode(),
        b"\x01" + metadata.encode(),
        _VECTOR_HEAD + vector.tobytes(),
        NAME.encode(),
        at,
        at,
    )
