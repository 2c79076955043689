"""What makes vectors of texts, whoever does it; here by counting letters, or by a model that is installed."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, Protocol

from chatly_console.core.failure import Failure, FailureKind

_KEPT = 256


class Provider(Protocol):
    """Turns texts into vectors."""

    @property
    def name(self) -> str:
        """What stands on screen, and in a column that says what made an embedding."""

    @property
    def words(self) -> str:
        """What its nearness means: `lexical similarity`, `text-embedding-3-small`."""

    @property
    def cost(self) -> str:
        """What it has used so far, in words; empty for what costs nothing."""

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector for each text; raises `Failure`."""


class Lexical:
    """Counts words and parts of words. It finds shared letters, never shared meaning, and says so."""

    name = "lexical"
    words = "lexical similarity"
    cost = ""

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """The vectors, made in a thread."""
        from chatly_console.vectors import lexical

        rows = await asyncio.to_thread(lexical.embed, texts)
        return [[float(number) for number in row] for row in rows]


class LocalModel:
    """A model of the sentence-transformers package, where the user has installed that: nothing leaves the machine."""

    package = "sentence_transformers"
    cost = ""

    def __init__(self, model: str) -> None:
        self.name = model
        self._model: Any = None

    @classmethod
    def is_installed(cls) -> bool:
        """Whether the package is there; it is not imported for that."""
        return find_spec(cls.package) is not None

    @property
    def words(self) -> str:
        """The model and where it runs."""
        return f"{self.name} on this machine"

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """The vectors, made in a thread; the first call loads the model."""
        return await asyncio.to_thread(self._embed, list(texts))

    def _embed(self, texts: list[str]) -> list[list[float]]:
        try:
            if self._model is None:
                from importlib import import_module

                self._model = import_module(self.package).SentenceTransformer(self.name)
            rows = self._model.encode(texts)
        except Exception as error:
            raise Failure(
                f"The model {self.name} cannot be used here ({type(error).__name__}).",
                FailureKind.REFUSED,
                hint="Its name is that of a folder or of a model that was downloaded before.",
            ) from error
        return [[float(number) for number in row] for row in rows]


class Cached:
    """Remembers the vectors of the last texts in memory (never on disk): asking again costs nothing."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._known: OrderedDict[str, list[float]] = OrderedDict()

    @property
    def name(self) -> str:
        """The provider's."""
        return self.provider.name

    @property
    def words(self) -> str:
        """The provider's."""
        return self.provider.words

    @property
    def cost(self) -> str:
        """The provider's."""
        return self.provider.cost

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """The vectors; only texts that are new are asked for."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        made = dict(zip(fresh, await self.provider.embed(fresh) if fresh else [], strict=True))
        for text in texts:
            if text in self._known:
                self._known.move_to_end(text)
        answer = [made[text] if text in made else self._known[text] for text in texts]
        self._known.update(made)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return answer


def fitting(vector: Sequence[float], dimensions: int | None, provider: Provider) -> str:
    """The vector as text; raises `Failure` (USAGE) where it has not the column's length."""
    if dimensions is not None and len(vector) != dimensions:
        raise Failure(
            f"{provider.name} makes {len(vector):,} dimensions, and the column has {dimensions:,}: not comparable.",
            FailureKind.USAGE,
            hint="Choose the provider and model that made the column's vectors.",
        )
    return "[" + ",".join(map(repr, vector)) + "]"
