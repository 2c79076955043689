"""Finds a password: in the connection string, PGPASSWORD, the keyring, the passfile, or by asking.

It is written nowhere but in the keyring.
"""

import asyncio
import stat
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Literal, TypeVar

from chatly_console.core.connection_files import password_in_passfile
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.secret import Secret
from chatly_console.core.target import ConnectionTarget
from chatly_console.server.profiles import Profile

SERVICE = "chatly-console"
KEYRING_TIMEOUT = 10.0
"""Seconds for the keyring: it may be waiting for its own password on a desktop that nobody looks at."""

PasswordSource = Literal["", "connection string", "PGPASSWORD", "keyring", "passfile", "asked"]
Ask = Callable[[str], Awaitable[str | None]]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class FoundPassword:
    """The password or None, where it came from, and sentences about places that could not be looked into."""

    password: Secret | None
    source: PasswordSource = ""
    remarks: tuple[str, ...] = ()


async def find_password(
    profile: Profile,
    environ: Mapping[str, str],
    ask: Ask | None = None,
    *,
    keyring_timeout: float = KEYRING_TIMEOUT,
) -> FoundPassword:
    """The password of a profile, from the first place that has one; `ask` gets the words to ask with."""
    target = profile.target
    if target.password is not None:
        return FoundPassword(target.password, "connection string")
    if environ.get("PGPASSWORD"):
        return FoundPassword(Secret(environ["PGPASSWORD"]), "PGPASSWORD")
    remarks: list[str] = []
    if profile.keyring_user is not None:
        try:
            stored = await read_keyring(profile.keyring_user, timeout=keyring_timeout)
        except Failure as failure:
            remarks.append(failure.sentence)
        else:
            if stored is not None:
                return FoundPassword(stored, "keyring")
    found, remark = await asyncio.to_thread(read_passfile, target)
    if remark:
        remarks.append(remark)
    if found is not None:
        return FoundPassword(found, "passfile", tuple(remarks))
    answer = await ask(f"Password of {target.user} on {target.place}") if ask is not None else None
    if answer:
        return FoundPassword(Secret(answer), "asked", tuple(remarks))
    return FoundPassword(None, "", tuple(remarks))


def read_passfile(target: ConnectionTarget) -> tuple[Secret | None, str]:
    """The passfile's password for a target, and a sentence where the file may not be used."""
    if not target.passfile:
        return None, ""
    path = Path(target.passfile)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return None, f"The passfile {path} is not a plain file and is ignored."
        if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            return None, f"The passfile {path} can be read by others and is ignored: chmod 600 {path}"
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return None, ""
    except OSError as error:
        return None, f"The passfile {path} cannot be read: {error.strerror}."
    password = password_in_passfile(text, target)
    return (Secret(password), "") if password else (None, "")


async def read_keyring(name: str, *, timeout: float = KEYRING_TIMEOUT) -> Secret | None:
    """The keyring's password of a profile, or None; raises Failure where it cannot be asked."""

    def read() -> str | None:
        import keyring

        return keyring.get_password(SERVICE, name)

    text = await _in_keyring(read, timeout)
    return Secret(text) if text else None


async def save_password(name: str, password: Secret, *, timeout: float = KEYRING_TIMEOUT) -> None:
    """Put the password of a profile into the keyring; raises Failure where there is none."""

    def write() -> None:
        import keyring
        from keyring.backends import null
        from keyring.errors import NoKeyringError

        if isinstance(keyring.get_keyring(), null.Keyring):
            # It takes everything and keeps nothing.
            raise NoKeyringError
        keyring.set_password(SERVICE, name, password.reveal())

    await _in_keyring(write, timeout)


async def forget_password(name: str, *, timeout: float = KEYRING_TIMEOUT) -> None:
    """Take the password of a profile out of the keyring; one that is not there is no failure."""

    def delete() -> None:
        import keyring
        from keyring.errors import PasswordDeleteError

        try:
            keyring.delete_password(SERVICE, name)
        except PasswordDeleteError:
            return

    await _in_keyring(delete, timeout)


async def keyring_name(*, timeout: float = KEYRING_TIMEOUT) -> str | None:
    """The keyring that is there, or None: only then is saving a password offered."""

    def name() -> str | None:
        import keyring
        from keyring.backends import fail, null

        backend = keyring.get_keyring()
        return None if isinstance(backend, fail.Keyring | null.Keyring) else str(backend.name)

    try:
        return await _in_keyring(name, timeout)
    except Failure:
        return None


async def _in_keyring(call: Callable[[], Result], timeout: float) -> Result:
    """Run `call` in a thread that nothing waits for at exit: a keyring may block for ever."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def work() -> None:
        result, error = None, None
        try:
            result = call()
        except Exception as failed:
            error = _keyring_failure(failed)
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, error)

    Thread(target=work, name="keyring", daemon=True).start()
    try:
        return await asyncio.wait_for(future, timeout)
    except TimeoutError:
        raise Failure(
            f"The keyring did not answer within {timeout:g} s: it may be waiting to be unlocked.",
            FailureKind.TIMEOUT,
        ) from None


def _keyring_failure(error: Exception) -> Failure:
    """A sentence for what a keyring raised, without its own text: that may hold what was to be stored."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if "NoKeyringError" in names:
        return Failure(
            "There is no keyring on this machine.",
            FailureKind.REFUSED,
            hint="Give the password by PGPASSWORD, in a passfile (~/.pgpass, chmod 600), or when asked.",
        )
    if "KeyringLocked" in names:
        return Failure("The keyring is locked.", FailureKind.REFUSED, hint="Unlock it and try again.")
    return Failure(f"The keyring cannot be used ({type(error).__name__}).", FailureKind.REFUSED)
