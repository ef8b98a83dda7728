"""The trace under every driver: what a statement did is recorded, and the client notices nothing."""

from __future__ import annotations

import asyncio
import io
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
import psycopg
import psycopg2
import pytest

from midflight.pg.locks import LockMode
from midflight.trace.tracer import Tracer, trace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from midflight.pg.addresses import Address
    from midflight.trace.record import TracedStatement

SCHEMA = """
CREATE TABLE customers (id bigint PRIMARY KEY, name text);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, total integer);
INSERT INTO customers SELECT n, 'name' FROM generate_series(1, 100) n;
INSERT INTO orders SELECT n, n, n FROM generate_series(1, 100) n;
"""


@asynccontextmanager
async def watched(database: Address) -> AsyncIterator[tuple[Tracer, asyncpg.Connection]]:
    connection = await asyncpg.connect(**database.asyncpg_arguments())
    await connection.execute(SCHEMA)
    await connection.close()
    async with trace(database) as tracer:
        client = await asyncpg.connect(**tracer.address.asyncpg_arguments())
        try:
            yield tracer, client
        finally:
            await client.close()


def locks(statement: TracedStatement, table: str) -> set[LockMode]:
    return {lock.mode for lock in statement.locks_taken if lock.relation.name.name == table}


def names(statement: TracedStatement, what: str) -> set[str]:
    return {(getattr(item, "relation", item)).name.name for item in getattr(statement, what)}


async def record(tracer: Tracer, *calls: Callable[[], object]) -> tuple[TracedStatement, ...]:
    async with tracer.record() as recording:
        for call in calls:
            result = call()
            if asyncio.iscoroutine(result):
                await result
        return recording.statements()


async def test_locks_scans_and_what_is_created_are_seen_in_autocommit(database: Address) -> None:
    async with watched(database) as (tracer, client):
        (statement,) = await record(tracer, lambda: client.execute("CREATE INDEX by_total ON orders (total)"))
    assert statement.autocommit
    assert LockMode.SHARE in locks(statement, "orders")
    assert [(scan.relation.name.name, scan.rows) for scan in statement.scanned] == [("orders", 100)]
    assert [created.name for created in statement.created] == ["by_total"]
    assert names(statement, "rewritten") == set()


async def test_a_rewrite_is_seen(database: Address) -> None:
    async with watched(database) as (tracer, client):
        (statement,) = await record(tracer, lambda: client.execute("ALTER TABLE orders ALTER total TYPE bigint"))
    assert "orders" in names(statement, "rewritten")
    assert LockMode.ACCESS_EXCLUSIVE in locks(statement, "orders")


async def test_no_rewrite_is_seen_where_there_is_none(database: Address) -> None:
    async with watched(database) as (tracer, client):
        (statement,) = await record(tracer, lambda: client.execute("ALTER TABLE orders ADD note text DEFAULT 'x'"))
    assert (statement.rewritten, statement.scanned) == ((), ())


async def test_a_later_statement_runs_under_the_locks_of_an_earlier_one(database: Address) -> None:
    async with watched(database) as (tracer, client):

        async def both() -> None:
            async with client.transaction():
                await client.execute("ALTER TABLE orders ADD note text")
                await client.execute("UPDATE customers SET name = 'x'")

        alter, update = await record(tracer, both)
    assert alter.transaction == update.transaction
    assert not alter.autocommit
    held = {(lock.relation.name.name, lock.mode) for lock in update.locks_held}
    assert ("orders", LockMode.ACCESS_EXCLUSIVE) in held
    assert "orders" not in names(update, "locks_taken")
    assert alter.held_seconds >= update.seconds


async def test_transactions_are_told_apart(database: Address) -> None:
    async with watched(database) as (tracer, client):
        first, second = await record(
            tracer,
            lambda: client.execute("ALTER TABLE orders ADD a int"),
            lambda: client.execute("ALTER TABLE orders ADD b int"),
        )
    assert first.transaction != second.transaction
    assert second.locks_held == ()


async def test_what_the_revision_itself_created_is_not_seen_by_others(database: Address) -> None:
    async with watched(database) as (tracer, client):
        statements = await record(
            tracer,
            lambda: client.execute("CREATE TABLE news (id int)"),
            lambda: client.execute("ALTER TABLE news ALTER id TYPE bigint"),
        )
    assert all(statement.locks_taken == () and statement.rewritten == () for statement in statements)


