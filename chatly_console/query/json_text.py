"""JSON as a person edits it: laid out over lines without changing a digit, and what is wrong with it."""

import json

_TYPES = ("json", "jsonb")


class _Number(str):
    """A number as it is written: more digits than a float has stay."""


def is_json(type_name: str) -> bool:
    """Whether values of this type are JSON."""
    return type_name in _TYPES


def laid_out(value: str, type_name: str) -> str:
    """A value with each key on a line of its own; one of type `json` keeps its form, as the server does.

    >>> print(laid_out('{"a": [1.10, 1e400], "b": {}}', "jsonb"))
    {
      "a": [
        1.10,
        1e400
      ],
      "b": {}
    }
    """
    if type_name != "jsonb":
        return value
    try:
        parsed = json.loads(value, parse_int=_Number, parse_float=_Number, object_pairs_hook=tuple)
        return _written(parsed, "")
    except (ValueError, RecursionError):
        return value


def json_problem(text: str) -> str:
    """What is wrong with a text as JSON, as a sentence with its place; empty where nothing is.

    >>> json_problem('[1, 2')
    "This is no JSON: line 1, column 6: expecting ',' delimiter."
    >>> json_problem("NaN"), json_problem("[1]")
    ('This is no JSON: NaN is no value of it.', '')
    """
    try:
        json.loads(text, parse_constant=_refused)
    except json.JSONDecodeError as error:
        reason = error.msg[:1].lower() + error.msg[1:]
        return f"This is no JSON: line {error.lineno}, column {error.colno}: {reason}."
    except ValueError as error:
        return f"This is no JSON: {error}."
    except RecursionError:
        return ""
    return ""


def _refused(word: str) -> object:
    raise ValueError(f"{word} is no value of it")


def _written(value: object, indent: str) -> str:
    if isinstance(value, _Number):
        return str(value)
    if not isinstance(value, tuple | list) or not value:
        return "{}" if value == () else json.dumps(value, ensure_ascii=False)
    inner = f"{indent}  "
    if isinstance(value, tuple):
        items = [f"{json.dumps(key, ensure_ascii=False)}: {_written(item, inner)}" for key, item in value]
        opening, closing = "{", "}"
    else:
        items = [_written(item, inner) for item in value]
        opening, closing = "[", "]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(items) + f"\n{indent}{closing}"
