"""Offers to keep a password that was asked for, where there is a keyring and a profile to keep it for."""

from typing import TYPE_CHECKING

from chatly_console.core.failure import Failure
from chatly_console.server.profiles import Profile
from chatly_console.server.secrets import keyring_name, save_password
from chatly_console.shell.dialogs import Confirm

if TYPE_CHECKING:
    from chatly_console.shell.app import ConsoleApp


async def offer_to_keep(app: "ConsoleApp", profile: Profile) -> None:
    """Ask, and keep it; says nothing where no keyring could keep it."""
    name, password = profile.keyring_user, profile.target.password
    keyring = await keyring_name() if name and password else None
    if name is None or password is None or keyring is None:
        return
    if await app.push_screen_wait(Confirm(f"Keep the password of {name} in {keyring}?", "", verb="keep it")):
        try:
            await save_password(name, password)
            app.note(f"The password of {name} is in {keyring}", "done")
        except Failure as failure:
            app.fail(failure)
