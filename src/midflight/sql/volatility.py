"""Functions of PostgreSQL that give the same value all through a statement, for where no catalog can be asked."""

from __future__ import annotations

NOT_VOLATILE = frozenset(
    {
        *("abs", "array_fill", "array_length", "ceil", "concat", "concat_ws", "current_database", "current_schema"),
        *("current_setting", "date_part", "date_trunc", "decode", "encode", "floor", "format", "initcap"),
        *("int4range", "int8range", "json_build_array", "json_build_object", "jsonb_build_array", "jsonb_build_object"),
        *(
            "length",
            "lower",
            "make_date",
            "make_interval",
            "make_timestamp",
            "make_timestamptz",
            "md5",
            "now",
            "numrange",
        ),
        *("repeat", "replace", "round", "sha256", "statement_timestamp", "substr", "substring", "timezone", "to_char"),
        *("to_date", "to_json", "to_jsonb", "to_timestamp", "to_tsvector", "transaction_timestamp", "trim", "tsrange"),
        *("tstzrange", "upper", "uuid_nil"),
    }
)
"""Functions that are stable or immutable in ``pg_proc.provolatile``; one that is not named here may be volatile."""
