"""Reads plans from text of any form: what the server sends, what people paste, what logs hold."""

from chatly_console.explain.parsing.reading import read_plans

__all__ = ["read_plans"]
