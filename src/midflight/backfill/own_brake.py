"""The user's own brake: a function that tells how strongly to brake, or why to stop."""

from __future__ import annotations

import asyncio
import importlib
import inspect
from typing import TYPE_CHECKING

from midflight.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Answer = float | str | None
    OwnBrake = Callable[[], Answer | Awaitable[Answer]]

ANSWER_SECONDS = 5.0


def load_brake(reference: str) -> OwnBrake:
    """Import what ``module:function`` names.

    Raises:
        SettingsError: where it cannot be imported, or cannot be called.
    """
    module, _, name = reference.partition(":")
    try:
        found: OwnBrake = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise SettingsError(f"the brake {reference!r} cannot be imported: {type(error).__name__}") from error
    if not callable(found):
        raise SettingsError(f"the brake {reference!r} is no function")
    return found


async def ask(brake: OwnBrake) -> float | str:
    """Return its answer: 0 to 1, or why to stop.

    A brake that fails or does not answer stops the work: its owner wanted to be asked. The text of its error is not
    told, which may hold anything.
    """
    try:
        return await asyncio.wait_for(_answer(brake), ANSWER_SECONDS)
    except TimeoutError:
        return f"own brake did not answer within {ANSWER_SECONDS:g} s"
    except Exception as error:  # noqa: BLE001 - the user's function may raise anything
        return f"own brake raised {type(error).__name__}"


async def _answer(brake: OwnBrake) -> float | str:
    answer = await brake() if inspect.iscoroutinefunction(brake) else await asyncio.to_thread(brake)
    if inspect.isawaitable(answer):
        answer = await answer
    if isinstance(answer, str):
        return answer or 0.0
    return float(answer or 0.0)
