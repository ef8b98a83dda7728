"""What the operations on columns refuse, and what happens to rows that move while a column is filled."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import pytest

from midflight.errors import MidflightError
from midflight.runner.events import StepProgress
from operations.applying import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from midflight.pg.addresses import Address
    from midflight.runner.events import Event
    from operations.stage import Stage

SETUP = """
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE orders (
    id int PRIMARY KEY, total int CHECK (total > 0), code varchar(20), plain varchar(20),
    checked varchar(20) CHECK (checked <> ''));
CREATE INDEX ix_code ON orders (lower(code));
CREATE TABLE none (id int PRIMARY KEY);
INSERT INTO orders SELECT i, i, i, i FROM generate_series(1, 1000) AS i
"""
REFUSED = (
    ('op.add_column("orders", sa.Column("c", sa.Integer, nullable=False))', "has no default, and orders has rows"),
    (
        'op.add_column("orders", sa.Column("c", sa.Integer, sa.Computed("total * 2", persisted=True)), row_limit=999)',
        "is generated and stored: the table of about 1,000 rows would be written anew",
    ),
    (
        (
            'from sqlalchemy.dialects import postgresql\nop.add_column("orders", sa.Column("c",'
            ' postgresql.DOMAIN("positive", sa.Integer, create_type=False)), row_limit=999)'
        ),
        "is of a domain with constraints",
    ),
    ('op.add_column("orders", sa.Column("total", sa.Text))', "a column total already, of type integer"),
    ('op.alter_column_type("orders", "id", sa.BigInteger, row_limit=999)', "integer to bigint writes every row anew"),
    ('op.alter_column_type("orders", "plain", sa.String(10), row_limit=999)', "writes every row anew"),
    ('op.alter_column_type("orders", "code", sa.Text, row_limit=999)', "builds an index with an expression"),
    ('op.alter_column_type("orders", "total", sa.BigInteger, using="total", row_limit=999)', "writes every row anew"),
    ('op.alter_column_type("orders", "checked", sa.Text, row_limit=999)', "proves the column's CHECK on every row"),
    ('op.create_table("orders", sa.Column("x", sa.Integer))', "a table orders already, and it is another one"),
    ('op.execute("BEGIN")', "cannot be sent here"),
    ('op.execute_file("absent.sql")', "absent.sql: No such file"),
    ("op.run_async(print)", "TypeError"),
)
ALLOWED = (
    'op.add_column("none", sa.Column("c", sa.Integer, nullable=False))',
    'op.add_column("orders", sa.Column("c", sa.Integer, sa.Computed("total * 2", persisted=True)))',
    'op.alter_column_type("orders", "id", sa.BigInteger)',
    'op.alter_column_type("orders", "plain", sa.Text, row_limit=0)',
)


@pytest.fixture
def database(stage: Stage) -> Iterator[Address]:
    address = stage.clone(SETUP)
    yield address
    stage.drop(address)


@pytest.mark.parametrize(("up", "reason"), REFUSED)
def test_what_would_stop_traffic_is_refused_and_changes_nothing(
    stage: Stage, database: Address, tmp_path: Path, up: str, reason: str
) -> None:
    before = stage.snapshot(database)
    with pytest.raises(MidflightError, match=r"a1\.py, line") as caught:
        upgrade(tmp_path, database, up)
    assert reason in str(caught.value)
    assert stage.snapshot(database) == before


def test_what_is_small_or_quick_is_done(stage: Stage, database: Address, tmp_path: Path) -> None:
    before = stage.snapshot(database)
    upgrade(tmp_path, database, "\n".join(ALLOWED))
    assert stage.snapshot(database) != before


def test_rows_that_move_while_a_column_is_filled_are_filled_too(
    stage: Stage, database: Address, tmp_path: Path
) -> None:
    """What has no value yet goes to a block behind us, after each batch."""
    stage.send(database, "INSERT INTO orders SELECT i, i FROM generate_series(1001, 60000) AS i")

    async def move() -> None:
        connection = await asyncpg.connect(**database.asyncpg_arguments())
        await connection.execute("DELETE FROM orders WHERE id <= 100; ")
        await connection.execute("UPDATE orders SET total = total + 1 WHERE id > 59990")
        await connection.execute("VACUUM orders")
        await connection.execute("UPDATE orders SET total = total + 1 WHERE id > 59900")
        await connection.close()

    moved = []

    def listen(event: Event) -> None:
        if isinstance(event, StepProgress) and not moved:
            moved.append(event)
            stage.thread.call(asyncio.wait_for(move(), 60))

    upgrade(
        tmp_path,
        database,
        'op.add_column("orders", sa.Column("token", sa.Uuid, nullable=False,'
        " server_default=sa.func.gen_random_uuid()))",
        listener=listen,
    )
    assert moved
    assert stage.value(database, "SELECT count(DISTINCT token) = 59900 FROM orders") is True
