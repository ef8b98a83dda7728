"""What is read of a live server: who waits, how old transactions are, what the role may not see."""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from backfill.standby import open_pair
from midflight.backfill.braking import braking
from midflight.backfill.pace import Pace, Signals, figures_of
from midflight.backfill.signals import SETTINGS, SignalReader
from midflight.errors import SettingsError
from midflight.shadow.choice import ShadowChoice
from midflight.sql.names import Name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from midflight.pg.addresses import Address

SECONDS = 60.0
LOOKING = SETTINGS["application_name"]
TABLE = Name("public", "Odd table")
SETUP = """
CREATE TABLE "Odd table" (id int PRIMARY KEY, n int);
INSERT INTO "Odd table" SELECT i, i FROM generate_series(1, 1000) AS i;
VACUUM ANALYZE "Odd table";
"""


@asynccontextmanager
async def connected(address: Address, application: str = "shop") -> AsyncIterator[asyncpg.Connection]:
    settings = SETTINGS if application == LOOKING else {"application_name": application}
    connection = await asyncpg.connect(**address.asyncpg_arguments(), server_settings=settings)
    try:
        yield connection
    finally:
        connection.terminate()


async def prepare(address: Address) -> None:
    async with connected(address) as connection:
        for statement in SETUP.strip().split("\n"):
            await connection.execute(statement)


async def until(read: Callable[[], Any], condition: Callable[[Any], bool]) -> Any:  # noqa: ANN401 - whatever is read
    """Read again until it is so."""
    give_up = time.monotonic() + SECONDS
    while not condition(seen := await read()):
        assert time.monotonic() < give_up, seen
        await asyncio.sleep(0.05)
    return seen


async def test_a_quiet_server(database: Address) -> None:
    await prepare(database)
    async with connected(database) as connection:
        reader = await SignalReader.open(connection, TABLE, Pace())
        first, second = await reader.read(), await reader.read()
    assert (first.waiting_queries, first.replication_lag, first.oldest_transaction) == (0, None, None)
    assert first.wal_rate is None  # a rate needs two looks
    assert second.wal_rate is not None
    assert second.probe_latency is not None
    assert second.dead_rows is None  # autovacuum is switched off on this server: nobody is behind


async def test_what_has_no_limit_is_not_read(database: Address) -> None:
    await prepare(database)
    careless = Pace(waiting_queries=math.inf, wal_rate=math.inf, probe_latency=math.inf, oldest_transaction=math.inf)
    async with connected(database) as connection:
        reader = await SignalReader.open(connection, TABLE, careless)
        await reader.read()
        assert await reader.read() == Signals()


async def test_queries_that_wait_for_rows_and_for_the_table(database: Address) -> None:
    await prepare(database)
    update = 'UPDATE "Odd table" SET n = 0 WHERE id = 7'
    async with (
        connected(database, LOOKING) as looking,
        connected(database) as holder,
        connected(database) as one,
        connected(database) as other,
        connected(database, "midflight backfill orders") as own,
        connected(database) as elsewhere,
        connected(database) as elsewhere_too,
    ):
        reader = await SignalReader.open(looking, TABLE, Pace())
        await elsewhere.execute("CREATE TABLE other (id int)")
        await elsewhere.execute("BEGIN; LOCK TABLE other")
        await holder.execute(f"BEGIN; {update}")
        waiting = [
            asyncio.create_task(one.execute(update)),
            asyncio.create_task(other.execute('BEGIN; LOCK TABLE "Odd table"')),
            asyncio.create_task(own.execute(update)),
            asyncio.create_task(elsewhere_too.execute("SELECT FROM other")),
        ]
        seen = await until(reader.read, lambda signals: signals.waiting_queries == 2)
        assert seen.waiting_queries == 2
        await asyncio.sleep(0.5)
        assert (await reader.read()).waiting_queries == 2  # ours, and who waits for another table, do not count
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_the_oldest_transaction_that_holds_vacuum_back(database: Address) -> None:
    await prepare(database)
    async with connected(database, LOOKING) as looking, connected(database) as report:
        reader = await SignalReader.open(looking, TABLE, Pace())
        await report.execute("BEGIN")
        assert (await reader.read()).oldest_transaction is None  # it has no snapshot yet
        await report.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        await report.execute("SELECT FROM pg_class")
        seen = await until(reader.read, lambda signals: (signals.oldest_transaction or 0) > 0.3)
        await report.execute("COMMIT")
        assert (await reader.read()).oldest_transaction is None
        await report.execute("CREATE TABLE prepared (id int)")
        await report.execute("BEGIN; INSERT INTO prepared VALUES (1); PREPARE TRANSACTION 'left over'")
        try:
            seen = await until(reader.read, lambda signals: (signals.oldest_transaction or 0) > 0.3)
        finally:
            await report.execute("ROLLBACK PREPARED 'left over'")
        assert seen.oldest_transaction < SECONDS


