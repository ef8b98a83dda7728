"""Backfills by real Celery workers on a real Redis: whatever the queue does, nothing is lost or done twice."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from backfill.celery_queue import PROGRAM, Queue, open_queue
from midflight.operations.ledger import ledger_statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.pg.addresses import Address

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="redis-server is not installed")

ROWS = 1500
SETUP = f"""
CREATE TABLE t (id int PRIMARY KEY, changed int NOT NULL DEFAULT 0);
INSERT INTO t SELECT i FROM generate_series(1, {ROWS}) AS i;
"""
REGISTER = f"""
INSERT INTO midflight.backfill (name, table_schema, table_name, assignments, condition, rows_estimated)
VALUES ('fill', 'public', 't', '[["changed", "changed + 1"]]', 'changed = 0', {ROWS});
"""
STATE = "SELECT state FROM midflight.backfill"
HAS_BEGUN = "SELECT coalesce(sum(changed), 0) > 100 FROM t"
ONCE = f"SELECT count(*) = {ROWS} AND min(changed) = 1 AND max(changed) = 1 FROM t"
PLACES = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND datname = current_database() AND application_name = 'midflight backfill slot'
"""


class Shop:
    """The database of the test."""

    def __init__(self, address: Address) -> None:
        self.address = address

    def send(self, *scripts: str) -> None:
        asyncio.run(self._send(scripts))

    def value(self, query: str) -> Any:  # noqa: ANN401 - whatever it returns
        return asyncio.run(self._value(query))

    async def _send(self, scripts: tuple[str, ...]) -> None:
        connection = await asyncpg.connect(**self.address.asyncpg_arguments())
        for script in scripts:
            await connection.execute(script)
        await connection.close()

    async def _value(self, query: str) -> Any:  # noqa: ANN401 - likewise
        connection = await asyncpg.connect(**self.address.asyncpg_arguments())
        answer = await connection.fetchval(query)
        await connection.close()
        return answer


@pytest.fixture
def shop(database: Address) -> Shop:
    found = Shop(database)
    found.send(SETUP, "CREATE SCHEMA midflight", *ledger_statements(), REGISTER)
    return found


@pytest.fixture
def queue(database: Address) -> Iterator[Queue]:
    """Slow enough that several messages are needed."""
    with (
        tempfile.TemporaryDirectory(prefix="mf-") as folder,
        open_queue(Path(folder), database, rest=40.0) as opened,
    ):
        yield opened


def finishes(shop: Shop, queue: Queue) -> None:
    """All rows are changed, each once, and no message goes round any more."""
    queue.until(lambda: shop.value(STATE) == "finished", "it is finished")
    assert shop.value(ONCE)
    queue.until(lambda: queue.is_empty, "the queue is empty")


def test_messages_follow_each_other_until_nothing_is_left(shop: Shop, queue: Queue) -> None:
    queue.send()
    [message] = queue.client.lrange("celery", 0, -1)  # type: ignore[misc, unused-ignore] # it may be asynchronous, for its types
    assert str(shop.address.host) not in str(message)  # where the database is stays in the workers
    worker = queue.start_worker()
    finishes(shop, queue)
    assert queue.output.count("succeeded") > 1
    assert queue.stop(worker) == 0


def test_more_messages_than_places_add_nobody(shop: Shop, queue: Queue) -> None:
    queue.send(times=5)
    queue.start_worker("--hostname=one")
    queue.start_worker("--hostname=two")
    queue.until(lambda: shop.value(HAS_BEGUN), "it has begun")
    assert shop.value(PLACES) <= 1
    queue.send(times=5)
    finishes(shop, queue)


def test_a_worker_that_is_killed_is_followed_by_another(shop: Shop, queue: Queue) -> None:
    """Its message is delivered again when the broker has waited for it long enough."""
    queue.send()
    worker = queue.start_worker("--hostname=one")
    queue.until(lambda: shop.value(HAS_BEGUN), "it has begun")
    queue.kill(worker)
    assert shop.value(STATE) != "finished"
    queue.until(lambda: queue.is_overdue, "it has waited")
    queue.start_worker("--hostname=two")
    finishes(shop, queue)


def test_a_killed_child_of_a_worker_is_replaced(shop: Shop, queue: Queue) -> None:
    """Celery itself puts the message back, since the task is acknowledged late."""
    queue.send()
    worker = queue.start_worker()
    queue.until(lambda: shop.value(HAS_BEGUN), "it has begun")
    os.kill(_child_of(worker.pid), signal.SIGKILL)
    assert shop.value(STATE) != "finished"
    finishes(shop, queue)


def test_a_queue_that_is_lost_loses_nothing(shop: Shop, queue: Queue) -> None:
    queue.send()
    worker = queue.start_worker("--hostname=one")
    queue.until(lambda: shop.value(HAS_BEGUN), "it has begun")
    queue.kill(worker)
    queue.client.flushall()
    queue.start_worker("--hostname=two")
    queue.send()  # as the beat does, or the next deployment
    finishes(shop, queue)


def test_a_message_with_nothing_to_do_ends(shop: Shop, queue: Queue) -> None:
    shop.send("UPDATE midflight.backfill SET state = 'paused'")
    queue.send()
    worker = queue.start_worker()
    queue.until(lambda: "succeeded" in queue.output, "the message is done")
    queue.until(lambda: queue.is_empty, "it was the last one")
    assert shop.value("SELECT sum(changed) FROM t") == 0
    assert queue.stop(worker) == 0


def test_a_database_that_is_away_is_tried_again(shop: Shop, queue: Queue) -> None:
    shop.send("ALTER TABLE midflight.backfill RENAME TO away; CREATE VIEW midflight.backfill AS SELECT 1 / 0 AS broken")
    queue.send()
    queue.start_worker()
    queue.until(lambda: "a backfill waits for its database" in queue.output, "it tells so")
    shop.send("DROP VIEW midflight.backfill; ALTER TABLE midflight.away RENAME TO backfill")
    finishes(shop, queue)


def _child_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
