"""From a profile to a connected database: password, tunnel, TLS and pool in the order that they need each other."""

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server.connect_arguments import connect_arguments
from chatly_console.server.database import Database
from chatly_console.server.impersonation import BOUNDARY_LOGIN
from chatly_console.server.pool import Opening
from chatly_console.server.profiles import Profile
from chatly_console.server.secrets import Ask, find_password, read_keyring
from chatly_console.server.tunnel import KeptTunnel, open_tunnel

Progress = Callable[[str], None]

_WRONG_PASSWORD = ("28P01", "08P01")
"""SQLSTATEs: the server's own, and a pooler's."""
_WHERE_PASSWORDS_ARE = "Give it by PGPASSWORD, the keyring, ~/.pgpass (chmod 600), or when asked in a terminal."


async def open_profile(
    profile: Profile, *, ask: Ask | None = None, progress: Progress = lambda words: None
) -> Database:
    """Connect as the profile says; `ask` is called for a password that nothing else knows. Raises `Failure`."""
    target = profile.target
    tunnel = None
    found = await find_password(profile, os.environ, ask)
    if found.password is not None:
        target = target.with_password(found.password)
    if profile.ssh:
        progress(f"opening the ssh tunnel through {profile.ssh}")
        opened = await open_tunnel(profile.ssh, target)
        tunnel, target = KeptTunnel(opened, target), opened.target
    progress(f"connecting to {target.display}")
    arguments: dict[str, Any] = {**connect_arguments(target)}
    del arguments["statement_cache_size"]
    opening = Opening(
        arguments,
        pool_size=profile.pool_size,
        transaction_pooler={"transaction": True, "none": False, "session": False}.get(target.pooler),
        boundary=await _boundary(profile),
        settings=_settings(profile),
    )
    try:
        database = await Database.connect(opening)
    except Failure as failure:
        if tunnel is not None:
            await tunnel.close()
        if failure.kind is FailureKind.LOGIN and failure.sqlstate in _WRONG_PASSWORD and found.password is None:
            # The server says the same of a password that is wrong and of none at all.
            failure.sentence = f"The server wants a password of {target.user}, and none was found."
            failure.hint = " ".join(found.remarks) or _WHERE_PASSWORDS_ARE
        raise
    host = f"embedded:{database.facts.version}" if profile.origin == "demo" else profile.target.place
    database.facts = replace(database.facts, host=host)
    if tunnel is not None:
        database.mend_with(tunnel)
        database.close_with(tunnel.close)
    return database


def _settings(profile: Profile) -> dict[str, str]:
    """The settings of every transaction: the profile's limits (seconds there, milliseconds here), and its own."""
    limits = {
        "statement_timeout": profile.statement_timeout,
        "lock_timeout": profile.lock_timeout,
        "idle_in_transaction_session_timeout": profile.idle_in_transaction_timeout,
    }
    settings = dict(profile.target.settings) if profile.target.pooler != "none" else {}
    return settings | {name: str(round(limit * 1000)) for name, limit in limits.items() if limit is not None}


async def _boundary(profile: Profile) -> dict[str, str] | None:
    """How the impersonation login connects: with its own password from the keyring, or without one at all."""
    name = profile.keyring_user
    try:
        password = await read_keyring(f"{name}/{BOUNDARY_LOGIN}") if name else None
    except Failure:
        password = None
    if password is None and profile.origin != "demo" and not all(place.is_socket for place in profile.target.places):
        return None
    return {"user": BOUNDARY_LOGIN, "password": password.reveal() if password else ""}
