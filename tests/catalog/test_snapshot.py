"""What a snapshot holds and what it leaves out; that it depends on nothing but the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from midflight.catalog import BUILT_IN_READERS, Reader, Scope, Snapshot, diff, read_snapshot
from midflight.catalog.reader import whole_statement
from midflight.pg.identifiers import QualifiedName

if TYPE_CHECKING:
    from midflight.pg.addresses import Address

SHOP = """
CREATE TYPE status AS ENUM ('new', 'paid');
CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C");
CREATE TABLE orders (id serial PRIMARY KEY, user_id int REFERENCES users, status status DEFAULT 'new', CHECK (id > 0));
CREATE INDEX ON users (lower(name));
CREATE FUNCTION add(a int, b int) RETURNS int RETURN a + b;
CREATE VIEW sums AS SELECT add(id, user_id), status FROM orders;
"""


def names(snapshot: Snapshot) -> set[str]:
    return {
        f"{part.kind} {unit.schema}.{unit.name}.{part.sub}" for unit, parts in snapshot.units.items() for part in parts
    }


async def test_an_empty_database_holds_its_schema_and_language(connection: asyncpg.Connection) -> None:
    assert names(await read_snapshot(connection)) == {"schema public..", "extension .plpgsql."}


async def test_the_members_of_an_extension_are_left_out(connection: asyncpg.Connection) -> None:
    await connection.execute("CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE EXTENSION btree_gist")
    found = names(await read_snapshot(connection))
    assert found == {
        "schema public..",
        *(f"extension .{name}." for name in ("plpgsql", "citext", "hstore", "btree_gist")),
    }


async def test_the_version_table_is_left_out_with_its_index_and_constraint(connection: asyncpg.Connection) -> None:
    await connection.execute("CREATE SCHEMA other")
    before = await read_snapshot(connection, leave_out=VERSION)
    for schema in ("public", "other"):
        await connection.execute(
            f"CREATE TABLE {schema}.alembic_version (version_num varchar(32) CONSTRAINT {schema}_pk PRIMARY KEY)"
        )
    after = await read_snapshot(connection, leave_out=VERSION)
    assert {unit.schema for unit in after.units.keys() - before.units.keys()} == {"other"}


VERSION = frozenset({QualifiedName("public", "alembic_version")})


async def test_own_and_temporary_tables_are_left_out(connection: asyncpg.Connection) -> None:
    before = await read_snapshot(connection)
    await connection.execute(
        "CREATE SCHEMA midflight; CREATE TABLE midflight.journal (id int PRIMARY KEY);"
        "CREATE TEMPORARY TABLE passing (id serial, name text)"
    )
    assert await read_snapshot(connection) == before


async def test_the_same_schema_is_equal_in_another_database(
    connection: asyncpg.Connection, stage: asyncpg.Connection
) -> None:
    await connection.execute("DROP SCHEMA public; CREATE SCHEMA public")  # as that of the other one was made
    await connection.execute("CREATE TABLE gone (id serial); DROP TABLE gone")  # other OIDs and attribute numbers
    await connection.execute(SHOP)
    await connection.execute(
        "ALTER TABLE users ADD gone int; ALTER TABLE users DROP gone; ALTER TABLE users ADD late int"
    )
    await stage.execute(SHOP)
    await stage.execute("ALTER TABLE users ADD late int")
    assert list(diff(await read_snapshot(connection), await read_snapshot(stage)).lines()) == []
    assert await read_snapshot(connection) == await read_snapshot(stage)


@pytest.mark.parametrize("path", ["public", "shop, public", '"$user"', ""])
async def test_it_does_not_depend_on_the_search_path_and_leaves_it(stage: asyncpg.Connection, path: str) -> None:
    await stage.execute(SHOP)
    await stage.execute("CREATE SCHEMA shop; CREATE FUNCTION shop.lower(text) RETURNS text RETURN $1")
    expected = await read_snapshot(stage)
    await stage.execute("SELECT set_config('search_path', $1, false)", path)
    assert await read_snapshot(stage) == expected
    assert await stage.fetchval("SELECT current_setting('search_path')") == path
    await stage.execute("RESET search_path; DROP SCHEMA shop CASCADE")


async def test_within_a_transaction_it_sees_what_that_did_and_changes_nothing(stage: asyncpg.Connection) -> None:
    empty = await read_snapshot(stage)
    transaction = stage.transaction()
    await transaction.start()
    await stage.execute("SET LOCAL search_path = pg_catalog, public")
    await stage.execute("CREATE TABLE public.orders (id int)")
    assert "table public.orders." in names(await read_snapshot(stage))
    assert await stage.fetchval("SELECT current_setting('search_path')") == "pg_catalog, public"
    await transaction.rollback()
    assert await read_snapshot(stage) == empty


async def test_a_role_without_rights_reads_the_same(database: Address, role: str) -> None:
    owner = await asyncpg.connect(**database.asyncpg_arguments())
    await owner.execute(SHOP)
    await owner.execute(
        "CREATE SCHEMA hidden; CREATE TABLE hidden.secrets (id int); CREATE PUBLICATION p FOR TABLE users"
    )
    expected = await read_snapshot(owner)
    await owner.execute(f"SET ROLE {role}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await owner.execute("SELECT FROM hidden.secrets")
    assert await read_snapshot(owner) == expected
    await owner.close()


async def test_columns_carry_no_stamp_of_the_server(stage: asyncpg.Connection) -> None:
    await stage.execute("CREATE TABLE orders (id int)")
    before = await read_snapshot(stage)
    await stage.execute("DROP TABLE orders; CREATE TABLE orders (id int)")
    assert await read_snapshot(stage) == before


@pytest.mark.parametrize("reader", BUILT_IN_READERS, ids=lambda reader: f"{reader.kind}-{reader.oldest}")
async def test_every_reader_runs(stage: asyncpg.Connection, reader: Reader) -> None:
    """That of an older version runs too: PostgreSQL seldom takes a column away from its catalogs."""
    if stage.get_server_version().major >= reader.oldest:
        await stage.fetch(whole_statement([reader]))


def test_readers_of_one_kind_share_their_attributes_and_no_two_run_together() -> None:
    for major in range(14, 19):
        kinds = [reader.kind for reader in BUILT_IN_READERS if reader.reads(major)]
        assert len(kinds) == len(set(kinds))
    shapes = {(reader.kind, reader.scope, reader.attributes) for reader in BUILT_IN_READERS}
    assert len(shapes) == len({reader.kind for reader in BUILT_IN_READERS})


async def test_a_reader_from_outside_joins_in(stage: asyncpg.Connection) -> None:
    settings = Reader(
        "setting",
        Scope.DATABASE,
        ("value",),
        "SELECT '' AS schema, s.name, '' AS sub, s.setting AS value FROM pg_settings AS s WHERE s.name = 'work_mem'",
    )
    before = await read_snapshot(stage, readers=(*BUILT_IN_READERS, settings))
    await stage.execute("SET work_mem = '5MB'")
    after = await read_snapshot(stage, readers=(*BUILT_IN_READERS, settings))
    assert list(diff(before, after).lines()) == ["~ setting work_mem: value 4096 -> 5120"]
