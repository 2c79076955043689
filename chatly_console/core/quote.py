"""Quotes names and values for SQL text, as quote_ident and quote_literal of the server do."""

import re

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")

# Keywords that cannot stand as a name without quotes: the reserved ones, and those that name types or functions
# (PostgreSQL's kwlist.h, categories RESERVED_KEYWORD, COL_NAME_KEYWORD and TYPE_FUNC_NAME_KEYWORD, versions 14 to 18).
_KEYWORDS = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both
    case cast char character check coalesce collate collation column concurrently constraint create cross
    current_catalog current_date current_role current_schema current_time current_timestamp current_user dec
    decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign
    freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect
    interval into is isnull join json json_array json_arrayagg json_exists json_object json_objectagg json_query
    json_scalar json_serialize json_table json_value lateral leading least left like limit localtime
    localtimestamp merge_action national natural nchar none normalize not notnull null nullif numeric offset on
    only or order out outer overlaps overlay placing position precision primary real references returning right
    row select session_user setof similar smallint some substring symmetric system_user table tablesample then
    time timestamp to trailing treat trim true union unique user using values varchar variadic verbose when
    where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi
    xmlroot xmlserialize xmltable
    """.split()  # noqa: SIM905  (a list of words reads better as words)
)


def quote_identifier(name: str) -> str:
    """`name` as an identifier, in double quotes only where it needs them."""
    if _PLAIN.match(name) and name not in _KEYWORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


def quote_literal(value: str | None) -> str:
    """`value` as a string constant that means the same under either setting of standard_conforming_strings."""
    if value is None:
        return "null"
    quoted = value.replace("'", "''")
    if "\\" in quoted:
        return " E'" + quoted.replace("\\", "\\\\") + "'"
    return f"'{quoted}'"
