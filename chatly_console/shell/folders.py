"""Where the console keeps the user's settings, his themes, its log and its memory of the last run."""

from dataclasses import dataclass
from pathlib import Path

from platformdirs import PlatformDirs


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of one user; tests make their own."""

    config: Path
    state: Path

    @classmethod
    def of_user(cls) -> "Folders":
        """The folders where this system keeps such files (on Linux by the XDG variables)."""
        dirs = PlatformDirs("chatly-console", appauthor=False)
        return cls(Path(dirs.user_config_dir), Path(dirs.user_state_dir))

    @property
    def config_file(self) -> Path:
        """The settings: `[keymap]` and the like."""
        return self.config / "config.toml"

    @property
    def themes(self) -> Path:
        """The user's own themes, one TOML file each."""
        return self.config / "themes"

    @property
    def log_file(self) -> Path:
        """What must not reach the screen: tracebacks, warnings, the driver's own log."""
        return self.state / "console.log"

    @property
    def memory_file(self) -> Path:
        """What the console remembers by itself, such as the theme."""
        return self.state / "memory.json"

    def make_state(self) -> Path:
        """The state folder, made where it is missing and readable by its owner only."""
        self.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.state