async def test_wal_is_a_rate(database: Address) -> None:
    await prepare(database)
    async with connected(database, LOOKING) as looking, connected(database) as writer:
        reader = await SignalReader.open(looking, TABLE, Pace())
        await reader.read()
        began = time.monotonic()
        for _ in range(5):
            await writer.execute('UPDATE "Odd table" SET n = n + 1')
        seen = await reader.read()
        assert seen.wal_rate is not None
        assert 5 * 1000 * 50 / (time.monotonic() - began + 1) < seen.wal_rate


async def test_a_role_without_rights_knows_little_and_fails_at_nothing(database: Address) -> None:
    await prepare(database)
    async with connected(database, LOOKING) as looking, connected(database) as report:
        await looking.execute("DROP ROLE IF EXISTS poor; CREATE ROLE poor")
        await looking.execute('REVOKE ALL ON SCHEMA public FROM public; REVOKE ALL ON "Odd table" FROM public')
        try:
            await report.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM pg_class")
            reader = await SignalReader.open(looking, TABLE, Pace(probe_latency=1.0))
            await looking.execute("SET ROLE poor")
            await reader.read()
            seen = await reader.read()
        finally:
            await looking.execute("RESET ROLE; DROP ROLE poor")
    assert seen.probe_latency is None
    assert seen.oldest_transaction is None
    assert seen.replication_lag is None
    assert seen.waiting_queries == 0


async def test_a_table_that_is_gone_is_unknown(database: Address) -> None:
    async with connected(database) as connection:
        reader = await SignalReader.open(connection, Name("public", "never"), Pace())
        seen = await reader.read()
    assert (seen.probe_latency, seen.waiting_queries, seen.dead_rows) == (None, 0, None)


async def test_a_look_is_cheap(database: Address) -> None:
    await prepare(database)
    async with connected(database) as connection:
        reader = await SignalReader.open(connection, TABLE, Pace())
        await reader.read()
        took = []
        for _ in range(20):
            began = time.perf_counter()
            await reader.read()
            took.append(time.perf_counter() - began)
    assert min(took) < 0.2  # about 5 ms; generous, for a slow machine


@pytest.fixture(params=[ShadowChoice("machine", 15), ShadowChoice("embedded", 18)], ids=["pg15", "pg18"])
def choice(request: pytest.FixtureRequest) -> ShadowChoice:
    found: ShadowChoice = request.param
    return found


async def test_a_standby_and_autovacuum(choice: ShadowChoice, cache_folder: Path) -> None:
    """One server for both, since it takes seconds to start."""
    async with open_pair(choice, cache_folder) as pair:
        await prepare(pair.primary)
        async with connected(pair.primary) as primary, connected(pair.standby) as standby:
            reader = await SignalReader.open(primary, TABLE, Pace())
            await _sees_a_standby(reader, primary, standby)
            ignoring = await SignalReader.open(primary, TABLE, Pace(ignored_standbys=("replica",)))
            assert (await ignoring.read()).replication_bytes is None
            await _sees_dead_rows(reader, primary)


async def _sees_a_standby(reader: SignalReader, primary: asyncpg.Connection, standby: asyncpg.Connection) -> None:
    await until(reader.read, lambda signals: signals.replication_bytes == 0)
    await standby.execute("SELECT pg_wal_replay_pause()")
    await primary.execute('UPDATE "Odd table" SET n = n + 1')
    behind = await until(reader.read, lambda signals: signals.replication_bytes > 50_000)
    assert figures_of(Pace(), behind)["replication_bytes"]["value"] == behind.replication_bytes
    await standby.execute("SELECT pg_wal_replay_resume()")
    await until(reader.read, lambda signals: signals.replication_bytes == 0)


