"""Finds the data files that travel with the program: `database/` and `themes/`.

A wheel carries them in `chatly_console/_data`; a checkout (also an editable install) has them beside the package.
"""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def data_folder(name: str) -> Path:
    """The folder `name` (`database` or `themes`), from the wheel or the checkout."""
    packaged = _PACKAGE / "_data" / name
    return packaged if packaged.is_dir() else _PACKAGE.parent / name
