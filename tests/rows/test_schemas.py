"""Whole schemas: the example shop's, many tables, and random ones."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest

from catalog.random_ddl import SCHEMA, make_statement
from midflight.catalog import CatalogWatch, read_snapshot
from midflight.rows import RowKeeper, losses
from midflight.rows.emptiness import fillable_tables

if TYPE_CHECKING:
    from midflight.pg.addresses import Address

SHOP = Path(__file__).parents[2] / "examples" / "shop"
TABLES = 500


async def test_the_example_shop(database: Address) -> None:
    command = [sys.executable, "-m", "alembic", "-c", str(SHOP / "alembic.ini"), "upgrade", "head"]
    environment = {**os.environ, "DATABASE_URL": database.url("postgresql+asyncpg")}
    subprocess.run(command, env=environment, check=True, capture_output=True)  # noqa: ASYNC221 -- nothing else runs
    connection = await asyncpg.connect(**database.asyncpg_arguments())
    try:
        snapshot = await read_snapshot(connection)
        assert await RowKeeper(connection).fill(snapshot) == ()
        counts = {
            str(table): await connection.fetchval(f"SELECT count(*) FROM {table.sql}")
            for table in fillable_tables(snapshot)
        }
        assert {table: count for table, count in counts.items() if count < 3} == {"alembic_version": 1}
    finally:
        await connection.close()


async def test_many_tables_take_little_time(database: Address) -> None:
    connection = await asyncpg.connect(**database.asyncpg_arguments())
    try:
        ddl = "CREATE TABLE t{n} (id serial PRIMARY KEY, parent int REFERENCES t{m}, note text, n int CHECK (n > 0))"
        await connection.execute("CREATE TABLE t0 (id serial PRIMARY KEY)")
        await connection.execute(";".join(ddl.format(n=number, m=number // 2) for number in range(1, TABLES)))
        snapshot = await read_snapshot(connection)
        keeper = RowKeeper(connection)
        began = time.perf_counter()
        assert await keeper.fill(snapshot) == ()
        first = time.perf_counter() - began
        began = time.perf_counter()
        assert await keeper.fill(snapshot, deleted_from=()) == ()
        again = time.perf_counter() - began
        before = await keeper.contents(fillable_tables(snapshot))
        assert losses(before, await keeper.contents(fillable_tables(snapshot))) == ()
        assert len(before.tables) == TABLES
        assert first < 30  # some hundred times what it takes where nothing else runs would be a fault
        assert again < first / 4
    finally:
        await connection.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(2))
async def test_random_schemas_are_filled_or_the_reason_is_told(database: Address, seed: int) -> None:
    actor = await asyncpg.connect(**database.asyncpg_arguments())
    ours = await asyncpg.connect(**database.asyncpg_arguments())
    reader = await asyncpg.connect(**database.asyncpg_arguments())
    dice = random.Random(f"rows {seed}")
    try:
        for statement in SCHEMA:
            await actor.execute(statement)
        watch, keeper = CatalogWatch(reader), RowKeeper(ours)
        filled = 0
        for _ in range(60):
            snapshot = await watch.refresh()
            for statement in [make_statement(snapshot, "CURRENT_USER", dice) for _ in range(3)]:
                try:
                    await actor.execute(statement)
                except asyncpg.PostgresError:
                    continue
            snapshot = await watch.refresh()
            unfilled = {found.table: found.reason for found in await keeper.fill(snapshot)}
            for table in fillable_tables(snapshot):
                has_row = await actor.fetchval(f"SELECT EXISTS (SELECT FROM {table.sql})")
                assert has_row is (table not in unfilled), (table, unfilled)
                filled += has_row
            contents = await keeper.contents(fillable_tables(snapshot))
            assert losses(contents, await keeper.contents(fillable_tables(snapshot))) == ()
        assert filled > 0
    finally:
        for connection in (actor, ours, reader):
            await connection.close()
