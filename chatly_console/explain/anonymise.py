"""A plan without its names and values: the same ones become the same stand-ins, so that it can still be judged.

What is not known to be harmless is replaced: every identifier that is no word of SQL, every literal, every number in
an expression. Figures of the plan itself (times, rows, costs) stay.
"""

import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(
    r"""(?P<subplan>(?:InitPlan|SubPlan) \d+)|(?P<text>[EBXbx]?'(?:[^']|'')*')|(?P<quoted>"(?:[^"]|"")*")"""
    r"|(?P<number>(?<![\w$])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<parameter>\$\d+)|(?P<word>[^\W\d]\w*)"
)
_HARMLESS_KEYS = {
    "Node Type", "Parent Relationship", "Strategy", "Partial Mode", "Join Type", "Scan Direction", "Operation",
    "Command", "Sort Method", "Sort Space Type", "Cache Mode", "Storage", "Sort Methods Used", "Conflict Resolution",
    "Format",
}  # fmt: skip
_NAMES = {
    "Relation Name": "table", "Schema": "schema", "Alias": "alias", "Index Name": "index", "CTE Name": "cte",
    "Function Name": "function", "Table Function Name": "function", "Tuplestore Name": "table",
    "Trigger Name": "trigger", "Constraint Name": "constraint", "Relation": "table", "Custom Plan Provider": "provider",
}  # fmt: skip
_DROPPED = {"Query Text", "Remote SQL", "Query Identifier", "Query Parameters"}
_SQL = """
    and or not null is true false any all in like ilike similar to between case when then else end exists distinct
    from hashed subplan initplan returns cte col1 array row cast as over partition by order asc desc nulls first
    last using rows range groups preceding following unbounded current collate interval date time timestamp
    timestamptz with without zone text varchar character varying char bpchar name integer int int2 int4 int8 bigint
    smallint numeric decimal real double precision float4 float8 boolean bool uuid json jsonb bytea inet cidr oid
    regclass vector halfvec money bit sum count avg min max partial finalize filter coalesce greatest least nullif
    now lower upper length substring trim date_trunc extract abs round floor ceil random generate_series unnest
    row_number rank dense_rank lag lead ntile string_agg array_agg jsonb_agg json_agg bool_and bool_or every stddev
    variance left right concat to_char repeat on off yes none default year month day hour minute second epoch
    current_date current_timestamp local utc
"""
_WORDS = frozenset(_SQL.split())


class Anonymiser:
    """Replaces names and values, the same always by the same."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def keys(self, keys: Mapping[str, Any]) -> dict[str, Any]:
        """The keys of a plan, without what tells of whom it is."""
        self._learn(keys)
        return {key: self._value(key, value) for key, value in keys.items() if key not in _DROPPED}

    def name(self, name: str, kind: str = "column") -> str:
        """The stand-in of an identifier."""
        if name not in self._names:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._names[name] = f"{kind}_{self._counts[kind]}"
        return self._names[name]

    def expression(self, text: str) -> str:
        """An expression with every name, text and number replaced."""
        return _TOKEN.sub(self._token, text)

    def _learn(self, keys: Mapping[str, Any]) -> None:
        """Give tables and their like stand-ins that say what they are, before they are met in expressions."""
        for key, value in keys.items():
            if isinstance(value, Mapping):
                self._learn(value)
            elif isinstance(value, list):
                for part in value:
                    if isinstance(part, Mapping):
                        self._learn(part)
            elif key in _NAMES and isinstance(value, str) and value:
                self.name(value, _NAMES[key])

    def _value(self, key: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return self._settings(value) if key == "Settings" else {
                name: self._value(name, part) for name, part in value.items() if name not in _DROPPED
            }  # fmt: skip
        if isinstance(value, list):
            return [self._value(key, part) for part in value]
        if not isinstance(value, str) or key in _HARMLESS_KEYS:
            return value
        if key in _NAMES:
            return self.name(value, _NAMES[key]) if value else value
        if key == "Subplan Name":
            return f"CTE {self.name(value[4:], 'cte')}" if value.startswith("CTE ") else value
        return self.expression(value)

    def _settings(self, settings: Mapping[str, Any]) -> dict[str, str]:
        """Numbers and switches stay; any other value could name something."""
        plain = re.compile(r"(?:on|off|[\d.]+ ?(?:[kMGT]?B|ms|s|min|h|d)?)$")
        return {
            str(name): str(value) if plain.match(str(value)) else self.expression(str(value))
            for name, value in settings.items()
        }

    def _token(self, found: re.Match[str]) -> str:
        token = found[0]
        if found["text"]:
            return f"'{self.name(token, 'text')}'"
        if found["quoted"]:
            return self.name(token[1:-1].replace('""', '"'))
        if found["number"]:
            return re.sub(r"\D", "", self.name(f"number {token}", "n"))
        if found["subplan"] or found["parameter"] or token.lower() in _WORDS:
            return token
        return self.name(token)
