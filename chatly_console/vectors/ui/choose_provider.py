"""Asks who makes vectors of texts: whoever is elsewhere must be agreed to, and its key goes to the keyring only."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from chatly_console.core.failure import Failure
from chatly_console.core.secret import Secret
from chatly_console.server.secrets import keyring_name, save_password
from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.dialogs import AskText, Confirm
from chatly_console.vectors.asking import provider_of
from chatly_console.vectors.embedding_service import Service, Template
from chatly_console.vectors.provider_file import Chosen, key_name, read_choice, write_choice
from chatly_console.vectors.providers import Cached, Lexical, LocalModel, Provider
from chatly_console.vectors.ui.workbench import Workbench

_OPENAI = Service("https://api.openai.com/v1", "text-embedding-3-small")
_OLLAMA = Service("http://localhost:11434/v1", "nomic-embed-text")
_FUNCTION = Service("https://PROJECT.supabase.co/functions/v1/embed", "gte-small", template=Template())


async def remembered_provider(pane: Workbench) -> Provider:
    """The service that was chosen for this profile; the lexical one where none was, or the keyring is shut."""
    chosen = await asyncio.to_thread(read_choice, pane.services_file, pane.session.profile.name)
    if chosen is None:
        return Lexical()
    try:
        return await provider_of(chosen.service, key_name(pane.session.profile.name), consented=chosen.consented)
    except Failure as failure:
        pane.tell(f"Texts become vectors lexically: {failure.sentence}")
        return Lexical()


async def choose_provider(pane: Workbench) -> None:
    """One of the kinds, with what it must be told; nothing changes where the user changed his mind."""
    kinds: list[Choice[Service | str]] = [
        Choice("lexical: counts words and parts of words, here", "lexical", "no meaning, no network"),
        Choice("OpenAI", _OPENAI, "a service, needs a key"),
        Choice("Ollama on this machine", _OLLAMA, "no key"),
        Choice("another that speaks OpenAI's way", replace(_OPENAI, base_url="https://", model=""), "/embeddings"),
        Choice("a service with its own way, such as a Supabase Edge Function", _FUNCTION, "by a template"),
    ]
    if LocalModel.is_installed():
        kinds.append(Choice("a local model of sentence-transformers", "local", "nothing leaves the machine"))
    kind = await pane.app.push_screen_wait(Choose("Texts become vectors by", kinds))
    if kind is None:
        return
    profile = pane.session.profile.name
    if kind == "lexical":
        pane.provider = Lexical()
        await asyncio.to_thread(write_choice, pane.services_file, profile, None)
    elif isinstance(kind, Service):
        provider = await _ask_service(pane, kind, profile)
        if provider is None:
            return
        pane.provider = provider
    else:
        model = await pane.app.push_screen_wait(AskText("Model: a folder, or a name that was downloaded before"))
        if not model:
            return
        pane.provider = Cached(LocalModel(model))
    pane.show_header()
    pane.tell(f"Texts become vectors by {pane.provider.words}.")


async def _ask_service(pane: Workbench, service: Service, profile: str) -> Provider | None:
    ask = pane.app.push_screen_wait
    what = "Address before /embeddings" if service.template is None else "Address of the function"
    url = await ask(AskText(what, initial=service.base_url, check=_wrong_address))
    if url is None:
        return None
    model = await ask(AskText("Model", "Its name, as the column that names the model of a row has it.",
                              initial=service.model))  # fmt: skip
    if not model:
        return None
    service = replace(service, base_url=url.strip(), model=model.strip())
    if service.template is not None:
        template = await _ask_template(pane, service.template)
        if template is None:
            return None
        service = replace(service, template=template)
    if not await _agreed(pane, service) or not await _keep_key(pane, service, profile):
        return None
    service.check()
    agreed = service.host if service.leaves_the_machine else ""
    await asyncio.to_thread(write_choice, pane.services_file, profile, Chosen(service, agreed))
    return await provider_of(service, key_name(profile), consented=True)


async def _ask_template(pane: Workbench, template: Template) -> Template | None:
    def check(text: str) -> str:
        return Template(text).problem()

    body = await pane.app.push_screen_wait(
        AskText("Body of the request, as JSON", "{text} stands for the question.", initial=template.body, check=check)
    )
    if body is None:
        return None
    detail = "With dots, numbers for places in a list: data.0.embedding. Empty: the answer is the vector."
    path = await pane.app.push_screen_wait(AskText("Where the vector is in the answer", detail, initial=template.path))
    return None if path is None else Template(body, path.strip())


async def _agreed(pane: Workbench, service: Service) -> bool:
    if not service.leaves_the_machine:
        return True
    question = Confirm(
        f"Send your questions to {service.host}?",
        "Texts that you search by leave this machine, for this profile, until another provider is chosen. "
        "Rows of the table are never sent.",
        verb="send",
        grave=True,
    )
    agreed: bool = await pane.app.push_screen_wait(question)
    return agreed


async def _keep_key(pane: Workbench, service: Service, profile: str) -> bool:
    """Whether to go on; a key that was typed is in the keyring then."""
    if not service.leaves_the_machine:
        return True
    keyring = await keyring_name()
    if keyring is None:
        pane.tell("There is no keyring here, so the service is asked without a key.")
        return True
    detail = f"It is kept in {keyring} and nowhere else. Empty: as it is there now, or none."
    key = await pane.app.push_screen_wait(AskText(f"Key of {service.host}", detail, masked=True))
    if key is None:
        return False
    if key.strip():
        await save_password(key_name(profile), Secret(key.strip()))
    return True


def _wrong_address(text: str) -> str:
    try:
        Service(text.strip(), "").check()
    except Failure as failure:
        return failure.sentence
    return ""
