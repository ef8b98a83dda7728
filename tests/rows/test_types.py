"""Every type gets values: two of a column's three are the same, and as a key all differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from midflight.shadow.choice import ShadowChoice

if TYPE_CHECKING:
    from rows.conftest import Stage

SORTED = (
    "smallint", "integer", "bigint", "numeric", "numeric(6,2)", "numeric(2,2)", "numeric(1,0)", "numeric(40,10)",
    "real", "double precision", "money", "text", "varchar", "varchar(5)", "varchar(1)", "char(1)", "char(8)", '"char"',
    "name", "bytea", "date", "time", "timetz", "timestamp", "timestamp(0)", "timestamptz", "interval", "uuid", "jsonb",
    "inet", "cidr", "macaddr", "macaddr8", "bit(2)", "bit(8)", "varbit(4)", "varbit", "int4range", "int8range",
    "numrange", "daterange", "tsrange", "tstzrange", "int4multirange", "datemultirange", "tstzmultirange", "tsvector",
    "tsquery", "oid", "regclass", "regtype", "regproc", "regprocedure", "regoper", "regoperator", "regnamespace",
    "regrole", "regconfig", "regdictionary", "regcollation", "pg_lsn", "xid8", "oidvector", "tid",
    "integer[]", "text[]", "varchar(5)[]", "uuid[]", "numeric(4,2)[][]", "timestamptz[]", "daterange[]",
    "mood", "mood[]", "pair", "pair[]", "nested", "email", "email[]", "positive", "stricter", "quantity", "tags",
    "floats", "texts", "floats[]",
)  # fmt: skip
UNSORTED = (
    "json", "json[]", "point", "line", "lseg", "box", "path", "polygon", "circle", "jsonpath", "txid_snapshot",
    "pg_snapshot", "xid", "cid", "int2vector", "box[]",
)  # fmt: skip

TYPES = """
CREATE TYPE mood AS ENUM ('sad', 'it''s fine', 'happy');
CREATE TYPE pair AS (a int, b text, c mood);
CREATE TYPE nested AS (p pair, q numeric(4,1), r int[]);
CREATE DOMAIN email AS text CHECK (VALUE ~ '^[a-z0-9._]+@[a-z0-9]+\\.[a-z]{2,3}$');
CREATE DOMAIN positive AS integer NOT NULL CHECK (VALUE > 0);
CREATE DOMAIN stricter AS positive CHECK (VALUE BETWEEN 1000 AND 2000);
CREATE DOMAIN quantity AS numeric(8,3);
CREATE DOMAIN tags AS text[] CHECK (array_length(VALUE, 1) = 3);
CREATE TYPE floats AS RANGE (subtype = float8);
CREATE TYPE texts AS RANGE (subtype = text);
"""


@pytest.mark.parametrize("as_key", [False, True], ids=["column", "key"])
async def test_values_of_every_type_are_known(stage: Stage, as_key: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    types = SORTED if as_key else SORTED + UNSORTED
    constraint = "PRIMARY KEY" if as_key else "NOT NULL"
    tables = {f"t{place}": type_ for place, type_ in enumerate(types)}
    ddl = [f"CREATE TABLE {table} (value {type_} {constraint})" for table, type_ in tables.items()]
    unfilled = await stage.fill(f"{TYPES};{';'.join(ddl)}")
    assert {tables[table]: reason for table, reason in unfilled.items()} == {}
    counts = {
        type_: tuple((await stage.actor.fetchrow(f"SELECT count(*), count(DISTINCT value::text) FROM {table}")) or ())
        for table, type_ in tables.items()
    }
    expected = (3, 3) if as_key else (3, 2)
    assert {type_: count for type_, count in counts.items() if count != expected} == {}


async def test_a_type_with_few_values_has_few_rows_as_a_key(stage: Stage) -> None:
    ddl = (
        "CREATE TYPE half AS ENUM ('a', 'b'); CREATE TABLE b (v bool PRIMARY KEY); CREATE TABLE h (v half PRIMARY KEY)"
    )
    assert await stage.fill(ddl) == {}
    assert await stage.count("b") == 2
    assert await stage.count("h") == 2


async def test_an_enum_shows_different_labels(stage: Stage) -> None:
    await stage.fill(f"{TYPES}; CREATE TABLE t (v mood NOT NULL)")
    assert await stage.values("SELECT v::text FROM t ORDER BY t.v") == ["sad", "sad", "it's fine"]


@pytest.mark.parametrize(
    ("extension", "type_"), [("citext", "citext"), ("hstore", "hstore"), ("ltree", "ltree"), ("cube", "cube")]
)
async def test_types_of_extensions(stage: Stage, extension: str, type_: str) -> None:
    if not await stage.actor.fetchval("SELECT true FROM pg_available_extensions WHERE name = $1", extension):
        pytest.skip(f"{extension} is not on this server")
    ddl = f"CREATE EXTENSION {extension} SCHEMA public; CREATE TABLE t (a {type_} PRIMARY KEY, b {type_}, c {type_}[])"
    assert await stage.fill(ddl) == {}
    assert await stage.count("t") == 3


@pytest.mark.parametrize("shared", [ShadowChoice("embedded", 18)], ids=["pg18"], indirect=True)
@pytest.mark.parametrize("type_", ["vector(7)", "vector", "halfvec(3)", "sparsevec(9)"])
async def test_vectors_have_their_dimensions(stage: Stage, type_: str) -> None:
    """On the embedded server, which has pgvector; Debian has none for PostgreSQL 15."""
    assert await stage.fill(f"CREATE EXTENSION vector SCHEMA public; CREATE TABLE t (v {type_} NOT NULL)") == {}
    assert await stage.count("t") == 3


async def test_an_unknown_type_is_null_or_in_the_way(stage: Stage) -> None:
    unfilled = await stage.fill("CREATE TABLE may (a aclitem, b int); CREATE TABLE must (a aclitem NOT NULL)")
    assert unfilled == {"must": "no values are known of type aclitem, which column a must have"}
    assert await stage.values("SELECT a FROM may") == [None] * 3
    assert await stage.count("must") == 0


async def test_xml_where_the_server_has_it(stage: Stage) -> None:
    if await stage.sqlstate("SELECT '<a/>'::xml"):
        pytest.skip("this server is built without XML")
    assert await stage.fill("CREATE TABLE t (v xml NOT NULL)") == {}
    assert await stage.count("t") == 3
