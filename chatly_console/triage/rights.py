"""What the login may see and do, and the grant that is missing where it may not."""

from dataclasses import dataclass

from chatly_console.core.quote import quote_identifier


@dataclass(frozen=True, slots=True)
class Rights:
    """The login's rights as rights.sql found them."""

    login: str
    superuser: bool
    reads_all_stats: bool
    statements_version: str | None
    statements_schema: str | None
    statements_available: bool
    lists_temp_files: bool = False
    reads_settings: bool = True
    lists_shared_temp_files: bool = False

    @property
    def sees_everyone(self) -> bool:
        """Whether other roles' statements can be read."""
        return self.superuser or self.reads_all_stats

    @property
    def missing_for_activity(self) -> str:
        """What to grant so that others' statements, states and waits are seen; empty where they are."""
        if self.sees_everyone:
            return ""
        return (
            "States, statements and ages of other roles' sessions are concealed: "
            f"grant pg_read_all_stats to {quote_identifier(self.login)}."
        )

    @property
    def missing_for_server(self) -> str:
        """What to grant so that temporary files, write-ahead log and all settings are seen; empty where they are."""
        login = quote_identifier(self.login)
        if not (self.lists_temp_files and self.reads_settings):
            return f"Temporary files in use and some settings are concealed: grant pg_monitor to {login}."
        if not self.lists_shared_temp_files:
            return (
                "Temporary files that parallel workers share are concealed: "
                f"grant execute on function pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean) to {login}."
            )
        return ""

    @property
    def missing_for_statements(self) -> str:
        """What to do so that statements are counted, or their texts seen; empty where nothing is missing."""
        if self.statements_version is None:
            if self.statements_available:
                return (
                    "pg_stat_statements is not installed in this database: create extension pg_stat_statements; "
                    "it also has to stand in shared_preload_libraries."
                )
            return "pg_stat_statements does not come with this server."
        return (
            ""
            if self.sees_everyone
            else (f"Statements of other roles are left out: grant pg_read_all_stats to {quote_identifier(self.login)}.")
        )

    def refusal(self, *, of_user: str, of_superuser: bool) -> str:
        """Why the server refused to signal a session of `of_user`."""
        if of_superuser:
            return f"{of_user} is a superuser: only a superuser may signal its sessions."
        return (
            f"{self.login} may not signal sessions of {of_user or 'this role'}: "
            f"grant pg_signal_backend to {quote_identifier(self.login)}, or act as {of_user or 'that role'}."
        )

    @property
    def statements_number(self) -> int:
        """The extension's version as the SQL files are numbered: 1.11 is 11100."""
        major, _, minor = (self.statements_version or "0.0").partition(".")
        return int(major) * 10000 + int(minor or 0) * 100
