"""Providers of vectors against a real HTTP server on the loopback: what is sent, what is refused, and when it stops."""

import asyncio
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.secret import Secret
from chatly_console.server.secrets import read_keyring, save_password
from chatly_console.vectors.asking import provider_of
from chatly_console.vectors.embedding_service import Service, Template
from chatly_console.vectors.http_provider import HttpProvider
from chatly_console.vectors.provider_file import Chosen, key_name, read_choice, write_choice
from chatly_console.vectors.providers import Cached, Lexical, LocalModel, fitting
from tests.vectors.service_stand_in import WRONG, Answers, running

KEY = Secret("sk-very-secret")


@pytest.fixture
def url() -> Iterator[str]:
    with running() as url:
        yield url


def provider(url: str, **more: Any) -> HttpProvider:
    return HttpProvider(Service(url, "m", **more), KEY, consented=True)


async def test_a_service_is_asked_again_when_busy_and_rows_come_in_order(url: str) -> None:
    asked = provider(f"{url}/once/v1", price=2.0, prefix="query: ", dimensions=2)
    assert await asked.embed(["a", "b"]) == [[0.0, 1.0], [1.0, 1.0]]
    assert [(path, who) for path, who, _ in Answers.asked] == [("/once/v1/embeddings", "Bearer sk-very-secret")] * 2
    body = Answers.asked[-1][2]
    assert (body["input"], body["model"], body["dimensions"]) == (["query: a", "query: b"], "m", 2)
    assert asked.cost == "7 tokens, 0.000014 spent"


