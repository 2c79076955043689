"""Asks a service for embeddings over HTTP: only after consent, again where it is busy, and stopped when cancelled."""

import asyncio
import http.client
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from socket import SHUT_RDWR
from threading import Thread
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.secret import Secret
from chatly_console.vectors.embedding_service import Service

_LARGEST_ANSWER = 64 * 1024 * 1024
_RETRIED = frozenset({429, 500, 502, 503, 504})
_ATTEMPTS = 4
_LONGEST_WAIT = 20.0


class HttpProvider:
    """Nothing is sent before `consented`; the key is in no message, and no redirect carries it elsewhere."""

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

    @property
    def cost(self) -> str:
        """The tokens so far, and what they cost where the price is known."""
        if not self.tokens:
            return ""
        price = self._service.price
        return f"{self.tokens:,} tokens" + ("" if price is None else f", {self.tokens * price / 1e6:.6f} spent")

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """The vectors; tries again where the service is busy. Cancelling closes the connection."""
        if self._service.leaves_the_machine and not self._consented:
            raise Failure(
                f"Texts would be sent to {self._service.host}, and nobody has agreed to that.",
                FailureKind.REFUSED,
                hint="Agree when asked in the Vectors pane, or say --consent.",
            )
        vectors: list[list[float]] = []
        for body, wanted in self._service.requests(texts):
            found, tokens = self._service.read(await self._patiently(json.dumps(body).encode()), wanted)
            vectors += found
            self.tokens += tokens
        return vectors

    async def _patiently(self, body: bytes) -> bytes:
        for attempt in range(_ATTEMPTS):
            try:
                return await _Exchange(self._service, self._key, body).answer()
            except _Busy as busy:
                if attempt == _ATTEMPTS - 1:
                    raise Failure(
                        f"{self._service.host} is too busy: HTTP {busy.status} {_ATTEMPTS} times.", FailureKind.TIMEOUT
                    ) from None
                await asyncio.sleep(busy.wait or 0.5 * 2**attempt)
        raise AssertionError


class _Exchange:
    """One request in a thread that nobody waits for at exit; its socket is shut where the answer is not wanted."""

    def __init__(self, service: Service, key: Secret | None, body: bytes) -> None:
        headers = {"Content-Type": "application/json"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key.reveal()}"
        self._service = service
        self._request = urllib.request.Request(service.url, body, headers)  # noqa: S310  (checked by Service)
        self._connection: http.client.HTTPConnection | None = None

    async def answer(self) -> bytes:
        """The body of the answer; raises `Failure` or `_Busy`."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bytes] = loop.create_future()

        def settle(data: bytes, error: Exception | None) -> None:
            if not future.done():
                future.set_exception(error) if error is not None else future.set_result(data)

        def work() -> None:
            data, error = b"", None
            try:
                data = self._ask()
            except Exception as failed:
                error = failed
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, data, error)

        Thread(target=work, name="embeddings", daemon=True).start()
        try:
            # The timeout of a socket is that of one read: an answer that drips would never end.
            async with asyncio.timeout(self._service.timeout):
                return await future
        except TimeoutError:
            raise self._late() from None
        finally:
            self._stop()

    def _late(self) -> Failure:
        service = self._service
        return Failure(f"{service.host} did not answer within {service.timeout:g} s.", FailureKind.TIMEOUT)

    def _stop(self) -> None:
        held = self._connection.sock if self._connection is not None else None
        if held is not None:
            with suppress(OSError):
                held.shutdown(SHUT_RDWR)

    def _ask(self) -> bytes:
        host = self._service.host
        try:
            opener = urllib.request.build_opener(_NoRedirects, _Plain(self), _Tls(self))
            with opener.open(self._request, timeout=self._service.timeout) as answer:
                data: bytes = answer.read(_LARGEST_ANSWER)
                return data
        except urllib.error.HTTPError as error:
            with error:
                if error.code in _RETRIED:
                    raise _Busy(error.code, _wait_of(error)) from None
            raise Failure(
                f"{host} refused: HTTP {error.code}.",
                FailureKind.REFUSED,
                hint="Check the key, the model's name and the address.",
            ) from None
        except TimeoutError:
            raise self._late() from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Failure(f"{host} cannot be reached ({_reason(error)}).", FailureKind.LINK) from None

    def connect(self, kind: type[http.client.HTTPConnection], *arguments: Any, **named: Any) -> Any:
        """Make the connection and keep it, so that it can be shut."""
        self._connection = kind(*arguments, **named)
        return self._connection


class _Plain(urllib.request.HTTPHandler):
    def __init__(self, exchange: _Exchange) -> None:
        super().__init__()
        self._exchange = exchange

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        def make(*given: Any, **named: Any) -> Any:
            return self._exchange.connect(http.client.HTTPConnection, *given, **named)

        return self.do_open(make, request)


class _Tls(urllib.request.HTTPSHandler):
    def __init__(self, exchange: _Exchange) -> None:
        super().__init__()
        self._exchange = exchange

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        def make(*given: Any, **named: Any) -> Any:
            return self._exchange.connect(http.client.HTTPSConnection, *given, **named)

        return self.do_open(make, request, context=ssl.create_default_context())


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
        return min(float(error.headers.get("Retry-After") or 0), _LONGEST_WAIT)
    except ValueError:
        return 0.0


def _reason(error: Exception) -> str:
    inner = error.reason if isinstance(error, urllib.error.URLError) else error
    return type(inner).__name__ if isinstance(inner, Exception) else "no connection"
