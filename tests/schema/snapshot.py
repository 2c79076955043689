"""The query by which tests compare catalogues, whatever the console thinks of them, and objects that are hard."""

from pathlib import Path

EVERYTHING = Path(__file__).with_name("everything.sql").read_text("utf-8")


def hard(version: int) -> str:
    """Statements for objects that are hard to write, as far as a server of this version (180006) has them."""
    files = sorted(Path(__file__).parent.glob("hard*.sql"))
    since = {path: int(path.stem.partition("_")[2] or 0) for path in files}
    return "\n".join(path.read_text("utf-8") for path in files if since[path] <= version)
