"""Asks as whom statements shall run: anon, a user, hand-made claims, the service key, or any role."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal

from chatly_console.core.failure import Failure
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.dialogs import AskText

if TYPE_CHECKING:
    from textual.app import App

Resolve = Callable[[str], Awaitable[Identity]]
"""Finds the user whom a person names by UUID or e-mail address; raises Failure where there is none."""

Kind = Literal["login", "anon", "user", "claims", "service", "role"]

KINDS: tuple[Choice[Kind], ...] = (
    Choice("authenticated: a user by UUID or e-mail", "user", "signed in"),
    Choice("anon", "anon", "not signed in"),
    Choice("claims: hand-made JSON", "claims", "any token"),
    Choice("service_role", "service", "bypasses row policies"),
    Choice("another role", "role", "SET ROLE"),
    Choice("the login itself", "login", "nobody impersonated"),
)


def claims_problem(text: str) -> str:
    """Why these claims will not do, or empty."""
    try:
        Identity.from_claims(text)
    except ValueError as error:
        return str(error)
    return ""


async def pick_identity(app: App[object], resolve: Resolve | None) -> Identity | None:
    """Ask; None where the user changed his mind. Call it in a worker."""
    kind = await app.push_screen_wait(Choose("Run as", KINDS, placeholder="whom?"))
    if kind == "anon":
        return Identity.anon()
    if kind == "service":
        return Identity.service_role()
    if kind == "login":
        return LOGIN
    if kind == "user":
        return await _ask_user(app, resolve)
    if kind == "claims":
        question, example = "Claims of the token, as JSON", '{"sub": "…", "role": "authenticated"}'
        text = await app.push_screen_wait(AskText(question, placeholder=example, check=claims_problem))
        return None if text is None else Identity.from_claims(text)
    if kind == "role":
        name = await app.push_screen_wait(AskText("Role", check=lambda text: "" if text.strip() else "Name a role."))
        return None if name is None else Identity.of_role(name.strip())
    return None


async def _ask_user(app: App[object], resolve: Resolve | None) -> Identity | None:
    """By sub or address; where the address is unknown the question comes again with the reason."""
    detail, text = "", ""
    while True:
        asked = await app.push_screen_wait(
            AskText(
                "User: UUID or e-mail address",
                detail,
                initial=text,
                placeholder="ada@nordlicht.example",
                check=lambda given: "" if given.strip() else "Name a user.",
            )
        )
        if asked is None:
            return None
        text = asked.strip()
        if resolve is None:
            return Identity.authenticated(text)
        try:
            return await resolve(text)
        except Failure as failure:
            detail = failure.sentence
