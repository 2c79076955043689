"""From a question to the vector that is searched for: made of a text, read from a row, or as it was pasted."""

from dataclasses import dataclass

from chatly_console.core.failure import Failure
from chatly_console.core.identity import Identity
from chatly_console.server.database import Database
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.providers import Lexical, OpenAICompatible, Provider, Service, fitting
from chatly_console.vectors.question import Question, checked_vector
from chatly_console.vectors.service import models_of, vector_of_row


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched for: a vector as text, the row to leave out, what nearness means, and a doubt about it."""

    vector: str
    without: str | None
    provider: str
    doubt: str = ""


async def ask(
    database: Database, column: VectorColumn, question: Question, identity: Identity, provider: Provider
) -> Asked:
    """The vector for a question; raises `Failure` where it cannot be made or does not fit."""
    if question.kind == "row":
        vector = await vector_of_row(database, column, question.words, identity)
        return Asked(vector, question.words, f"like row {question.words}")
    if question.kind == "vector":
        return Asked(checked_vector(question.words, column), None, "pasted vector")
    made = (await provider.embed([question.words]))[0]
    vector = checked_vector(fitting(made, column.dimensions, provider), column)
    return Asked(vector, None, provider.words, await _doubt(database, column, identity, provider))


async def _doubt(database: Database, column: VectorColumn, identity: Identity, provider: Provider) -> str:
    """Whether the column says that something else made its vectors: then nearness means nothing."""
    try:
        models = await models_of(database, column, identity)
    except Failure:
        return ""
    if not models or provider.name in models:
        return ""
    return f"the column's vectors are by {', '.join(models)}, the question's by {provider.name}: not comparable"


async def provider_of(
    url: str | None, model: str | None, dimensions: int | None, key_name: str, *, consented: bool
) -> Provider:
    """The lexical provider, or the service at `url` with the key that the keyring holds under `key_name`."""
    if not url:
        return Lexical()
    from chatly_console.server.secrets import read_keyring

    service = Service(url, model or "text-embedding-3-small", dimensions)
    service.check()
    key = await read_keyring(key_name) if service.leaves_the_machine else None
    return OpenAICompatible(service, key, consented=consented)
