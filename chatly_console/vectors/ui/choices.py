"""Asks for what the Vectors pane can be told: the column, how many rows, settings, and who makes the vectors."""

from collections.abc import Sequence
from typing import Any

from textual.app import App

from chatly_console.core.failure import Failure
from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.dialogs import AskText, Confirm
from chatly_console.vectors.asking import provider_of
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.operators import parse_settings
from chatly_console.vectors.providers import Lexical, Provider, Service
from chatly_console.vectors.service import Settings


async def choose_column(app: App[Any], columns: Sequence[VectorColumn]) -> VectorColumn | None:
    """One of the columns."""
    choices = [
        Choice(f"{c.title}  {c.type_words}", c, f"{c.metric.name} · {c.index.describe() if c.index else 'no index'}")
        for c in columns
    ]
    return await app.push_screen_wait(Choose("Column of vectors", choices))


async def choose_number(app: App[Any], question: str, now: int, *, most: int) -> int:
    """A number from 1 to `most`; the present one where the user changed his mind."""

    def check(text: str) -> str:
        fits = text.strip().isdigit() and 1 <= int(text) <= most
        return "" if fits else f"A whole number from 1 to {most:,}."

    text = await app.push_screen_wait(AskText(question, initial=str(now), check=check))
    return now if text is None else int(text)


async def choose_settings(app: App[Any], now: Settings, method: str) -> Settings:
    """The settings of an index; the present ones where the user changed his mind."""

    def check(text: str) -> str:
        try:
            parse_settings(text, method)
        except ValueError as error:
            return str(error)
        return ""

    example = "probes=10 iterative_scan=relaxed_order" if method == "ivfflat" else "ef_search=100"
    initial = " ".join(f"{name.partition('.')[2]}={value}" for name, value in now)
    detail = f"For the searches here only (SET LOCAL), such as {example}. Empty: as the server has it."
    text = await app.push_screen_wait(AskText(f"Settings of {method}", detail, initial=initial, check=check))
    return now if text is None else parse_settings(text, method)


async def choose_provider(app: App[Any], now: Provider, profile: str) -> Provider | None:
    """Who makes vectors of texts; whoever is elsewhere must be agreed to. None where the user changed his mind."""
    kinds = (
        Choice("lexical: counts words and parts of words, here", "lexical", "no meaning, no network"),
        Choice("a service that speaks OpenAI's way", "service", "OpenAI, Ollama, …"),
    )
    kind = await app.push_screen_wait(Choose("Texts become vectors by", kinds))
    if kind != "service":
        return Lexical() if kind == "lexical" else None
    url = await app.push_screen_wait(AskText("Address before /embeddings", initial="http://localhost:11434/v1",
                                             check=_wrong_address))  # fmt: skip
    model = None if url is None else await app.push_screen_wait(AskText("Model", initial=now.name))
    if url is None or not model:
        return None
    service = Service(url, model)
    agreed = not service.leaves_the_machine or await app.push_screen_wait(
        Confirm(
            f"Send your questions to {service.host}?",
            f"Texts that you search by leave this machine. The key is read from the keyring ({profile}/embeddings).",
            verb="send",
        )
    )
    return await provider_of(url, model, None, f"{profile}/embeddings", consented=True) if agreed else None


def _wrong_address(text: str) -> str:
    try:
        Service(text, "").check()
    except Failure as failure:
        return failure.sentence
    return ""