async def _sees_dead_rows(reader: SignalReader, primary: asyncpg.Connection) -> None:
    await primary.execute("SELECT pg_stat_force_next_flush()")
    await primary.execute('VACUUM "Odd table"')
    await until(reader.read, lambda signals: signals.dead_rows == 0)
    await primary.execute('UPDATE "Odd table" SET n = n + 1')
    await primary.execute("SELECT pg_stat_force_next_flush()")
    seen = await until(reader.read, lambda signals: signals.dead_rows > 0)
    assert seen.dead_rows == pytest.approx(1000 / (50 + 0.2 * 1000))
    await primary.execute(
        'ALTER TABLE "Odd table" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100)'
    )
    assert (await reader.read()).dead_rows == pytest.approx(10)
    await primary.execute('ALTER TABLE "Odd table" SET (autovacuum_enabled = off)')
    assert (await reader.read()).dead_rows is None


BRAKES = """
import asyncio

answer = 0.0

def plain():
    return answer

async def waiting():
    await asyncio.sleep(0)
    return answer

def failing():
    raise ValueError("secret")
"""


@pytest.fixture
def brakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - a module of the test's own
    (tmp_path / "own_brakes.py").write_text(BRAKES)
    monkeypatch.syspath_prepend(tmp_path)
    import own_brakes  # type: ignore[import-not-found]  # noqa: PLC0415 - written just now

    return own_brakes


@pytest.mark.parametrize("name", ["plain", "waiting"])
async def test_a_brake_of_the_users_own(database: Address, brakes: Any, name: str) -> None:  # noqa: ANN401 - likewise
    await prepare(database)
    brakes.answer = 0.0
    async with braking(database, TABLE, Pace(look_seconds=0.05, brake=f"own_brakes:{name}")) as seen:
        await _braked(seen, None)
        for answer, strength, words in (
            (0.5, 0.5, "own brake 50%"),
            ("sale until noon", 1, "sale until noon"),
            (True, 1, "own brake 100%"),
        ):
            brakes.answer = answer
            await _braked(seen, words)
            assert seen.brake is not None
            assert seen.brake.strength == strength
        brakes.answer = False
        await _braked(seen, None)


async def test_a_brake_that_fails_stops_the_work_and_tells_no_secret(database: Address, brakes: Any) -> None:  # noqa: ANN401 - likewise
    assert brakes
    await prepare(database)
    async with braking(database, TABLE, Pace(brake="own_brakes:failing")) as seen:
        assert seen.brake is not None
        assert seen.brake.stops
        assert seen.brake.words == "own brake raised ValueError"


@pytest.mark.parametrize("reference", ["own_brakes:missing", "no_such_module:brake"])
async def test_a_brake_that_is_not_there_is_told_at_once(database: Address, brakes: Any, reference: str) -> None:  # noqa: ANN401 - likewise
    assert brakes
    with pytest.raises(SettingsError, match=f"the brake '{reference}' cannot be imported"):
        async with braking(database, TABLE, Pace(brake=reference)):
            pass


async def test_a_lost_connection_brakes_nothing_and_comes_again(database: Address) -> None:
    await prepare(database)
    async with connected(database) as admin, braking(database, TABLE, Pace(look_seconds=0.05)) as seen:
        assert seen.signals.waiting_queries == 0
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'midflight backfill signals' AND datname = current_database()"
        )
        await _signals(seen, lambda signals: signals.waiting_queries is None)
        await _signals(seen, lambda signals: signals.waiting_queries == 0)


async def _braked(seen: Any, words: str | None) -> None:  # noqa: ANN401 - a Braking
    await until(lambda: _soon((seen.brake.words if seen.brake else None) == words), bool)


async def _signals(seen: Any, condition: Callable[[Signals], bool]) -> None:  # noqa: ANN401 - likewise
    await until(lambda: _soon(condition(seen.signals)), bool)


async def _soon(answer: bool) -> bool:  # noqa: FBT001 - hands it over
    return answer
