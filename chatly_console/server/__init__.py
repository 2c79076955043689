"""The only way to the database: connections, the one pool, the executor, and what is known of the server."""
