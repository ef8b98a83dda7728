"""Whatever is done to a schema, to read what changed gives what reading everything gives."""

from __future__ import annotations

import random
import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
import pytest

from catalog.random_ddl import SCHEMA, make_statement
from midflight.catalog import CatalogWatch, Snapshot, diff, read_snapshot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from midflight.pg.addresses import Address

ATTEMPTS_A_SEED = 200


@asynccontextmanager
async def a_role(connection: asyncpg.Connection) -> AsyncIterator[str]:
    name = f"midflight_{secrets.token_hex(6)}"
    await connection.execute(f"CREATE ROLE {name}")
    try:
        yield name
    finally:
        for role in (name, f"{name}_renamed"):
            if await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
                await connection.execute(
                    f"REASSIGN OWNED BY {role} TO CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}"
                )


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(6))
async def test_a_refresh_equals_a_full_reading(database: Address, seed: int) -> None:
    actor = await asyncpg.connect(**database.asyncpg_arguments())
    reader = await asyncpg.connect(**database.asyncpg_arguments())
    dice = random.Random(f"order {seed}")
    try:
        async with a_role(actor) as role:
            for statement in SCHEMA:
                await actor.execute(statement)
            watch = CatalogWatch(reader)
            snapshot = await watch.refresh()
            done: list[str] = []
            for _ in range(ATTEMPTS_A_SEED):
                count = dice.choice((1, 1, 1, 3))
                if await run(actor, [make_statement(snapshot, role, dice) for _ in range(count)], dice, done):
                    snapshot = await read_snapshot(reader)
                    assert_same(await watch.refresh(), snapshot, done)
            assert len(done) > ATTEMPTS_A_SEED / 2
    finally:
        await reader.close()
        await actor.close()


async def run(actor: asyncpg.Connection, statements: list[str], dice: random.Random, done: list[str]) -> bool:
    """Run the statements, several in one transaction; tell whether there is something new to see."""
    ran = []
    transaction = actor.transaction() if len(statements) > 1 else None
    if transaction:
        await transaction.start()
    for statement in statements:
        try:
            if transaction:
                async with actor.transaction():
                    await actor.execute(statement)
            else:
                await actor.execute(statement)
            ran.append(statement)
        except asyncpg.PostgresError as error:
            if "INDEX CONCURRENTLY" in statement and not isinstance(error, asyncpg.SyntaxOrAccessError):
                ran.append(f"{statement} -- failed, and left an invalid index")
    if transaction and dice.random() < 0.2:
        await transaction.rollback()
        ran = [f"{statement} -- rolled back" for statement in ran]
    elif transaction:
        await transaction.commit()
    done += ran
    return bool(ran)


def assert_same(refreshed: Snapshot, whole: Snapshot, done: list[str]) -> None:
    if refreshed != whole:
        lines = [*diff(whole, refreshed).lines(), "after", *done[-12:]]
        pytest.fail("\n".join(lines))
