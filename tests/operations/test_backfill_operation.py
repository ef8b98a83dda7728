"""Backfills within revisions: registered, done at once on small tables, taken back, as scripts and by Alembic alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from midflight.errors import MidflightError
from operations.applying import upgrade
from operations.cycle import Case, run_operation_cycle

if TYPE_CHECKING:
    from pathlib import Path

    from operations.stage import Stage

ORDERS = """
CREATE TABLE orders (id int PRIMARY KEY, total numeric NOT NULL, cents bigint, times int NOT NULL DEFAULT 0);
INSERT INTO orders SELECT i, i / 100.0 FROM generate_series(1, 1000) AS i
"""
BARE = "CREATE TABLE orders (total int, cents int); INSERT INTO orders SELECT i FROM generate_series(1, 500) AS i"
PARTED = """
CREATE TABLE orders (id int PRIMARY KEY, total numeric NOT NULL, cents bigint, times int NOT NULL DEFAULT 0)
    PARTITION BY RANGE (id);
CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM (0) TO (500);
CREATE TABLE orders_2 PARTITION OF orders FOR VALUES FROM (500) TO (2000);
INSERT INTO orders SELECT i, i / 100.0 FROM generate_series(1, 1000) AS i
"""
DOWN = "op.drop_backfill('b')"
SET = "set={'cents': 'round(total * 100)', 'times': 'times + 1'}"
ONCE = "(SELECT bool_and(cents = id AND times = 1) FROM orders)"
FINISHED = "(SELECT state = 'finished' FROM midflight.backfill)"
PENDING = "(SELECT state = 'pending' FROM midflight.backfill)"
FUNCTION = """
async def fill(connection, keys):
    ids = [key[0] for key in keys]
    await connection.execute("UPDATE orders SET cents = id, times = times + 1 WHERE id = ANY($1)", ids)
"""


def case(name: str, up: str, effect: str, *, setup: str = ORDERS, before: str = "", offline: bool = False) -> Case:
    return Case(name, setup=setup, up=up, down=DOWN, effect=effect, before=before, offline=offline, returns=False)


CASES = (
    case(
        "registered",
        f"op.backfill('b', table='orders', {SET}, where='cents IS NULL -- none', small=0)",
        f"SELECT {PENDING} AND (SELECT count(cents) = 0 FROM orders)",
        offline=True,
    ),
    case("at once", f"op.backfill('b', table='orders', {SET}, where='cents IS NULL')", f"SELECT {FINISHED} AND {ONCE}"),
    case("at once, all rows", f"op.backfill('b', table='orders', {SET})", f"SELECT {FINISHED} AND {ONCE}"),
    case(
        "at once, partitions",
        f"op.backfill('b', table='orders', schema='public', {SET}, where='cents IS NULL')",
        f"SELECT {FINISHED} AND {ONCE}",
        setup=PARTED,
    ),
    case(
        "by an update of SQLAlchemy",
        "orders = sa.table('orders', *map(sa.column, ['cents', 'total', 'id', 'times']))\n"
        "other = sa.table('other', *map(sa.column, ['id', 'cents']))\n"
        "cents = sa.select(other.c.cents).where(other.c.id == orders.c.id).scalar_subquery()\n"
        "op.backfill('b', update=sa.update(orders).where(orders.c.cents.is_(None), orders.c.id > 0)"
        ".values(cents=cents, times=orders.c.times + 1))",
        f"SELECT {FINISHED} AND {ONCE}",
        setup=f"{ORDERS}; CREATE TABLE other AS SELECT id, id AS cents FROM orders",
    ),
    case(
        "waited for",
        f"op.backfill('b', table='orders', {SET}, where='cents IS NULL', small=0, wait=True)",
        f"SELECT {FINISHED} AND {ONCE}",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cycle(stage: Stage, tmp_path: Path, case: Case) -> None:
    run_operation_cycle(stage, tmp_path, case)


def test_a_function_is_called_at_once(stage: Stage, tmp_path: Path) -> None:
    database = stage.clone(ORDERS)
    upgrade(
        tmp_path, database, "op.backfill('b', table='orders', function=fill, where='cents IS NULL')", before=FUNCTION
    )
    assert stage.value(database, f"SELECT {FINISHED} AND {ONCE}") is True
    assert stage.value(database, "SELECT function FROM midflight.backfill") == "revision:a1:fill"
    stage.drop(database)


@pytest.mark.parametrize(
    ("up", "says"),
    [
        ("op.backfill('b', table='orders')", "set, update and function"),
        ("op.backfill('b', table='nowhere', set={'a': '1'})", "is no table"),
        ("op.backfill('b', table='orders', set={'total': 'nonsense'})", "nonsense"),
        ("op.backfill('b', table='orders', set={'times': '1'}, where='id > 5')", "condition"),
        ("op.backfill('', table='orders', set={'times': '1'})", "1 to 63 bytes"),
        ("async def f(connection, keys): pass\nop.backfill('b', table='orders', function=f)", "at the top"),
        (
            "\n".join(f"op.backfill('b', table='orders', set={{'times': '{n}'}})" for n in (1, 2)),
            "else",
        ),
    ],
)
def test_refused(stage: Stage, tmp_path: Path, up: str, says: str) -> None:
    database = stage.clone(ORDERS)
    with pytest.raises(MidflightError, match=says):
        upgrade(tmp_path, database, up)
    assert stage.value(database, "SELECT bool_and(times = 0 AND cents IS NULL) FROM orders WHERE id < 0") is None
    stage.drop(database)


def test_a_table_without_a_key_needs_a_condition(stage: Stage, tmp_path: Path) -> None:
    database = stage.clone(BARE)
    with pytest.raises(MidflightError, match="no key"):
        upgrade(tmp_path, database, "op.backfill('b', table='orders', set={'cents': '1'})")
    stage.drop(database)


def test_registered_again_it_begins_again(stage: Stage, tmp_path: Path) -> None:
    """The column was taken away meanwhile, and nobody thought of the backfill."""
    database = stage.clone(ORDERS)
    up = "op.backfill('b', table='orders', set={'cents': 'id'}, where='cents IS NULL')"
    for _ in range(2):
        upgrade(tmp_path, database, up)
        assert stage.value(database, f"SELECT {FINISHED} AND (SELECT bool_and(cents = id) FROM orders)") is True
        stage.send(database, "UPDATE orders SET cents = NULL; DELETE FROM alembic_version")
    stage.drop(database)


def test_what_is_done_once_is_not_done_again(stage: Stage, tmp_path: Path) -> None:
    database = stage.clone(ORDERS)
    for _ in range(2):
        upgrade(tmp_path, database, "op.backfill('b', table='orders', set={'times': 'times + 1'})")
        stage.send(database, "DELETE FROM alembic_version")
    assert stage.value(database, "SELECT max(times) FROM orders") == 1
    stage.drop(database)
