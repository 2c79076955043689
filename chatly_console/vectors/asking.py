"""From a question to the vector that is searched for: made of a text, read from a row, or as it was pasted."""

from dataclasses import dataclass

from chatly_console.core.failure import Failure
from chatly_console.core.identity import Identity
from chatly_console.server.database import Database
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.embedding_service import Service
from chatly_console.vectors.http_provider import HttpProvider
from chatly_console.vectors.providers import Cached, Lexical, Provider, fitting
from chatly_console.vectors.question import Question, checked_vector, mean_less_mean
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
    if question.kind == "rows":
        near, far = question.rows
        vectors = {key: await vector_of_row(database, column, key, identity) for key in dict.fromkeys((*near, *far))}
        vector = mean_less_mean([vectors[key] for key in near], [vectors[key] for key in far], column)
        words = f"mean of {len(near)} rows" + (f" less {len(far)}" if far else "")
        return Asked(vector, None, words)
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


async def provider_of(service: Service | None, key: str, *, consented: bool) -> Provider:
    """The lexical provider, or the service with the key that the keyring holds under the name `key`."""
    if service is None:
        return Lexical()
    from chatly_console.server.secrets import read_keyring

    service.check()
    secret = await read_keyring(key) if service.leaves_the_machine else None
    return Cached(HttpProvider(service, secret, consented=consented))
