"""The ledger as a test wants it: backfills and instances are written by SQL, as whatever program would."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from midflight.operations.ledger import ledger_statements
from midflight.pg.identifiers import quote_literal

if TYPE_CHECKING:
    from midflight.pg.addresses import Address
    from operations.stage import Stage


def make_ledger(stage: Stage, database: Address) -> None:
    """Make the tables, as the first backfill does."""
    stage.send(database, ";\n".join(("CREATE SCHEMA IF NOT EXISTS midflight", *ledger_statements())))


def add_backfill(
    stage: Stage, database: Address, name: str, *, state: str, revision: str | None, done: int = 0, failures: int = 0
) -> None:
    """Register a backfill of ``t`` that has got so far."""
    said = quote_literal(revision) if revision else "NULL"
    stage.send(
        database,
        f"""
        INSERT INTO midflight.backfill (name, table_schema, table_name, state, revision, rows_estimated)
        VALUES ({quote_literal(name)}, 'public', 't', {quote_literal(state)}, {said}, 50000);
        INSERT INTO midflight.backfill_range (backfill, place, table_schema, table_name, rows_read, rows_changed)
        SELECT id, 1, 'public', 't', {done}, {done} FROM midflight.backfill WHERE name = {quote_literal(name)};
        INSERT INTO midflight.backfill_failure (backfill, table_schema, table_name, key, error)
        SELECT id, 'public', 't', ARRAY[i::text], 'division by zero'
        FROM midflight.backfill, generate_series(1, {failures}) AS i WHERE name = {quote_literal(name)}
        """,
    )


def set_state(stage: Stage, database: Address, name: str, state: str) -> None:
    """Let a backfill come to another state."""
    stage.send(
        database, f"UPDATE midflight.backfill SET state = {quote_literal(state)} WHERE name = {quote_literal(name)}"
    )


def add_worker(stage: Stage, database: Address, name: str, *, brake: str | None = None) -> None:
    """Let a worker be at work."""
    said = quote_literal(brake) if brake else "NULL"
    stage.send(
        database,
        f"""
        INSERT INTO midflight.backfill_worker (id, backfill, host, process, brake)
        SELECT gen_random_uuid(), id, 'worker-1', 7, {said} FROM midflight.backfill WHERE name = {quote_literal(name)}
        """,
    )


def add_instance(
    stage: Stage, database: Address, *revisions: str, host: str = "web-1", silent: float = 0, version: str = "1.4"
) -> uuid.UUID:
    """Let an instance be alive that was built for these revisions; ``silent`` is since when it has not told (s)."""
    id_ = uuid.uuid4()
    built = ", ".join(map(quote_literal, revisions))
    stage.send(
        database,
        f"""
        INSERT INTO midflight.instance (id, application, version, revisions, host, process, seen_at)
        VALUES ('{id_}', 'shop', {quote_literal(version)}, ARRAY[{built}], {quote_literal(host)}, 12,
            clock_timestamp() - make_interval(secs => {silent}))
        """,
    )
    return id_


def end_instance(stage: Stage, database: Address, id_: uuid.UUID) -> None:
    """Let an instance fall silent for more than a minute."""
    stage.send(
        database, f"UPDATE midflight.instance SET seen_at = clock_timestamp() - interval '61 s' WHERE id = '{id_}'"
    )
