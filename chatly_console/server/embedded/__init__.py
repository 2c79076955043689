"""The embedded PostgreSQL of the demo and of the tests: started when a console needs it, gone with the last one."""

from chatly_console.server.embedded.removal import remove_abandoned, reset
from chatly_console.server.embedded.server import EmbeddedServer, start

__all__ = ["EmbeddedServer", "remove_abandoned", "reset", "start"]
