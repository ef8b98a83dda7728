"""Rows satisfy the CHECK constraints of real schemas; where none is found, the constraint is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rows.conftest import Stage

CHECKS = (
    "n int NOT NULL CHECK (n > 0)",
    "n int NOT NULL CHECK (n >= 5000 AND n < 5010)",
    "n int NOT NULL CHECK (n BETWEEN -20 AND -10)",
    "n int NOT NULL CHECK (n < -1000000)",
    "n smallint NOT NULL CHECK (n IN (7, 8))",
    "n numeric(3,2) NOT NULL CHECK (n > 0 AND n < 0.5)",
    "n float NOT NULL CHECK (n >= 0.0 AND n <= 1.0)",
    "n int NOT NULL CHECK (n % 7 = 3)",
    "n bigint NOT NULL CHECK (n > 3000000000)",
    "n money NOT NULL CHECK (n > 0::money)",
    "s text NOT NULL CHECK (s IN ('open', 'on hold', 'it''s closed'))",
    "s varchar(20) NOT NULL CHECK (s = ANY ('{draft,\"on hold\"}'))",
    "s text NOT NULL CHECK (length(s) = 17)",
    "s text NOT NULL CHECK (char_length(s) >= 300)",
    "s text NOT NULL CHECK (length(s) <= 3)",
    "s text NOT NULL CHECK (length(trim(s)) > 0)",
    "s text NOT NULL CHECK (s <> '')",
    "s text NOT NULL CHECK (s = lower(s))",
    "s text NOT NULL CHECK (s = upper(s) AND length(s) = 5)",
    "s text NOT NULL CHECK (s LIKE 'https://%/_.html')",
    "s text NOT NULL CHECK (s ~ '^[A-Z]{2}-\\d{4}(-[a-f0-9]+)?$')",
    "s text NOT NULL CHECK (s ~* '^(\\w+)@(\\w+)\\.(com|org)$')",
    "s text NOT NULL CHECK (s ~ '^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$')",
    "s text NOT NULL CHECK (s ~ '^\\+[1-9]\\d{6,14}$')",
    "s text NOT NULL CHECK (s ~ '^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$')",
    "s text NOT NULL CHECK (s ~ '^[a-z][a-z0-9_]*$' AND length(s) BETWEEN 8 AND 60)",
    "s char(2) NOT NULL CHECK (s ~ '^[[:upper:]]{2}$')",
    "s text NOT NULL CHECK (s SIMILAR TO '[a-z]+')",
    "s text NOT NULL CHECK (position('@' in s) > 1)",
    "s text CHECK (s IS NOT NULL)",
    "d date NOT NULL CHECK (d > '2030-01-01')",
    "d date NOT NULL CHECK (d >= '1900-01-01' AND d < '1900-01-03')",
    "d timestamptz NOT NULL CHECK (d > now())",
    "d timestamp NOT NULL CHECK (date_trunc('day', d) = d AND d < '2000-01-01')",
    "a date NOT NULL, b date NOT NULL, CHECK (a < b)",
    "a date NOT NULL, b date, CHECK (b IS NULL OR a < b)",
    "a int NOT NULL, b int NOT NULL, c int NOT NULL, CHECK (a < b AND b < c)",
    "a int, b int, CHECK (num_nonnulls(a, b) = 1)",
    "a int, b text, c uuid, d date, CHECK (num_nonnulls(a, b, c, d) = 1)",
    "a int, b text, CHECK ((a IS NULL) = (b IS NULL))",
    "k text NOT NULL, a int, b int, CHECK (k IN ('a', 'b')), CHECK (k <> 'a' OR a > 0), CHECK (k <> 'b' OR b > 0)",
    "a text NOT NULL, b text NOT NULL, CHECK (a <> b)",
    "low int NOT NULL CHECK (low >= 10), high int NOT NULL CHECK (high <= 12), CHECK (low < high)",
    "x numeric(9,6) NOT NULL, y numeric(9,6) NOT NULL, CHECK (x BETWEEN -90 AND 90), CHECK (y BETWEEN -180 AND 180)",
    "j jsonb NOT NULL CHECK (jsonb_typeof(j) = 'array')",
    "j jsonb NOT NULL CHECK (j ? 'version')",
    "j jsonb NOT NULL CHECK (jsonb_typeof(j -> 'rules') = 'array')",
    "t text[] NOT NULL CHECK (cardinality(t) > 0)",
    "t text[] NOT NULL CHECK (cardinality(t) = 4)",
    "t text[] NOT NULL CHECK (t <@ ARRAY['red', 'green'])",
    "r daterange NOT NULL CHECK (NOT isempty(r) AND lower(r) IS NOT NULL)",
    "u uuid NOT NULL CHECK (u <> '00000000-0000-4000-8000-000000000101')",
    "i interval NOT NULL CHECK (i > '10 days'::interval)",
    "f bool NOT NULL CHECK (f)",
    "e kind NOT NULL CHECK (e <> 'one')",
    "e kind NOT NULL, n int, CHECK (e = 'one' OR n > 10)",
    "c code NOT NULL CHECK (length(c) = 5)",
)
"""Each as the columns of a table."""


async def test_checks_of_real_schemas_are_satisfied(stage: Stage) -> None:
    tables = {f"t{place}": columns for place, columns in enumerate(CHECKS)}
    types = "CREATE TYPE kind AS ENUM ('one', 'two', 'three'); CREATE DOMAIN code AS text CHECK (VALUE ~ '^[a-z]+$')"
    ddl = ";".join(f"CREATE TABLE {table} (id serial PRIMARY KEY, {columns})" for table, columns in tables.items())
    unfilled = await stage.fill(f"{types}; {ddl}")
    assert {tables[table]: reason for table, reason in unfilled.items()} == {}
    assert {columns: await stage.count(table) for table, columns in tables.items()} == dict.fromkeys(CHECKS, 3)


async def test_what_is_not_satisfied_is_named(stage: Stage) -> None:
    ddl = """
    CREATE TABLE a (n int NOT NULL CONSTRAINT odd_one CHECK (n * n = 2));
    CREATE TABLE b (n int CONSTRAINT other CHECK (n * n = 2));
    CREATE DOMAIN never AS text CHECK (VALUE IS NULL AND VALUE IS NOT NULL); CREATE TABLE c (n never);
    CREATE TABLE d (i int);
    """
    unfilled = await stage.fill(ddl)
    assert unfilled.keys() == {"a", "c"}
    assert unfilled["a"] == "no value of n was found that satisfies odd_one"
    assert await stage.values("SELECT n FROM b") == [None] * 3
    assert await stage.count("d") == 3


async def test_a_check_that_fails_by_an_error(stage: Stage) -> None:
    ddl = "CREATE TABLE a (n int NOT NULL CHECK (1 / (n - n) > 0)); CREATE TABLE b (i int)"
    assert await stage.fill(ddl) == {"a": "division by zero"}
    assert await stage.count("b") == 3


async def test_a_reason_shows_no_values(stage: Stage) -> None:
    ddl = """
    CREATE TABLE a (n int NOT NULL, g int GENERATED ALWAYS AS (n * 2) STORED CONSTRAINT never CHECK (g < 0 AND g > 0))
    """
    reason = (await stage.fill(ddl))["a"]
    assert reason == 'new row for relation "a" violates check constraint "never"'


@pytest.mark.timeout(60)
async def test_many_columns_in_one_check_take_no_time(stage: Stage) -> None:
    columns = [f"c{place}" for place in range(14)]
    declared = ", ".join(f"{column} int" for column in columns)
    assert await stage.fill(f"CREATE TABLE t ({declared}, CHECK (num_nonnulls({', '.join(columns)}) >= 2))") == {}
    assert await stage.count("t") == 3
