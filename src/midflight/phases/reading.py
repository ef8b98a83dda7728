"""Reads from the ledger what gates depend on. A database without a ledger has no gates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.errors import DatabaseError
from midflight.pg.identifiers import QualifiedName
from midflight.phases.facts import NOTHING, Backfill, Facts, LiveInstance
from midflight.phases.instances import LIVE_SECONDS
from midflight.phases.sql_files import load_sql

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg

    from midflight.runner.watch import Watch


class LedgerClosedError(DatabaseError):
    """The ledger of backfills and instances is there, and this role may not read it."""

    def __init__(self) -> None:
        super().__init__(
            "the ledger of backfills and instances is there, and this role may not read it",
            hint="let an administrator run GRANT USAGE ON SCHEMA midflight TO <the role>; GRANT SELECT ON ALL TABLES "
            "IN SCHEMA midflight TO <the role>",
        )


async def read_facts(connection: asyncpg.Connection) -> Facts:
    """Read backfills and live instances.

    Raises:
        LedgerClosedError: where we may not.
        asyncpg.PostgresError: whatever else PostgreSQL says.
    """
    if not _may_read(await connection.fetch(load_sql("ledger_access"))):
        return NOTHING
    backfills = await connection.fetch(load_sql("backfills"), LIVE_SECONDS)
    return _facts(backfills, await connection.fetch(load_sql("instances"), LIVE_SECONDS))


def fetch_facts(watch: Watch) -> Facts:
    """Read the same while another connection works.

    Raises:
        LedgerClosedError: where we may not.
        DatabaseError: where the server does not answer.
    """
    if not _may_read(watch.fetch(load_sql("ledger_access"))):
        return NOTHING
    backfills = watch.fetch(load_sql("backfills"), LIVE_SECONDS)
    return _facts(backfills, watch.fetch(load_sql("instances"), LIVE_SECONDS))


def _may_read(rows: Sequence[asyncpg.Record]) -> bool:
    [access] = rows
    if access["is_there"] and not access["is_readable"]:
        raise LedgerClosedError
    return bool(access["is_there"])


def _facts(backfills: Sequence[asyncpg.Record], instances: Sequence[asyncpg.Record]) -> Facts:
    return Facts(tuple(map(_backfill, backfills)), tuple(map(_instance, instances)))


def _backfill(row: asyncpg.Record) -> Backfill:
    fields = {name: value for name, value in row.items() if name not in {"table_schema", "table_name"}}
    return Backfill(table=QualifiedName(row["table_schema"], row["table_name"]), **fields)


def _instance(row: asyncpg.Record) -> LiveInstance:
    return LiveInstance(**{**row, "revisions": tuple(row["revisions"])})
