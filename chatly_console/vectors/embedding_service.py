"""Where a service for embeddings is and how it wants to be asked: OpenAI's way, or by a template of the user's own."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

from chatly_console.core.failure import Failure, FailureKind

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
TEXT = "{text}"
"""Where the text goes in the body of a template."""


@dataclass(frozen=True, slots=True)
class Template:
    """How a service that has its own way is asked, such as a Supabase Edge Function: one text at a time.

    `body` is JSON with `{text}` in one of its strings; `path` leads to the vector in the answer, with dots:
    `embedding`, `data.0.embedding`, or empty where the answer is the vector itself.
    """

    body: str = '{"input": "{text}"}'
    path: str = "embedding"

    def problem(self) -> str:
        """Why this will not do, or empty."""
        try:
            json.loads(self.body)
        except ValueError:
            return 'The body must be JSON, such as {"input": "{text}"}.'
        return "" if TEXT in self.body else f"The body must say where the text goes: {TEXT}."

    def filled(self, text: str) -> object:
        """The body for one text."""
        return _put(json.loads(self.body), text)

    def read(self, answer: Any) -> list[float]:
        """The vector in an answer; raises KeyError, TypeError, IndexError or ValueError where there is none."""
        for step in filter(None, self.path.split(".")):
            answer = answer[int(step)] if isinstance(answer, list) else answer[step]
        if not isinstance(answer, list):
            raise TypeError
        return [float(number) for number in answer]


def _put(body: object, text: str) -> object:
    if isinstance(body, str):
        return body.replace(TEXT, text)
    if isinstance(body, list):
        return [_put(part, text) for part in body]
    return {key: _put(part, text) for key, part in body.items()} if isinstance(body, dict) else body


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its address (before `/embeddings`, or the whole one of a template), its model, what it is given.

    `dimensions` asks for vectors of that length, `prefix` stands before every question (some models want one),
    `price` is what a million tokens cost, in the currency of the bill; `timeout` is in seconds.
    """

    base_url: str
    model: str
    dimensions: int | None = None
    timeout: float = 30.0
    template: Template | None = None
    prefix: str = ""
    price: float | None = None

    @property
    def host(self) -> str:
        """Whom texts are sent to."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def url(self) -> str:
        """The address that is asked."""
        return self.base_url if self.template is not None else self.base_url.rstrip("/") + "/embeddings"

    @property
    def leaves_the_machine(self) -> bool:
        """Whether a text goes to somebody else, who must be agreed to."""
        return self.host not in _LOCAL

    def check(self) -> None:
        """Raise `Failure` (USAGE) where this is no address for secrets and texts of tenants."""
        try:
            parts = urlsplit(self.base_url)
            hostname = parts.hostname
        except ValueError:
            hostname = None
        if not hostname or parts.scheme not in ("http", "https"):
            raise Failure("The address of the service must begin with https://.", FailureKind.USAGE)
        if parts.username or parts.password:
            raise Failure("A key does not belong into the address: the keyring holds it.", FailureKind.USAGE)
        if parts.scheme == "http" and self.leaves_the_machine:
            raise Failure(f"Texts go to {self.host} by https only.", FailureKind.USAGE)
        if self.template is not None and (problem := self.template.problem()):
            raise Failure(problem, FailureKind.USAGE)

    def requests(self, texts: Sequence[str], *, batch: int = 128) -> list[tuple[object, int]]:
        """The bodies that ask for these texts, each with how many vectors it must bring."""
        asked = [self.prefix + text for text in texts]
        if self.template is not None:
            return [(self.template.filled(text), 1) for text in asked]
        common: dict[str, object] = {"model": self.model, "encoding_format": "float"}
        if self.dimensions is not None:
            common["dimensions"] = self.dimensions
        parts = [asked[start : start + batch] for start in range(0, len(asked), batch)]
        return [(common | {"input": part}, len(part)) for part in parts]

    def read(self, data: bytes, wanted: int) -> tuple[list[list[float]], int]:
        """The vectors in an answer and the tokens it used; raises `Failure` where they are not as many."""
        vectors: list[list[float]] = []
        tokens = 0
        try:
            answer: Any = json.loads(data)
            if self.template is not None:
                vectors = [self.template.read(answer)]
            else:
                rows = sorted(answer["data"], key=lambda row: row["index"])
                vectors = [[float(number) for number in row["embedding"]] for row in rows]
                tokens = int((answer.get("usage") or {}).get("total_tokens") or 0)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
            vectors = []
        if len(vectors) != wanted or not all(vectors):
            asked = "an embedding" if wanted == 1 else f"{wanted} embeddings"
            raise Failure(f"{self.host} did not answer with {asked}.", FailureKind.REFUSED)
        if not all(isfinite(number) for vector in vectors for number in vector):
            raise Failure(f"{self.host} answered with a vector that has NaN or infinity in it.", FailureKind.REFUSED)
        return vectors, tokens
