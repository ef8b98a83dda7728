"""Workers while other things happen: rows that come and resist, others that write, pause, failure and end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from backfill.quick import SLOW
from midflight.backfill import asking
from midflight.backfill.events import BackfillProgress, RowFailed, RowHeld
from midflight.backfill.job import JobState
from midflight.errors import DatabaseError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg

    from backfill.working import Yard, Yards
    from midflight.backfill.asking import Request

TABLE = """
CREATE TABLE t (id int PRIMARY KEY, n int, times int NOT NULL DEFAULT 0);
INSERT INTO t SELECT i FROM generate_series(1, 2000) AS i
"""
FILL = "op.backfill('b', table='t', set={'n': 'id', 'times': 'times + 1'}, where='n IS NULL', small=0)"
ONCE = "SELECT bool_and(n = id AND times = 1) FROM t"


def ask(yard: Yard, request: Request) -> JobState:
    return asyncio.run(asking.ask(yard.database, "b", request)).state


def test_new_rows_are_changed_too(yards: Yards) -> None:
    yard = yards.new(TABLE, FILL)
    working = yard.start(pace=SLOW)
    working.tells(BackfillProgress)
    for first, last in ((-50, 0), (2001, 2050)):
        yard.send(f"INSERT INTO t SELECT i FROM generate_series({first}, {last}) AS i")
    working.stop()
    working.ends()
    yard.work()
    assert yard.state == "finished"
    assert yard.value(ONCE) is True
    assert yard.value("SELECT passes FROM midflight.backfill") == 1


def test_a_row_that_is_held_is_waited_for(yards: Yards) -> None:
    """All others are changed meanwhile, and nobody waits behind us for long."""
    yard = yards.new(TABLE, FILL)
    with psycopg.connect(yard.database.url("postgresql")) as other:
        other.execute("UPDATE t SET times = times WHERE id = 1500")
        working = yard.start()
        held = working.tells(RowHeld)
        assert held.behind == ("1499",)
        assert yard.value("SELECT count(*) FROM t WHERE n IS NOT NULL") == 1499
        other.rollback()
    working.ends()
    assert yard.value(ONCE) is True


def test_rows_that_resist_are_left_out_and_tried_again(yards: Yards) -> None:
    setup = f"{TABLE}; ALTER TABLE t ADD CONSTRAINT ck CHECK (id % 700 <> 0 OR n IS NULL)"
    yard = yards.new(setup, FILL)
    working = yard.start()
    worked = working.ends()
    assert worked.is_failed
    assert yard.state == "failed"
    assert sorted(event.key for event in working.of(RowFailed)) == [("1400",), ("700",)]
    assert yard.value("SELECT count(*) FROM t WHERE n = id AND times = 1") == 1998
    assert "700" not in yard.value("SELECT string_agg(error, ' ') FROM midflight.backfill_failure")
    assert ask(yard, asking.retry) is JobState.RUNNING
    assert yard.work().is_failed
    assert yard.value("SELECT array_agg(tries) FROM midflight.backfill_failure") == [2, 2]
    yard.send("ALTER TABLE t DROP CONSTRAINT ck")
    ask(yard, asking.retry)
    assert not yard.work().is_failed
    assert yard.state == "finished"
    assert yard.value(ONCE) is True


def test_too_many_failures_stop_it(yards: Yards) -> None:
    yard = yards.new(f"{TABLE}; ALTER TABLE t ADD CHECK (n IS NULL)", FILL)
    working = yard.start(most_failures=5)
    assert working.ends().is_failed
    assert len(working.of(RowFailed)) == 5
    assert "too many" in yard.value("SELECT error FROM midflight.backfill")


def test_a_value_is_never_told(yards: Yards) -> None:
    setup = f"{TABLE}; ALTER TABLE t ADD s text DEFAULT 'secret value'"
    yard = yards.new(setup, "op.backfill('b', table='t', set={'n': 's::int'}, where='n IS NULL AND id < 9', small=0)")
    working = yard.start()
    working.ends()
    assert len(working.of(RowFailed)) == 8
    assert "secret" not in repr(working.events)
    assert "secret" not in yard.value("SELECT string_agg(error, ' ') FROM midflight.backfill_failure")


def test_what_can_never_work_fails_at_once(yards: Yards) -> None:
    yard = yards.new(TABLE, FILL)
    yard.send("ALTER TABLE t DROP COLUMN n")
    assert yard.work().is_failed
    assert 'column "n"' in yard.value("SELECT error FROM midflight.backfill")


def test_a_table_that_is_gone(yards: Yards) -> None:
    yard = yards.new(TABLE, FILL)
    yard.send("DROP TABLE t")
    [outcome] = yard.work().outcomes
    assert outcome.error == "there is no table t"


def test_a_condition_that_holds_for_ever(yards: Yards) -> None:
    """Or each pass would add one more."""
    yard = yards.new(TABLE, "op.backfill('b', table='t', set={'times': 'times + 1'}, where='id > 5', small=0)")
    [outcome] = yard.work(most_failures=3).outcomes
    assert outcome.state is JobState.FAILED
    assert yard.value("SELECT max(times) FROM t") == 0


def test_paused_resumed_and_cancelled(yards: Yards) -> None:
    yard = yards.new(TABLE, FILL)
    working = yard.start(pace=SLOW)
    working.tells(BackfillProgress)
    assert ask(yard, asking.pause) is JobState.PAUSED
    working.ends()
    done = yard.value("SELECT count(n) FROM t")
    assert 0 < done < 2000
    assert yard.work().rows == 0
    assert ask(yard, asking.resume) is JobState.RUNNING
    working = yard.start(pace=SLOW)
    working.tells(BackfillProgress)
    assert ask(yard, asking.cancel) is JobState.CANCELLED
    working.ends()
    assert yard.value("SELECT count(n) FROM t") > done
    with pytest.raises(UsageError, match="cancelled"):
        ask(yard, asking.resume)
    assert yard.value("SELECT count(*) FROM midflight.backfill_range WHERE worker IS NOT NULL") == 0


def test_wrong_rows_at_the_end_open_their_range_again(yards: Yards) -> None:
    """Old code writes rows behind the backfill's back; the second pass mends those alone."""
    yard = yards.new(
        TABLE,
        "op.backfill('b', table='t', set={'n': 'id', 'times': 'times + 1'}, "
        "disagreement='n IS DISTINCT FROM id', small=0)",
    )
    working = yard.start(pace=SLOW)
    working.tells(BackfillProgress)
    yard.send("UPDATE t SET n = 0 WHERE id = (SELECT min(id) FROM t WHERE n = id)")
    working.stop()
    working.ends()
    yard.work(workers=2)
    assert yard.state == "finished"
    assert yard.value("SELECT bool_and(n = id) AND sum(times) = 2001 FROM t") is True


