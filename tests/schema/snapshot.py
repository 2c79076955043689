"""The query by which tests compare catalogues, whatever the console thinks of them, and objects that are hard."""

from pathlib import Path

EVERYTHING = Path(__file__).with_name("everything.sql").read_text("utf-8")
HARD = Path(__file__).with_name("hard.sql").read_text("utf-8")
