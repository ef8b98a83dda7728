"""What PostgreSQL and its usual extensions bring along: types, functions, operator classes."""

from __future__ import annotations

# fmt: off
TYPES = frozenset(
    {
        "bigint", "bigserial", "bit", "bit_varying", "boolean", "box", "bytea", "char", "character",
        "character_varying", "cidr", "circle", "date", "daterange", "datemultirange", "double_precision",
        "inet", "int4multirange", "int4range", "int8multirange", "int8range", "integer", "interval", "json",
        "jsonb", "jsonpath", "line", "lseg", "macaddr", "macaddr8", "money", "name", "nummultirange", "numeric",
        "numrange", "oid", "path", "pg_lsn", "pg_snapshot", "point", "polygon", "real", "record", "refcursor",
        "regclass", "regproc", "regprocedure", "regrole", "regtype", "regnamespace", "regconfig", "serial",
        "serial2", "serial4", "serial8", "smallint", "smallserial", "text", "tid", "time_with_time_zone",
        "time_without_time_zone", "timestamp_with_time_zone", "timestamp_without_time_zone", "tsmultirange",
        "tsquery", "tsrange", "tstzmultirange", "tstzrange", "tsvector", "txid_snapshot", "uuid", "void", "xid",
        "xid8", "xml", "trigger", "event_trigger", "anyelement", "anyarray", "unknown", "internal", "cstring",
        "int2vector", "oidvector", "bpchar",
    }
)
"""Types that need no making, with ``_`` in the place of spaces."""
# fmt: on

TYPE_EXTENSIONS = {
    "citext": "citext",
    "cube": "cube",
    "geography": "postgis",
    "geometry": "postgis",
    "halfvec": "vector",
    "hstore": "hstore",
    "ltree": "ltree",
    "semver": "semver",
    "sparsevec": "vector",
    "vector": "vector",
}

FUNCTION_EXTENSIONS = {
    "crypt": "pgcrypto",
    "digest": "pgcrypto",
    "gen_salt": "pgcrypto",
    "gen_random_bytes": "pgcrypto",
    "hmac": "pgcrypto",
    "pgp_sym_decrypt": "pgcrypto",
    "pgp_sym_encrypt": "pgcrypto",
    "levenshtein": "fuzzystrmatch",
    "similarity": "pg_trgm",
    "soundex": "fuzzystrmatch",
    "unaccent": "unaccent",
    "uuid_generate_v1": "uuid-ossp",
    "uuid_generate_v1mc": "uuid-ossp",
    "uuid_generate_v4": "uuid-ossp",
    "uuid_generate_v5": "uuid-ossp",
}

OPERATOR_CLASSES = {
    "citext_ops": ("citext", "citext"),
    "gin_trgm_ops": ("text", "pg_trgm"),
    "gist_trgm_ops": ("text", "pg_trgm"),
    "jsonb_ops": ("jsonb", None),
    "jsonb_path_ops": ("jsonb", None),
    "text_pattern_ops": ("text", None),
    "varchar_pattern_ops": ("character varying", None),
    "vector_cosine_ops": ("vector(3)", "vector"),
    "vector_ip_ops": ("vector(3)", "vector"),
    "vector_l2_ops": ("vector(3)", "vector"),
}
"""Operator class -> the type that it is of, and the extension that brings it."""

METHOD_TYPES = {"gin": "jsonb", "gist": "tstzrange", "hnsw": "vector(3)", "ivfflat": "vector(3)"}
"""What an index of a method is mostly on."""

METHOD_EXTENSIONS = {"bloom": "bloom", "hnsw": "vector", "ivfflat": "vector"}

_TIME = "timestamp with time zone"

