"""Connection profiles: what is known of a database beside its address, and how careful to be with it.

They live in the user's `config.toml` as `[profiles.NAME]` tables (see `profile_file`); passwords never do.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chatly_console.core.pooler import is_supabase
from chatly_console.core.target import ConnectionTarget

Environment = Literal["local", "staging", "production"]
Origin = Literal["file", "dsn", "environment", "demo"]

ENVIRONMENTS: tuple[Environment, ...] = ("local", "staging", "production")
POOL_SIZE = 8


@dataclass(frozen=True, slots=True)
class Profile:
    """One database that the console can open. `name` is what the identity bar shows; times are in seconds.

    `dsn` is the connection string as the file has it, without a password. `ssh` is a host of the user's ssh
    configuration through which the server is reached. `idle_in_transaction_timeout` ends a transaction left
    open; `idle_timeout` closes pool connections that nobody used; `cursor_idle_timeout` closes the cursor of a result
    through which nobody scrolls.
    """

    name: str
    target: ConnectionTarget
    environment: Environment = "local"
    pool_size: int = POOL_SIZE
    read_only: bool = False
    colour: str | None = None
    ssh: str | None = None
    statement_timeout: float | None = None
    lock_timeout: float | None = None
    idle_in_transaction_timeout: float | None = None
    idle_timeout: float | None = None
    cursor_idle_timeout: float | None = None
    origin: Origin = "file"
    dsn: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def is_production(self) -> bool:
        """Whether this is the database that must not be hurt."""
        return self.environment == "production"

    @property
    def keyring_user(self) -> str | None:
        """The name under which the keyring has the password; None for a connection that has no profile."""
        return self.name if self.origin == "file" else None


def default_environment(target: ConnectionTarget) -> Environment:
    """What a database is taken for while nobody has said: another machine's is never harmless."""
    return "local" if target.is_local else "staging"


def environment_warning(target: ConnectionTarget) -> str:
    """A sentence where the environment should be set and is not; else empty."""
    if any(is_supabase(place.host) for place in target.endpoints):
        return (
            'This is a hosted Supabase project and no environment is set: set environment = "production" '
            "in its profile if customers use it."
        )
    return ""


def profile_of_target(target: ConnectionTarget, origin: Origin) -> Profile:
    """The profile of a connection that was given on the command line or by the environment."""
    warning = environment_warning(target)
    return Profile(
        name=target.name or target.display,
        target=target,
        environment=default_environment(target),
        origin=origin,
        warnings=(*target.warnings, *((warning,) if warning else ())),
    )


def demo_profile(target: ConnectionTarget) -> Profile:
    """The profile of the embedded server."""
    return Profile(name="chatly-demo", target=target, environment="local", origin="demo", warnings=target.warnings)


def config_folder() -> Path:
    """The user's folder for `config.toml`, themes and key maps."""
    import platformdirs

    return Path(platformdirs.user_config_dir("chatly-console"))
