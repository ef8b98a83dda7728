"""Finds the Python functions that backfills name."""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING

from midflight.errors import ProjectError

if TYPE_CHECKING:
    from midflight.backfill.changing import BatchFunction

OF_REVISION = "revision"
"""What stands before the first colon of a reference to a function in a revision's file."""


def load_function(reference: str) -> BatchFunction:
    """Import what ``module:function`` names.

    Raises:
        ProjectError: where it cannot be imported, or is no ``async def``.
    """
    module, _, name = reference.partition(":")
    if module == OF_REVISION:
        raise ProjectError(
            f"{reference}: the function is in a revision, and there is no project here",
            hint="run it in the project's folder, or let the function be in a module of the application",
        )
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ProjectError(f"{reference}: it cannot be imported ({type(error).__name__})") from error
    return checked(found, reference)


def checked(found: object, reference: str) -> BatchFunction:
    """Return what was found, where it is an ``async def``.

    Raises:
        ProjectError: where it is something else.
    """
    if not inspect.iscoroutinefunction(found):
        raise ProjectError(f"{reference}: it is no async def")
    return found
