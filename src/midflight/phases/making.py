"""Makes the ledger where a history has contracts: instances can tell of themselves before there is any backfill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.errors import DatabaseError
from midflight.operations.ledger import ledger_statements
from midflight.phases.sql_files import load_sql

if TYPE_CHECKING:
    from midflight.runner.watch import Watch

TRIES = 10
"""More than there are statements: each that collides with another deployer's is done after that."""


def make_ledger(watch: Watch) -> None:
    """Make its tables where they are not there yet; the journal has made the schema.

    Raises:
        DatabaseError: where they may not be made; the hint says what an administrator can do.
    """
    for left in reversed(range(TRIES)):
        try:
            if not watch.fetch(load_sql("ledger_access"))[0]["is_there"]:
                for statement in ledger_statements():
                    watch.fetch(statement)
        except DatabaseError as error:
            if left:  # the deployer of another version table may have made the same at the same moment
                continue
            raise DatabaseError(
                f"the ledger of backfills and instances cannot be made: {error}",
                hint="let an administrator run GRANT USAGE, CREATE ON SCHEMA midflight TO <the role that migrates>",
            ) from error
        else:
            return