async def test_one_that_stays_busy_is_given_up_in_a_sentence(url: str) -> None:
    with pytest.raises(Failure, match=r"too busy: HTTP 429") as raised:
        await provider(f"{url}/busy").embed(["a"])
    assert raised.value.kind is FailureKind.TIMEOUT and len(Answers.asked) == 4


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("denied", "HTTP 401"),
        ("moved", "HTTP 302"),
        *((f"wrong/{name}", "did not answer with an embedding") for name in WRONG),
    ],
)
async def test_a_refusal_never_tells_the_key_and_no_redirect_is_followed(url: str, path: str, words: str) -> None:
    with pytest.raises(Failure, match=words) as raised:
        await provider(f"{url}/{path}").embed(["a"])
    failure = raised.value
    assert "very-secret" not in f"{failure} {failure.detail} {failure.hint} {failure.__cause__} {failure.__context__!r}"
    assert len(Answers.asked) == 1


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
async def test_a_vector_with_no_number_in_it_never_reaches_the_server(
    url: str, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(WRONG, "number", f'{{"data": [{{"index": 0, "embedding": [0.5, {number}]}}]}}'.encode())
    with pytest.raises(Failure, match="NaN or infinity"):
        await provider(f"{url}/wrong/number").embed(["a"])


async def test_an_answer_that_ends_too_early_or_drips_is_given_up(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(self: Answers) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        self.wfile.write(b'{"data": [')
        self.close_connection = True

    monkeypatch.setattr(Answers, "do_POST", cut)
    with pytest.raises(Failure, match="did not answer with an embedding"):
        await provider(url).embed(["a"])

    def drip(self: Answers) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.released.wait(0.01):
            self.wfile.write(b" ")

    monkeypatch.setattr(Answers, "do_POST", drip)
    with pytest.raises(Failure, match=r"within 0\.3 s"):
        await provider(url, timeout=0.3).embed(["a"])


async def test_nobody_there_is_a_sentence() -> None:
    with pytest.raises(Failure, match="cannot be reached") as raised:
        await provider("http://127.0.0.1:9").embed(["a"])
    assert raised.value.kind is FailureKind.LINK


async def test_cancelling_ends_at_once_and_closes_the_connection(url: str) -> None:
    task = asyncio.create_task(provider(f"{url}/hang").embed(["a"]))
    async with asyncio.timeout(10):
        while not Answers.asked:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        while any(thread.name == "embeddings" for thread in threading.enumerate()):
            await asyncio.sleep(0.01)
    assert not Answers.released.is_set()


async def test_a_service_that_does_not_answer_is_not_waited_for(url: str) -> None:
    with pytest.raises(Failure, match=r"within 0\.2 s"):
        await provider(f"{url}/hang", timeout=0.2).embed(["a"])


async def test_a_template_asks_in_the_services_own_way(url: str) -> None:
    template = Template('{"nested": {"text": "say {text}"}, "n": 1}', "result.0.vector")
    asked = provider(f"{url}/function", template=template)
    text = 'a "quoted" \n text'
    assert await asked.embed([text, "b"]) == [[1.0, 2.0, float(len(text) + 4)], [1.0, 2.0, 5.0]]
    assert Answers.asked[0][0] == "/function" and Answers.asked[0][2]["nested"]["text"] == f"say {text}"
    assert Template("{").problem() and Template('{"a": 1}').problem() and not Template().problem()
    for path in ("result.7.vector", "nowhere", "result.x", ""):
        with pytest.raises(Failure, match="did not answer"):
            await provider(f"{url}/function", template=Template(template.body, path)).embed(["a"])


async def test_what_was_asked_before_is_not_asked_again(url: str) -> None:
    cached = Cached(provider(f"{url}/v1"))
    first = await cached.embed(["a", "b", "a"])
    assert first[0] == first[2] and Answers.asked[-1][2]["input"] == ["a", "b"]
    assert await cached.embed(["b"]) == [first[1]] and len(Answers.asked) == 1
    await cached.embed([f"filler {n}" for n in range(300)])
    await cached.embed(["b"])
    assert Answers.asked[-1][2]["input"] == ["b"], "the memory has an end"


async def test_nothing_is_sent_without_consent_nor_in_clear_text() -> None:
    refused = HttpProvider(Service("https://api.example.com/v1", "m"), KEY, consented=False)
    with pytest.raises(Failure, match="nobody has agreed"):
        await refused.embed(["tenant text"])
    for address, words in (("http://api.example.com", "https only"), ("ftp://x", "begin with https"),
                           ("https://user:key@api.example.com", "keyring")):  # fmt: skip
        with pytest.raises(Failure, match=words):
            provider(address)


async def test_the_length_must_be_that_of_the_column() -> None:
    vector = (await Lexical().embed(["some words"]))[0]
    with pytest.raises(Failure, match="1,536"):
        fitting(vector, 1536, Lexical())
    assert fitting(vector, 384, Lexical()).startswith("[")


async def test_the_key_is_in_the_keyring_and_in_no_file(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "services.json"
    service = Service("https://api.example.com/v1", "m", 384, template=Template(), price=1.5)
    write_choice(path, "prod", Chosen(service, "api.example.com"))
    write_choice(path, "other", Chosen(Service("https://elsewhere.example.com", "m"), "api.example.com"))
    await save_password(key_name("prod"), KEY)
    chosen = read_choice(path, "prod")
    assert chosen == Chosen(service, "api.example.com") and chosen.consented
    other = read_choice(path, "other")
    assert other is not None and not other.consented, "consent is for one host"
    assert "secret" not in path.read_text() and path.stat().st_mode & 0o077 == 0
    assert (await read_keyring(key_name("prod"))) is not None
    assert isinstance(await provider_of(service, key_name("prod"), consented=True), Cached)
    write_choice(path, "prod", None)
    assert read_choice(path, "prod") is None
    path.write_text('{"other": {"service": {"base_url": "http://evil.example.com", "model": "m"}, "agreed": ""}}')
    assert read_choice(path, "other") is None


async def test_a_local_model_is_offered_only_where_it_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not LocalModel.is_installed() or "sentence_transformers" in sys.modules
    (tmp_path / "sentence_transformers.py").write_text(
        "class SentenceTransformer:\n"
        "    def __init__(self, name):\n"
        "        if name == 'none': raise OSError('no such model')\n"
        "    def encode(self, texts): return [[float(len(text)), 1.0] for text in texts]\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert LocalModel.is_installed()
    assert await LocalModel("small").embed(["abc"]) == [[3.0, 1.0]]
    with pytest.raises(Failure, match="cannot be used"):
        await LocalModel("none").embed(["abc"])
    monkeypatch.delitem(sys.modules, "sentence_transformers")