async def test_a_dropped_table_is_named(database: Address) -> None:
    async with watched(database) as (tracer, client):
        (statement,) = await record(tracer, lambda: client.execute("DROP TABLE orders"))
    assert LockMode.ACCESS_EXCLUSIVE in locks(statement, "orders")


async def test_an_error_is_recorded_and_reaches_the_client(database: Address) -> None:
    async with watched(database) as (tracer, client):
        async with tracer.record() as recording:
            with pytest.raises(asyncpg.UndefinedTableError):
                await client.execute("ALTER TABLE absent ADD x int")
            (statement,) = recording.statements()
        assert await client.fetchval("SELECT 1") == 1
    assert (statement.error, statement.sqlstate) == ('relation "absent" does not exist', "42P01")


async def test_a_statement_that_is_refused_when_it_is_prepared_is_recorded(database: Address) -> None:
    async with watched(database) as (tracer, client):

        async def refused(sql: str) -> None:
            with pytest.raises(asyncpg.PostgresError):
                await client.fetch(sql)

        recorded = await record(
            tracer,
            lambda: refused("UPDATE nowhere SET id = 1"),
            lambda: client.execute("BEGIN"),
            lambda: client.execute("ALTER TABLE orders ADD COLUMN n int"),
            lambda: refused("SELECT missing FROM orders"),
            lambda: refused("SELECT 1"),
            lambda: client.execute("ROLLBACK"),
        )
    told = [(found.sql, found.sqlstate, found.transaction, found.autocommit) for found in recorded]
    assert told == [
        ("UPDATE nowhere SET id = 1", "42P01", 1, True),
        ("ALTER TABLE orders ADD COLUMN n int", None, 2, False),
        ("SELECT missing FROM orders", "42703", 2, False),
    ]


async def test_a_deferred_constraint_speaks_at_the_commit(database: Address) -> None:
    """The watcher commits in the client's place here: the client must still be told."""
    async with watched(database) as (tracer, client):
        await client.execute(
            "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers DEFERRABLE INITIALLY DEFERRED"
        )
        async with tracer.record():
            with pytest.raises(asyncpg.ForeignKeyViolationError):
                await client.execute("UPDATE orders SET customer_id = 1000 WHERE id = 1")
        assert await client.fetchval("SELECT customer_id FROM orders WHERE id = 1") == 1


async def test_concurrently_runs_and_says_that_it_was_not_observed(database: Address) -> None:
    async with watched(database) as (tracer, client):
        (statement,) = await record(
            tracer, lambda: client.execute("CREATE INDEX CONCURRENTLY by_total ON orders (total)")
        )
        assert await client.fetchval("SELECT count(*) FROM pg_indexes WHERE indexname = 'by_total'") == 1
    assert statement.unobserved is not None
    assert statement.error is None


async def test_prepared_statements_with_parameters_are_seen(database: Address) -> None:
    async with watched(database) as (tracer, client):
        (statement,) = await record(
            tracer, lambda: client.fetch("UPDATE orders SET total = $1 WHERE id = $2 RETURNING id", 5, 7)
        )
    assert statement.sql.startswith("UPDATE orders")
    assert LockMode.ROW_EXCLUSIVE in locks(statement, "orders")


async def test_copy_in_both_directions_passes(database: Address) -> None:
    async with watched(database) as (tracer, client):
        async with tracer.record() as recording:
            await client.copy_records_to_table("orders", records=[(1000 + n, 1, 1) for n in range(5000)])
            out = io.BytesIO()
            await client.copy_from_query("SELECT id FROM orders", output=out)
            with pytest.raises(asyncpg.UniqueViolationError):
                await client.copy_records_to_table("orders", records=[(1, 1, 1)] * 5000)
            statements = recording.statements()
        assert out.getvalue().count(b"\n") == 5100
        assert await client.fetchval("SELECT count(*) FROM orders") == 5100
    assert [bool(statement.error) for statement in statements] == [False, False, True]


