"""What a column was before ALTER COLUMN ... TYPE, where only the new type is told.

Of the types from which PostgreSQL casts, the one is presumed with which the change does its worst: that a finding rests
on this is said with it.
"""

from __future__ import annotations

_BEFORE = {
    "bigint": "integer",
    "boolean": "integer",
    "character varying": "text",
    "character": "text",
    "cidr": "inet",
    "date": "timestamp with time zone",
    "double precision": "real",
    "integer": "bigint",
    "inet": "text",
    "interval": "time without time zone",
    "json": "jsonb",
    "jsonb": "json",
    "numeric": "double precision",
    "real": "double precision",
    "smallint": "integer",
    "text": "integer",
    "time without time zone": "timestamp without time zone",
    "timestamp with time zone": "timestamp without time zone",
    "timestamp without time zone": "timestamp with time zone",
}


def type_before(new: str, *, using: bool) -> str:
    """Presume the type before a change.

    Args:
        new: the type that it gets, as ``format_type`` writes it.
        using: whether the change says how to cast, which it mostly must from text alone.
    """
    if new.endswith("[]"):
        return f"{type_before(new[:-2], using=using)}[]"
    head, _, rest = new.partition("(")
    name = head + rest.partition(")")[2]
    if using and name not in {"text", "timestamp with time zone", "timestamp without time zone"}:
        return "text"
    return _BEFORE.get(name, "text")
