"""Keys that a plan gives twice: versions 10 to 12 print `Workers` once for their sorts, and again for their times."""

from typing import Any


def put_key(keys: dict[str, Any], name: str, value: Any) -> None:
    """Put it in; a list that is there already takes in what the other says of the same workers."""
    before = keys.get(name)
    if isinstance(before, list) and isinstance(value, list):
        value = _by_worker([*before, *value])
    keys[name] = value


def _by_worker(parts: list[Any]) -> list[Any]:
    found: list[Any] = []
    places: dict[object, int] = {}
    for part in parts:
        worker = part.get("Worker Number") if isinstance(part, dict) else None
        if worker is None or worker not in places:
            places[worker] = len(found)
            found.append(part)
        else:
            found[places[worker]] = {**found[places[worker]], **part}
    return found
