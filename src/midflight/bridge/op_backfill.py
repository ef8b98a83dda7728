"""Backfills, as revisions call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic import op

from midflight.bridge.backfill_text import assignments_of, condition_of, reference_of, revision_of
from midflight.bridge.backfilling import finish
from midflight.bridge.running import is_elsewhere, run
from midflight.errors import MidflightError
from midflight.operations.backfill import SMALL_ROWS, DropBackfill, RegisterBackfill

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Update

    from midflight.backfill.changing import BatchFunction


def backfill(
    name: str,
    *,
    table: str | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002 - as SQL has it
    where: str | ColumnElement[bool] | None = None,
    function: BatchFunction | str | None = None,
    update: Update | None = None,
    schema: str | None = None,
    wait: bool = False,
    disagreement: str | ColumnElement[bool] | None = None,
    small: int = SMALL_ROWS,
) -> None:
    """Let the rows of a table be changed in the background, by ``midflight backfill run``; of a small table at once.

    Args:
        name: of the backfill, as the commands call it.
        table: its table; ``update`` names it itself.
        set: an SQL expression for each column, over the columns of its row; in place of it ``function`` or ``update``.
        where: which rows, as SQL; best what is false for a row that was changed, such as ``total_cents IS NULL``. By it
            new rows are found, and it is verified at the end that none is left. Without it each row is changed once.
        function: ``async def fill(connection, keys)``, for what SQL cannot say. It changes the rows of these keys, each
            a tuple, which are locked, on an asyncpg connection, in the transaction of the batch. It stands at the top
            of the revision's file or of a module; or ``"module:name"``.
        update: ``sa.update(table).values(...).where(...)``, in place of ``table``, ``set`` and ``where``.
        schema: of the table.
        wait: whether the revision ends only when it is finished.
        disagreement: what holds for a row that is wrong at the end, as SQL, where ``where`` does not tell; ``"false"``
            where none can be.
        small: up to how many rows, as the statistics have them, the table is changed at once, in one statement.

    Raises:
        MidflightError: where the same name is that of another backfill, or it has failed.
    """
    if update is not None and is_elsewhere():
        op.execute(update)
        return
    if update is not None and (table or set or where is not None or function):
        raise MidflightError(f"the backfill {name}: an update says itself which table, what is set, and where")
    target = update.table if update is not None else None
    operation = RegisterBackfill(
        name,
        str(getattr(target, "name", None) or table or ""),
        assignments=assignments_of(set, update),
        condition=condition_of(where, update),
        function=reference_of(function),
        disagreement=condition_of(disagreement, None),
        schema=getattr(target, "schema", None) or schema,
        small=small,
        revision=revision_of(),
    )
    run(operation)
    if not is_elsewhere() and not op.get_context().as_sql:
        finish(op.get_context(), operation, function, wait=wait)


def drop_backfill(name: str) -> None:
    """Forget a backfill, as the way back of ``backfill``: what it has changed stays."""
    run(DropBackfill(name))