def test_a_partition_that_is_attached_meanwhile(yards: Yards) -> None:
    setup = """
        CREATE TABLE t (id int PRIMARY KEY, n int, times int NOT NULL DEFAULT 0) PARTITION BY RANGE (id);
        CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (2001);
        INSERT INTO t SELECT i FROM generate_series(1, 2000) AS i
    """
    yard = yards.new(setup, FILL)
    working = yard.start(pace=SLOW)
    working.tells(BackfillProgress)
    yard.send("CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (2001) TO (3000); INSERT INTO t VALUES (2500)")
    working.stop()
    working.ends()
    yard.work()
    assert yard.value(ONCE) is True


async def fill(connection: asyncpg.Connection, keys: Sequence[tuple[Any, ...]]) -> None:
    ids = [key[0] for key in keys]
    if 77 in ids:
        raise ConnectionError("secret")
    await connection.execute("UPDATE t SET n = id, times = times + 1 WHERE id = ANY($1)", ids)


def test_a_function(yards: Yards) -> None:
    yard = yards.new(TABLE, "op.backfill('b', table='t', function='somewhere:fill', where='n IS NULL', small=0)")
    working = yard.start(functions=lambda _: fill)
    working.ends()
    [failed] = working.of(RowFailed)
    assert (failed.key, failed.error) == (("77",), "ConnectionError")
    assert yard.value("SELECT count(*) FROM t WHERE n = id AND times = 1") == 1999


def test_a_function_that_does_nothing(yards: Yards) -> None:
    async def nothing(connection: asyncpg.Connection, keys: Sequence[tuple[Any, ...]]) -> None:
        pass

    yard = yards.new(TABLE, "op.backfill('b', table='t', function='somewhere:fill', where='n IS NULL', small=0)")
    [outcome] = yard.work(functions=lambda _: nothing, most_failures=2).outcomes
    assert outcome.state is JobState.FAILED


def test_the_session_is_ended(yards: Yards) -> None:
    """As an administrator or a restart of the server ends it."""
    yard = yards.new(TABLE, FILL)
    working = yard.start(pace=SLOW, workers=2)
    for _ in range(3):
        working.tells(BackfillProgress)
        yard.until(
            "SELECT count(pg_terminate_backend(pid)) > 0 FROM pg_stat_activity "
            "WHERE application_name LIKE 'midflight backfill b%'"
        )
    working.stop()
    working.ends()
    yard.work()
    assert yard.value(ONCE) is True


def test_no_server(yards: Yards) -> None:
    yard = yards.new(TABLE, FILL)
    working = yard.start()
    working.ends()
    yard.database, kept = replace(yard.database, database="nowhere"), yard.database
    with pytest.raises(DatabaseError, match="nowhere"):
        yard.work()
    yard.database = kept


def test_dropped_meanwhile(yards: Yards) -> None:
    yard = yards.new(TABLE, FILL)
    working = yard.start(pace=SLOW)
    working.tells(BackfillProgress)
    yard.send("DELETE FROM midflight.backfill")
    assert working.ends().outcomes == ()
