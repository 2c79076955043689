"""A full-screen PostgreSQL console that shows a database as each of its users sees it."""

__version__ = "0.1.0"
