"""Makes vectors of texts: by counting letters here, or by a service that speaks OpenAI's way of asking."""

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.secret import Secret

_LARGEST_ANSWER = 64 * 1024 * 1024
_RETRIED = frozenset({429, 500, 502, 503, 504})
_ATTEMPTS = 3
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class Provider(Protocol):
    """Turns texts into vectors."""

    @property
    def name(self) -> str:
        """What stands on screen, and in a column that says what made an embedding."""

    @property
    def words(self) -> str:
        """What its nearness means: `lexical similarity`, `text-embedding-3-small`."""

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector for each text; raises `Failure`."""


class Lexical:
    """Counts words and parts of words. It finds shared letters, never shared meaning, and says so."""

    name = "lexical"
    words = "lexical similarity"

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """The vectors, made in a thread."""
        from chatly_console.vectors import lexical

        rows = await asyncio.to_thread(lexical.embed, texts)
        return [[float(number) for number in row] for row in rows]


@dataclass(frozen=True, slots=True)
class Service:
    """Where a service for embeddings is: the address before `/embeddings`, the model, and what it must be given."""

    base_url: str
    model: str
    dimensions: int | None = None
    timeout: float = 30.0

    @property
    def host(self) -> str:
        """Whom texts are sent to."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def leaves_the_machine(self) -> bool:
        """Whether a text goes to somebody else, who must be agreed to."""
        return self.host not in _LOCAL

    def check(self) -> None:
        """Raise `Failure` (USAGE) where this is no address for secrets and texts of tenants."""
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Failure("The address of the service must begin with https://.", FailureKind.USAGE)
        if parts.scheme == "http" and self.leaves_the_machine:
            raise Failure(f"Texts go to {self.host} by https only.", FailureKind.USAGE)


class OpenAICompatible:
    """Asks a service over HTTP. Nothing is sent before `consented`; the key is in no message."""

    def __init__(self, service: Service, key: Secret | None, *, consented: bool) -> None:
        service.check()
        self._service, self._key, self._consented = service, key, consented
        self.tokens = 0

    @property
    def name(self) -> str:
        """The model."""
        return self._service.model

    @property
    def words(self) -> str:
        """The model and who runs it."""
        return f"{self._service.model} at {self._service.host}"

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """The vectors; tries again where the service is busy."""
        if self._service.leaves_the_machine and not self._consented:
            raise Failure(
                f"Texts would be sent to {self._service.host}, and nobody has agreed to that.",
                FailureKind.REFUSED,
                hint="Agree when asked in the Vectors pane, or say --consent.",
            )
        for attempt in range(_ATTEMPTS):
            try:
                return await asyncio.to_thread(self._ask, list(texts))
            except _Busy as busy:
                if attempt == _ATTEMPTS - 1:
                    raise Failure(
                        f"{self._service.host} is too busy: HTTP {busy.status}.", FailureKind.TIMEOUT
                    ) from busy
                await asyncio.sleep(busy.wait or 0.5 * 2**attempt)
        raise AssertionError

    def _ask(self, texts: list[str]) -> list[list[float]]:
        service = self._service
        body: dict[str, object] = {"model": service.model, "input": texts, "encoding_format": "float"}
        if service.dimensions is not None:
            body["dimensions"] = service.dimensions
        headers = {"Content-Type": "application/json"}
        if self._key is not None:
            headers["Authorization"] = f"Bearer {self._key.reveal()}"
        url = service.base_url.rstrip("/") + "/embeddings"
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310  (checked by Service)
        try:
            opener = urllib.request.build_opener(_NoRedirects)
            with opener.open(request, timeout=service.timeout) as answer:
                data = answer.read(_LARGEST_ANSWER)
        except urllib.error.HTTPError as error:
            if error.code in _RETRIED:
                raise _Busy(error.code, _wait_of(error)) from None
            raise Failure(f"{service.host} refused: HTTP {error.code}.", FailureKind.REFUSED,
                          hint="Check the key, the model's name and the address.") from None  # fmt: skip
        except (OSError, ValueError) as error:
            raise Failure(f"{service.host} cannot be reached ({type(error).__name__}).", FailureKind.LINK) from None
        return self._read(data, len(texts))

    def _read(self, data: bytes, wanted: int) -> list[list[float]]:
        try:
            answer: Any = json.loads(data)
            rows = sorted(answer["data"], key=lambda row: row["index"])
            vectors = [[float(number) for number in row["embedding"]] for row in rows]
            self.tokens += int((answer.get("usage") or {}).get("total_tokens") or 0)
        except (ValueError, KeyError, TypeError, AttributeError):
            vectors = []
        if len(vectors) != wanted:
            raise Failure(f"{self._service.host} did not answer with {wanted} embeddings.", FailureKind.REFUSED)
        return vectors


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry texts, and the key, to somebody who was not agreed to."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none."""
        return None


class _Busy(Exception):
    def __init__(self, status: int, wait: float) -> None:
        super().__init__(status)
        self.status, self.wait = status, wait


def _wait_of(error: urllib.error.HTTPError) -> float:
    try:
        return min(float(error.headers.get("Retry-After") or 0), 20.0)
    except ValueError:
        return 0.0


def fitting(vector: Sequence[float], dimensions: int | None, provider: Provider) -> str:
    """The vector as text; raises `Failure` (USAGE) where it has not the column's length."""
    if dimensions is not None and len(vector) != dimensions:
        raise Failure(
            f"{provider.name} makes {len(vector):,} dimensions, and the column has {dimensions:,}: not comparable.",
            FailureKind.USAGE,
            hint="Choose the provider and model that made the column's vectors.",
        )
    return "[" + ",".join(map(repr, vector)) + "]"