RETURNS = {
    "age": "interval",
    "array_length": "integer",
    "char_length": "integer",
    "clock_timestamp": _TIME,
    "concat": "text",
    "concat_ws": "text",
    "count": "bigint",
    "date_part": "double precision",
    "date_trunc": _TIME,
    "extract": "numeric",
    "format": "text",
    "gen_random_uuid": "uuid",
    "jsonb_build_array": "jsonb",
    "jsonb_build_object": "jsonb",
    "jsonb_object_agg": "jsonb",
    "json_build_object": "json",
    "jsonb_agg": "jsonb",
    "jsonb_set": "jsonb",
    "length": "integer",
    "lower": "text",
    "md5": "text",
    "nextval": "bigint",
    "now": _TIME,
    "random": "double precision",
    "regexp_replace": "text",
    "replace": "text",
    "row_number": "bigint",
    "split_part": "text",
    "statement_timestamp": _TIME,
    "string_agg": "text",
    "string_to_array": "text[]",
    "substr": "text",
    "substring": "text",
    "to_char": "text",
    "to_jsonb": "jsonb",
    "to_timestamp": _TIME,
    "to_tsvector": "tsvector",
    "transaction_timestamp": _TIME,
    "trim": "text",
    "btrim": "text",
    "ltrim": "text",
    "rtrim": "text",
    "upper": "text",
    "uuid_generate_v1": "uuid",
    "uuid_generate_v1mc": "uuid",
    "uuid_generate_v4": "uuid",
    "uuidv7": "uuid",
}

# fmt: off
_OF_TEXT = (
    "lower", "upper", "length", "char_length", "trim", "btrim", "ltrim", "rtrim", "substr", "substring",
    "replace", "split_part", "md5", "regexp_replace", "string_to_array", "initcap", "left", "right", "position",
)
# fmt: on

TAKES = {
    "array_append": ("text[]",),
    "array_length": ("text[]",),
    "array_remove": ("text[]",),
    "avg": ("numeric",),
    "date_part": ("text", _TIME),
    "date_trunc": ("text", _TIME),
    "extract": ("text", _TIME),
    "jsonb_array_elements": ("jsonb",),
    "jsonb_array_elements_text": ("jsonb",),
    "jsonb_array_length": ("jsonb",),
    "jsonb_each": ("jsonb",),
    "jsonb_set": ("jsonb",),
    "jsonb_typeof": ("jsonb",),
    "sum": ("numeric",),
    "to_char": (_TIME,),
    "to_timestamp": ("double precision",),
    "unnest": ("text[]",),
    **dict.fromkeys(
        _OF_TEXT,
        ("text",),
    ),
}
"""Function -> what its arguments mostly are, one after the other."""

OPERATORS = {
    "->": ("jsonb", None, "jsonb"),
    "->>": ("jsonb", None, "text"),
    "#>": ("jsonb", None, "jsonb"),
    "#>>": ("jsonb", None, "text"),
    "#-": ("jsonb", None, "jsonb"),
    "?": ("jsonb", None, "boolean"),
    "?|": ("jsonb", None, "boolean"),
    "?&": ("jsonb", None, "boolean"),
    "@>": ("jsonb", None, "boolean"),
    "<@": ("jsonb", None, "boolean"),
    "@@": ("tsvector", "tsquery", "boolean"),
    "&&": ("tstzrange", "tstzrange", "boolean"),
    "~": ("text", "text", "boolean"),
    "~*": ("text", "text", "boolean"),
    "!~": ("text", "text", "boolean"),
    "!~*": ("text", "text", "boolean"),
    "~~": ("text", "text", "boolean"),
    "~~*": ("text", "text", "boolean"),
    "!~~": ("text", "text", "boolean"),
    "!~~*": ("text", "text", "boolean"),
    "<=>": ("vector(3)", None, "double precision"),
    "<->": ("vector(3)", None, "double precision"),
}
"""Operator -> what stands on its left and right mostly, and what comes out."""

ARITHMETIC = frozenset(["+", "-", "*", "/", "%", "^"])
COMPARING = frozenset(["=", "<>", "!=", "<", ">", "<=", ">="])

TRIGGER_FUNCTIONS = frozenset(
    {"suppress_redundant_updates_trigger", "tsvector_update_trigger", "tsvector_update_trigger_column"}
)

SERIALS = {
    "bigserial": "bigint",
    "serial": "integer",
    "serial2": "smallint",
    "serial4": "integer",
    "serial8": "bigint",
    "smallserial": "smallint",
}

ANY = "any"
"""The type of a column that the files make and whose type is not worked out."""

SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})
SYSTEM_SCHEMAS = frozenset({"pg_catalog", "information_schema", "pg_temp", "pg_toast"})
SYSTEM_ROLES = frozenset({"public", "current_user", "session_user", "current_role", "postgres"})


def is_known_type(text: str) -> bool:
    """Tell whether a type, as ``format_type`` writes it, needs no making."""
    name = text.removesuffix("[]").partition("(")
    words = name[0] + (name[2].partition(")")[2])
    return words.strip().replace(" ", "_") in TYPES
