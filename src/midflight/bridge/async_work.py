"""Coroutines of a revision's own on the raw asyncpg connection, inside its transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg
from sqlalchemy.util import await_only

from midflight.bridge.safe_operation import executor_of
from midflight.errors import MidflightError
from midflight.runner.session import StatementError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from alembic.runtime.migration import MigrationContext

T = TypeVar("T")


def run_on_raw_connection(
    context: MigrationContext, function: Callable[..., Awaitable[T]], args: tuple[Any, ...]
) -> T | None:
    """Run a coroutine as one step of the revision.

    Raises:
        MidflightError: where there is no asyncpg connection.
        StatementError: where PostgreSQL refuses what it does.
    """
    name = getattr(function, "__qualname__", repr(function))
    connection = context.connection
    if context.as_sql or connection is None:
        raise MidflightError(
            f"run_async({name}): a script (--sql) cannot hold Python",
            hint="leave it out of the script: context.is_offline_mode()",
        )
    if connection.dialect.driver != "asyncpg":
        raise MidflightError(
            f"run_async({name}): it needs asyncpg, and this project's driver is {connection.dialect.driver}",
            hint="postgresql+asyncpg:// in the project's URL",
        )
    answer: list[T] = []

    def work() -> None:
        raw = connection.connection.driver_connection
        try:
            answer.append(await_only(function(raw, *args)))
        except asyncpg.PostgresError as error:
            raise StatementError(str(error).splitlines()[0], sqlstate=error.sqlstate) from error

    executor_of(context).run_work(f"run {name}", f"{function.__module__}.{name}", work)
    return answer[0] if answer else None
