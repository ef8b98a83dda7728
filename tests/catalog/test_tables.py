"""What a snapshot tells of its tables."""

from __future__ import annotations

import asyncpg
import pytest

from midflight.catalog import read_snapshot, tables
from midflight.catalog.tables import Check, Column, ForeignKey
from midflight.pg.identifiers import QualifiedName

ORDERS, USERS = QualifiedName("public", "orders"), QualifiedName("public", "users")

SCHEMA = """
CREATE TABLE users (tenant int, "Odd ""name" int, email text, PRIMARY KEY (tenant, "Odd ""name"));
CREATE TABLE orders (
    id int, gone int, tenant int, user_id int NOT NULL, note varchar(20) DEFAULT 'none',
    CONSTRAINT positive CHECK (id > 0)
);
ALTER TABLE orders DROP gone;
ALTER TABLE orders ADD CONSTRAINT short CHECK (length(note) < 9) NOT VALID;
ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (tenant, user_id) REFERENCES users;
CREATE UNIQUE INDEX ON orders (id) INCLUDE (note);
CREATE UNIQUE INDEX ON orders (tenant) WHERE id > 5;
CREATE UNIQUE INDEX ON orders (lower(note));
CREATE UNIQUE INDEX ON orders (note DESC NULLS LAST, user_id);
CREATE INDEX ON orders (note);
CREATE VIEW no_table AS SELECT 1;
"""


async def test_columns_keys_and_constraints(stage: asyncpg.Connection) -> None:
    await stage.execute(SCHEMA)
    snapshot = await read_snapshot(stage)
    assert set(tables.table_names(snapshot)) == {ORDERS, USERS}
    assert tables.columns(snapshot, ORDERS) == (
        Column("id", "integer", not_null=False, default=None),
        Column("tenant", "integer", not_null=False, default=None),
        Column("user_id", "integer", not_null=True, default=None),
        Column("note", "character varying(20)", not_null=False, default="'none'::character varying"),
    )
    assert tables.unique_keys(snapshot, ORDERS) == {frozenset({"id"}), frozenset({"note", "user_id"})}
    assert tables.unique_keys(snapshot, USERS) == {frozenset({"tenant", 'Odd "name'})}
    assert [check for check in tables.checks(snapshot, ORDERS) if "NOT NULL" not in check.definition] == [
        Check("positive", "CHECK ((id > 0))", valid=True),
        Check("short", "CHECK ((length((note)::text) < 9)) NOT VALID", valid=False),
    ]
    assert tables.foreign_keys(snapshot, ORDERS) == (
        ForeignKey("of_user", ("tenant", "user_id"), USERS, ("tenant", 'Odd "name'), valid=True),
    )
    assert tables.foreign_keys(snapshot, USERS) == ()


async def test_an_invalid_unique_index_is_no_key(stage: asyncpg.Connection) -> None:
    await stage.execute("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1), (1)")
    with pytest.raises(asyncpg.UniqueViolationError):
        await stage.execute("CREATE UNIQUE INDEX CONCURRENTLY i ON orders (id)")
    assert tables.unique_keys(await read_snapshot(stage), ORDERS) == frozenset()


async def test_a_not_null_constraint_that_is_not_valid_proves_nothing(stage: asyncpg.Connection) -> None:
    await stage.execute("CREATE TABLE orders (id int)")
    not_valid = "ALTER TABLE orders ADD CONSTRAINT known NOT NULL id NOT VALID"
    if stage.get_server_version().major < 18:
        with pytest.raises(asyncpg.PostgresSyntaxError):
            await stage.execute(not_valid)
        return
    await stage.execute(not_valid)
    snapshot = await read_snapshot(stage)
    assert [column.not_null for column in tables.columns(snapshot, ORDERS)] == [False]
    assert tables.checks(snapshot, ORDERS) == (Check("known", "NOT NULL id NOT VALID", valid=False),)
    await stage.execute("ALTER TABLE orders VALIDATE CONSTRAINT known")
    assert [column.not_null for column in tables.columns(await read_snapshot(stage), ORDERS)] == [True]


async def test_an_unknown_table_is_an_error(stage: asyncpg.Connection) -> None:
    with pytest.raises(KeyError):
        tables.columns(await read_snapshot(stage), ORDERS)