async def test_psycopg2_with_several_statements_in_one_call(database: Address) -> None:
    async with watched(database) as (tracer, _):

        def work() -> None:
            connection = psycopg2.connect(tracer.address.url())
            cursor = connection.cursor()
            cursor.execute("ALTER TABLE orders ADD a int; UPDATE orders SET a = 1; SELECT 'it''s; fine'")
            assert cursor.fetchall() == [("it's; fine",)]
            cursor.copy_expert("COPY customers FROM STDIN", io.StringIO("1000\tx\n"))
            connection.commit()
            connection.close()

        statements = await record(tracer, lambda: asyncio.to_thread(work))
    assert [statement.sql.split()[0] for statement in statements] == ["ALTER", "UPDATE", "SELECT", "COPY"]
    assert len({statement.transaction for statement in statements}) == 1


async def test_psycopg2_in_autocommit_keeps_all_or_nothing_of_one_call(database: Address) -> None:
    """A simple Query of several statements is one transaction, watched or not."""
    async with watched(database) as (tracer, client):

        def work() -> None:
            connection = psycopg2.connect(tracer.address.url())
            connection.autocommit = True
            with pytest.raises(psycopg2.errors.UndefinedTable):
                connection.cursor().execute("ALTER TABLE orders ADD a int; ALTER TABLE absent ADD a int")
            connection.close()

        await record(tracer, lambda: asyncio.to_thread(work))
        columns = await client.fetch("SELECT attname FROM pg_attribute WHERE attrelid = 'orders'::regclass")
    assert "a" not in {column["attname"] for column in columns}


async def test_psycopg_with_a_pipeline(database: Address) -> None:
    async with watched(database) as (tracer, client):

        def work() -> None:
            with psycopg.connect(tracer.address.url()) as connection, connection.pipeline():
                connection.execute("ALTER TABLE orders ADD a int")
                connection.execute("UPDATE orders SET a = %s", (1,))

        statements = await record(tracer, lambda: asyncio.to_thread(work))
        assert await client.fetchval("SELECT sum(a) FROM orders") == 100
    assert any("UPDATE orders" in statement.sql or "ALTER TABLE" in statement.sql for statement in statements)


async def test_savepoints_give_their_locks_back(database: Address) -> None:
    async with watched(database) as (tracer, client):

        async def work() -> None:
            async with client.transaction():
                savepoint = client.transaction()
                await savepoint.start()
                await client.execute("ALTER TABLE orders ADD a int")
                await savepoint.rollback()
                await client.execute("UPDATE customers SET name = 'x'")
                await client.execute("UPDATE customers SET name = 'y'")

        *_, last = await record(tracer, work)
    assert "orders" not in names(last, "locks_held")


async def test_two_clients_at_once_do_not_mix(database: Address) -> None:
    async with watched(database) as (tracer, first):
        second = await asyncpg.connect(**tracer.address.asyncpg_arguments())

        async def work() -> None:
            await asyncio.gather(
                first.execute("ALTER TABLE orders ADD a int"), second.execute("ALTER TABLE customers ADD a int")
            )

        statements = await record(tracer, work)
        await second.close()
    assert [names(statement, "locks_taken") for statement in sorted(statements, key=lambda one: one.sql)] == [
        {"customers"},
        {"orders"},
    ]


async def test_scans_of_one_transaction_are_not_counted_again_in_the_next(database: Address) -> None:
    async with watched(database) as (tracer, client):
        await client.execute("UPDATE orders SET total = 1")
        (statement,) = await record(tracer, lambda: client.execute("ALTER TABLE orders ADD a int"))
    assert statement.scanned == ()


async def test_hanging_up_ends_the_clients_and_nothing_else(database: Address) -> None:
    async with watched(database) as (tracer, client):
        sleeping = asyncio.create_task(client.execute("SELECT pg_sleep(60)"))
        await asyncio.sleep(0.2)
        tracer.hang_up()
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            await sleeping
        again = await asyncpg.connect(**tracer.address.asyncpg_arguments())
        assert await again.fetchval("SELECT 1") == 1
        await again.close()


async def test_a_wrong_password_is_the_servers_answer(database: Address) -> None:
    """The client logs in at the server through us: an unknown user is refused as without us."""
    async with trace(database) as tracer:
        with pytest.raises((asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidPasswordError)):
            await asyncpg.connect(**{**tracer.address.asyncpg_arguments(), "user": "nobody-at-all"})
