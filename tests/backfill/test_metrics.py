"""What Prometheus is told of backfills."""

from __future__ import annotations

import asyncio
import urllib.request
from typing import TYPE_CHECKING

import asyncpg
import pytest

from midflight.backfill.metrics import serving_metrics
from midflight.errors import UsageError
from midflight.operations.ledger import ledger_statements

if TYPE_CHECKING:
    from midflight.pg.addresses import Address

LEDGER = """
INSERT INTO midflight.backfill (name, table_schema, table_name, state, rows_estimated)
VALUES ('orders "total"', 'public', 'orders', 'running', 1000), ('done', 'public', 'users', 'finished', 5);
INSERT INTO midflight.backfill_range (backfill, place, table_schema, table_name, state, rows_read, rows_changed)
VALUES (1, 0, 'public', 'orders', 'open', 300, 200), (1, 1, 'public', 'orders', 'done', 100, 50);
INSERT INTO midflight.backfill_failure (backfill, table_schema, table_name, key, error, state)
VALUES (1, 'public', 'orders', '{7}', 'refused', 'open'), (1, 'public', 'orders', '{8}', 'refused', 'mended');
INSERT INTO midflight.backfill_worker (id, backfill, host, process, seen_at, rows_per_second, brake, signals) VALUES
    (gen_random_uuid(), 1, 'a', 1, now(), 100, 'WAL 150 MB/s > 100 MB/s', '{"wal_rate": {"value": 150, "limit": 100}}'),
    (gen_random_uuid(), 1, 'b', 1, now(), 50, NULL, '{"wal_rate": {"value": 90, "limit": 100}}'),
    (gen_random_uuid(), 1, 'c', 1, now() - interval '1 hour', 9, 'old', '{"wal_rate": {"value": 900, "limit": 1}}');
"""


async def send(address: Address, *scripts: str) -> None:
    connection = await asyncpg.connect(**address.asyncpg_arguments())
    try:
        for script in scripts:
            await connection.execute(script)
    finally:
        await connection.close()


def ask(address: Address) -> dict[str, float]:
    """Return each sample by its name with its labels."""
    with (
        serving_metrics(address, 0) as port,
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer,
    ):
        lines = answer.read().decode().splitlines()
    samples = [line.rpartition(" ") for line in lines if line and not line.startswith("#")]
    return {name: float(value) for name, _, value in samples}


def test_all_backfills_are_told(database: Address) -> None:
    asyncio.run(send(database, "CREATE SCHEMA midflight", *ledger_statements(), LEDGER))
    told = ask(database)
    name = 'backfill="orders \\"total\\""'
    assert told["midflight_ledger_up"] == 1
    assert told[f"midflight_backfill_rows_read_total{{{name}}}"] == 400
    assert told[f"midflight_backfill_rows_changed_total{{{name}}}"] == 250
    assert told[f"midflight_backfill_rows_estimated{{{name}}}"] == 1000
    assert told[f"midflight_backfill_rows_failed{{{name}}}"] == 1
    assert told[f'midflight_backfill_state{{{name},state="running"}}'] == 1
    assert told[f'midflight_backfill_state{{{name},state="finished"}}'] == 0
    assert told['midflight_backfill_state{backfill="done",state="finished"}'] == 1
    assert told[f'midflight_backfill_ranges{{{name},state="done"}}'] == 1
    assert told['midflight_backfill_rows_read_total{backfill="done"}'] == 0


def test_workers_that_are_gone_do_not_count(database: Address) -> None:
    asyncio.run(send(database, "CREATE SCHEMA midflight", *ledger_statements(), LEDGER))
    told = ask(database)
    name = 'backfill="orders \\"total\\""'
    assert told[f"midflight_backfill_workers{{{name}}}"] == 2
    assert told[f"midflight_backfill_workers_braked{{{name}}}"] == 1
    assert told[f"midflight_backfill_rows_per_second{{{name}}}"] == 150
    assert told[f'midflight_backfill_signal{{{name},signal="wal_rate"}}'] == 150
    assert told[f'midflight_backfill_signal_limit{{{name},signal="wal_rate"}}'] == 100


def test_without_a_ledger_nothing_is_told(database: Address) -> None:
    assert ask(database) == {"midflight_ledger_up": 1}


def test_a_database_that_is_away_is_told(database: Address) -> None:
    assert ask(database.with_database("never_was_there")) == {"midflight_ledger_up": 0}


def test_a_port_that_is_taken_is_said(database: Address) -> None:
    with (
        serving_metrics(database, 0) as port,
        pytest.raises(UsageError, match=rf"127\.0\.0\.1:{port}"),
        serving_metrics(database, port),
    ):
        pass
