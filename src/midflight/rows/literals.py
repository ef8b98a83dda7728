"""Values of PostgreSQL's own types and of those of well-known extensions, as the text that their input takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_INTEGERS = ("101", "102", "103", "1", "2", "3", "4", "5", "10", "20", "50", "0", "1000", "10001", "-1")
_FRACTIONS = (*_INTEGERS, "0.25", "0.5", "0.75", "0.1")
# Each begins with a letter of its own, so that they differ in a column of a single character, too.
_TEXTS = (
    "alpha",
    "beta",
    "gamma",
    "ALPHA",
    "BETA",
    "GAMMA",
    "a@example.com",
    "b@example.com",
    "c@example.com",
    "https://example.com/a",
    "+15550101",
    "101",
    "2021-03-04",
    "a-b",
    "/a",
    "#aabbcc",
    "{}",
    "192.0.2.1",
    "",
)
_WORDS = ("alpha", "beta", "gamma")
_DATES = ("2021-03-04", "2022-05-06", "2023-07-08", "2024-09-10", "2999-01-01", "1999-01-01")
_TIMES = ("05:06:07", "08:09:10", "11:12:13", "22:23:24")
_MOMENTS = tuple(f"{date} {time}" for date, time in zip(_DATES, (*_TIMES, *_TIMES), strict=False))
_DOCUMENTS = ('{"alpha": 1}', '{"beta": [1, 2]}', '{"gamma": null}', "{}", "[1, 2]", "[]", '"alpha"', "1")

LITERALS: Final[Mapping[str, tuple[str, ...]]] = {
    "bool": ("true", "false"),
    "int2": _INTEGERS,
    "int4": _INTEGERS,
    "int8": _INTEGERS,
    "numeric": _FRACTIONS,
    "float4": _FRACTIONS,
    "float8": _FRACTIONS,
    "money": _FRACTIONS,
    "text": _TEXTS,
    "varchar": _TEXTS,
    "bpchar": _TEXTS,
    "citext": _TEXTS,
    "name": _WORDS,
    "char": ("a", "b", "c"),
    "bytea": ("\\x616c706861", "\\x62657461", "\\x67616d6d61"),
    "date": _DATES,
    "time": _TIMES,
    "timetz": tuple(f"{time}+00" for time in _TIMES),
    "timestamp": _MOMENTS,
    "timestamptz": tuple(f"{moment}+00" for moment in _MOMENTS),
    "interval": ("1 day", "2 hours", "30 minutes", "1 year"),
    "uuid": tuple(f"00000000-0000-4000-8000-00000000010{number}" for number in (1, 2, 3, 4)),
    "json": _DOCUMENTS,
    "jsonb": _DOCUMENTS,
    "jsonpath": ("$.alpha", "$.beta", "$.gamma"),
    "xml": ("<alpha/>", "<beta/>", "<gamma/>"),
    "inet": ("192.0.2.1", "198.51.100.2", "203.0.113.3", "2001:db8::1"),
    "cidr": ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"),
    "macaddr": ("08:00:2b:01:02:03", "08:00:2b:01:02:04", "08:00:2b:01:02:05"),
    "macaddr8": ("08:00:2b:01:02:03:04:05", "08:00:2b:01:02:03:04:06", "08:00:2b:01:02:03:04:07"),
    "int4range": ("[10,20)", "[30,40)", "[50,60)"),
    "int8range": ("[10,20)", "[30,40)", "[50,60)"),
    "numrange": ("[10,20)", "[30,40)", "[50,60)", "[0.25,0.5)"),
    "daterange": ("[2021-03-04,2021-04-04)", "[2022-05-06,2022-06-06)", "[2023-07-08,2023-08-08)"),
    "tsrange": ("[2021-03-04,2021-04-04)", "[2022-05-06,2022-06-06)", "[2023-07-08,2023-08-08)"),
    "tstzrange": (
        "[2021-03-04 00:00+00,2021-04-04 00:00+00)",
        "[2022-05-06 00:00+00,2022-06-06 00:00+00)",
        "[2023-07-08 00:00+00,2023-08-08 00:00+00)",
    ),
    "point": ("(1,2)", "(3,4)", "(5,6)"),
    "line": ("{1,2,3}", "{4,5,6}", "{7,8,9}"),
    "lseg": ("[(1,2),(3,4)]", "[(11,12),(13,14)]", "[(21,22),(23,24)]"),
    "box": ("(3,4),(1,2)", "(13,14),(11,12)", "(23,24),(21,22)"),
    "path": ("((1,2),(3,4),(1,4))", "((11,12),(13,14),(11,14))", "((21,22),(23,24),(21,24))"),
    "polygon": ("((1,2),(3,4),(1,4))", "((11,12),(13,14),(11,14))", "((21,22),(23,24),(21,24))"),
    "circle": ("<(1,2),1>", "<(11,12),1>", "<(21,22),1>"),
    "tsvector": ("'alpha':1", "'beta':1", "'gamma':1"),
    "tsquery": ("'alpha'", "'beta'", "'gamma'"),
    "oid": ("101", "102", "103"),
    "xid": ("101", "102", "103"),
    "xid8": ("101", "102", "103"),
    "cid": ("101", "102", "103"),
    "tid": ("(0,1)", "(0,2)", "(0,3)"),
    "pg_lsn": ("0/101", "0/102", "0/103"),
    "pg_snapshot": ("10:20:", "30:40:", "50:60:"),
    "txid_snapshot": ("10:20:", "30:40:", "50:60:"),
    "regclass": ("pg_catalog.pg_class", "pg_catalog.pg_type", "pg_catalog.pg_proc"),
    "regtype": ("integer", "text", "boolean"),
    "regproc": ("pg_catalog.now", "pg_catalog.version", "pg_catalog.pi"),
    "regprocedure": ("pg_catalog.now()", "pg_catalog.version()", "pg_catalog.pi()"),
    "regoper": ("pg_catalog.||/", "pg_catalog.|/", "pg_catalog.^@"),
    "regoperator": ("pg_catalog.+(integer,integer)", "pg_catalog.-(integer,integer)", "pg_catalog.*(integer,integer)"),
    "regnamespace": ("pg_catalog", "information_schema", "pg_toast"),
    "regrole": ("pg_monitor", "pg_read_all_stats", "pg_signal_backend"),
    "regconfig": ("pg_catalog.simple", "pg_catalog.english", "pg_catalog.german"),
    "regdictionary": ("pg_catalog.simple", "pg_catalog.english_stem", "pg_catalog.german_stem"),
    "regcollation": ('pg_catalog."C"', 'pg_catalog."POSIX"', 'pg_catalog."default"'),
    "int2vector": ("1 2", "3 4", "5 6"),
    "oidvector": ("101 102", "103 104", "105 106"),
    "refcursor": _WORDS,
    "hstore": ("alpha=>1", "beta=>2", "gamma=>NULL"),
    "ltree": ("alpha.one", "beta.two", "gamma"),
    "lquery": ("alpha.*", "beta.*", "gamma.*"),
    "ltxtquery": _WORDS,
    "cube": ("(1,2,3)", "(4,5,6)", "(7,8,9)"),
    "seg": ("1", "2", "3"),
}
"""By the type's name. Apart from ranges (far apart) and what sorts (upwards), the order is that of preference."""

NUMBERS: Final = frozenset({"int2", "int4", "int8", "numeric", "float4", "float8", "money"})
TEXTS: Final = frozenset({"text", "varchar", "bpchar", "citext", "name"})
DATES: Final = frozenset({"date", "timestamp", "timestamptz"})
DOCUMENTS: Final = frozenset({"json", "jsonb"})
VECTORS: Final = frozenset({"vector", "halfvec", "sparsevec"})
BITS: Final = frozenset({"bit", "varbit"})
