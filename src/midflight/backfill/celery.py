"""Backfills by Celery: a task that works for a while and sends itself again while there is something left.

The queue holds no truth. Which rows are done is in the ledger; a message only says: go and look there. So one that is
delivered twice, or late, does no harm; and one that is lost none but that nobody works until the next one is sent.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from midflight.backfill.functions import load_function
from midflight.backfill.slots import slot
from midflight.backfill.worker import work
from midflight.errors import DatabaseError, SettingsError
from midflight.pg.addresses import Address
from midflight.settings import Pace, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from celery import Celery

    from midflight.backfill.worker import BatchFunction

TASK = "midflight.backfill"
SECONDS = 30.0
AGAIN_SECONDS = 5.0
"""After a message that could do nothing: the database was away, or the ranges are those of other workers."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Course:
    """How to work, from the application's own process: nothing of it is in a message."""

    address: Address
    pace: Pace
    seconds: float
    slots: int
    functions: Callable[[str], BatchFunction]


def backfill_task(
    app: Celery,
    database: str | None = None,
    *,
    seconds: float = SECONDS,
    workers: int = 1,
    pace: Pace | None = None,
    functions: Callable[[str], BatchFunction] = load_function,
    **options: Any,  # noqa: ANN401 - as Celery has them
) -> Any:  # noqa: ANN401 - Celery has no types
    """Give an application the task ``midflight.backfill``, and return it.

    ``task.delay()`` begins; ``task.delay("orders_total")`` is for one backfill alone. It ends where nothing is left to
    do, or where enough others are at work already.

    Args:
        app: the Celery application.
        database: its URL; by default the setting ``migration_url``.
        seconds: how long one message works, at most. Well below the broker's visibility timeout.
        workers: how many messages may work at once, on all machines; more end at once.
        pace: how fast; by default as the settings say.
        functions: finds the Python function that a backfill names.
        options: more of Celery's own for the task, such as ``queue``.

    Raises:
        SettingsError: where no database is given, or the settings are not valid.
    """
    settings = load_settings()
    course = _Course(_address(database), pace or settings.backfill, seconds, workers, functions)

    @app.task(name=TASK, bind=True, acks_late=True, reject_on_worker_lost=True, ignore_result=True, **options)  # type: ignore[untyped-decorator] # Celery has no types
    def backfill(task: Any, name: str | None = None) -> None:  # noqa: ANN401 - likewise
        countdown = asyncio.run(_seconds_until_next(course, name))
        if countdown is not None:
            task.apply_async((name,), countdown=countdown or None)

    return backfill


async def _seconds_until_next(course: _Course, name: str | None) -> float | None:
    """Work for a while; return in how many seconds to go on, None where another message is at it or nothing is left.

    The place is given back before the next message is sent, which could otherwise find all of them taken.
    """
    try:
        async with slot(course.address, course.slots) as held:
            if held is None or not await held.has_work(name):
                return None
            worked = await work(
                course.address, name, functions=course.functions, pace=course.pace, seconds=course.seconds
            )
            return (0 if worked.rows else AGAIN_SECONDS) if await held.has_work(name) else None
    except DatabaseError as error:
        _log.warning("a backfill waits for its database: %s", error)
        return AGAIN_SECONDS


def _address(database: str | None) -> Address:
    url = load_settings().migration_url
    text = database or (url.get_secret_value() if url else None)
    if text is None:
        raise SettingsError("a backfill by Celery needs its database: an argument, or the setting migration_url")
    try:
        return Address.from_url(text)
    except ValueError as error:
        raise SettingsError(f"the database of backfills by Celery: {error}") from None
