"""Type names as ``format_type`` writes them, so that a statement and the catalog can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from postgast import pg_query_pb2 as pb

_SPOKEN = {
    "bool": "boolean",
    "bpchar": "character",
    "float4": "real",
    "float8": "double precision",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "time": "time without time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "timetz": "time with time zone",
    "varbit": "bit varying",
    "varchar": "character varying",
}
"""The SQL names of types whose internal name differs; PostgreSQL's manual, table 8.1 "Data Types"."""


def type_text(type_name: pb.TypeName) -> str:
    """Write a type as ``format_type`` does, such as ``timestamp(3) without time zone`` or ``text[]``."""
    *schemas, name = (part.string.sval for part in type_name.names)
    spoken = _SPOKEN.get(name, name) if schemas in ([], ["pg_catalog"]) else f"{schemas[-1]}.{name}"
    modifiers = ",".join(_modifier(node) for node in type_name.typmods) if name != "interval" else ""
    return _with_modifiers(spoken, modifiers) + "[]" * bool(type_name.array_bounds)


def _modifier(node: pb.Node) -> str:
    value = node.a_const
    return value.sval.sval or value.fval.fval or str(value.ival.ival)


def _with_modifiers(spoken: str, modifiers: str) -> str:
    if not modifiers:
        return spoken
    word, space, rest = spoken.partition(" with")
    return f"{word}({modifiers}){space}{rest}"
