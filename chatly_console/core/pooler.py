"""Recognises a connection pooler by the host, the port or a parameter of the connection string."""

from collections.abc import Mapping, Sequence

from chatly_console.core.target import Endpoint, Pooler

_TRANSACTION_HINTS = {
    "pgbouncer": ("true", "1", "yes", "on"),
    "prepared_threshold": ("0",), "prepare_threshold": ("0", "none"), "preparethreshold": ("0",),
    "statement_cache_size": ("0",), "prepared_statement_cache_size": ("0",),
}  # fmt: skip
"""What people write into a connection string because a transaction pooler is in the way."""

_SETTINGS_REMARK = (
    "This is a transaction pooler: each statement may meet another session, and prepared statements are off."
)


def pooler_of(endpoints: Sequence[Endpoint], parameters: Mapping[str, str]) -> tuple[Pooler, tuple[str, ...]]:
    """The pooler in front of these servers as far as the words tell, and sentences about it."""
    if any(parameters.get(name, "").lower() in values for name, values in _TRANSACTION_HINTS.items()):
        return "transaction", (_SETTINGS_REMARK,)
    found = {_by_host(endpoint.host.lower(), endpoint.port) for endpoint in endpoints}
    pooler = found.pop() if len(found) == 1 else "unknown"
    return pooler, (_SETTINGS_REMARK,) if pooler == "transaction" else ()


def _by_host(host: str, port: int) -> Pooler:
    if host.endswith(".pooler.supabase.com"):
        return "transaction" if port == 6543 else "session"
    if is_supabase(host):
        return "transaction" if port == 6543 else "none"
    if host.endswith(".neon.tech"):
        return "transaction" if "-pooler." in host else "none"
    return "unknown"


def is_supabase(host: str) -> bool:
    """Whether this is the host of a hosted Supabase project."""
    return host.lower().endswith((".supabase.co", ".supabase.com", ".supabase.in", ".supabase.net"))
