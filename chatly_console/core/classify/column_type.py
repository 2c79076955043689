"""Whether changing a column's type writes the whole table anew: as measured on PostgreSQL 18, the same since 12."""

import re

_TYPE = re.compile(r"\s*([a-z_\"][\w\" .]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?\))?\s*((?:\[\s*\d*\s*\])*)\s*\Z")
_SAME = {
    "varchar": "character varying", "char": "character", "int": "integer", "int4": "integer", "int8": "bigint",
    "int2": "smallint", "decimal": "numeric", "bool": "boolean", "float8": "double precision", "float4": "real",
    "float": "double precision", "timestamptz": "timestamp with time zone", "timestamp": "timestamp without time zone",
    "timetz": "time with time zone", "time": "time without time zone", "varbit": "bit varying",
}  # fmt: skip
_FREE = {
    ("character varying", "text"),
    ("text", "character varying"),
    ("cidr", "inet"),
    ("xml", "text"),
}
"""Changes between types that are stored alike; those to a shorter length are told apart below."""


def change_rewrites(old: str, new: str) -> bool | None:
    """Whether the table is written anew; None where that depends on the server's settings."""
    before, after = _parsed(old), _parsed(new)
    if before is None or after is None:
        return None
    (kind, size, scale, array), (new_kind, new_size, new_scale, new_array) = before, after
    if array != new_array:
        return True
    if kind == new_kind:
        return _modifier_rewrites(kind, size, scale, new_size, new_scale)
    if (kind, new_kind) in _FREE:
        return new_size is not None
    if {kind, new_kind} == {"timestamp without time zone", "timestamp with time zone"}:
        return None
    return True


def _modifier_rewrites(
    kind: str, size: int | None, scale: int | None, new_size: int | None, new_scale: int | None
) -> bool:
    if (size, scale) == (new_size, new_scale):
        return False
    if new_size is None:
        return False
    if size is None:
        return True
    if kind in ("character varying", "bit varying"):
        return new_size < size
    if kind == "numeric":
        return (scale or 0) != (new_scale or 0) or new_size < size
    return not (kind.startswith(("timestamp", "time", "interval")) and new_size >= size)


def _parsed(words: str) -> tuple[str, int | None, int | None, bool] | None:
    text = re.sub(r"\s+", " ", words.strip().lower()).replace('"', "")
    text = re.sub(r"^(timestamp|time)\s*(\(\d+\))?\s*(with(?:out)?) time zone", r"\1 \3 time zone\2", text)
    match = _TYPE.match(text.removeprefix("pg_catalog."))
    if match is None:
        return None
    kind = _SAME.get(match[1], match[1])
    if kind == "character" and match[2] is None:
        return kind, 1, None, bool(match[4])
    size = int(match[2]) if match[2] else None
    return kind, size, int(match[3]) if match[3] else None, bool(match[4])
