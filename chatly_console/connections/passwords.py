"""The password of a profile that was just saved: where it is kept, or that it is kept nowhere."""

from chatly_console.connections.understood import Line
from chatly_console.core.failure import Failure
from chatly_console.core.secret import Secret
from chatly_console.server.secrets import forget_password, keyring_name, read_keyring, save_password


async def password_line(old: str, new: str, typed: Secret | None) -> Line:
    """Keep the password that was typed, and let one that is kept follow its profile to its new name."""
    try:
        if typed is not None:
            await save_password(new, typed)
        elif old and old != new and await keyring_name() is not None and (kept := await read_keyring(old)):
            await save_password(new, kept)
        if old and old != new and await keyring_name() is not None:
            await forget_password(old)
    except Failure as failure:
        return Line("▲", f"{new} is saved; its password is kept nowhere. {failure.sentence} {failure.hint}", "warn")
    where = f", its password in {await keyring_name() or 'the keyring'}" if typed is not None else ""
    return Line("✓", f"{new} is saved{where}", "good")
