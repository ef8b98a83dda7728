"""What is there before the first revision: SQLAlchemy metadata or a callable of the project's."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.util import await_only

from midflight.bridge.explaining import explaining
from midflight.errors import BaselineError, ProjectError

Baseline = Callable[[Connection], None]


def load_baseline(reference: str, folder: Path) -> Baseline:
    """Find what ``module:attribute`` names and return how to apply it to a connection.

    The attribute may be a ``MetaData`` (its tables are created), something that has one as ``metadata`` (a declarative
    base), or a callable that is given the connection: an ``async`` one SQLAlchemy's ``AsyncConnection``, where the
    project's driver is asynchronous. The module may stand in ``folder``.

    Raises:
        BaselineError: where there is no such thing; it says which part of the reference is at fault.
    """
    module_name, _, path = reference.partition(":")
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    try:
        with explaining(Path(module_name.replace(".", "/") + ".py")):
            found: Any = importlib.import_module(module_name)
    except ProjectError as error:
        raise BaselineError(f"baseline {reference}: {error}") from error
    for name in path.split("."):
        if not hasattr(found, name):
            raise BaselineError(f"baseline {reference}: {name!r} is not there")
        found = getattr(found, name)
    metadata = found if isinstance(found, MetaData) else getattr(found, "metadata", None)
    if isinstance(metadata, MetaData):
        return metadata.create_all
    if callable(found):
        return lambda connection: _call(found, connection)
    raise BaselineError(f"baseline {reference}: neither MetaData nor a callable but {type(found).__name__}")


def _call(function: Callable[..., Any], connection: Connection) -> None:
    """Call a function with the connection; an ``async`` one gets the asynchronous face of it, where it has one."""
    if not inspect.iscoroutinefunction(function):
        function(connection)
    elif connection.dialect.is_async:
        await_only(function(AsyncConnection(AsyncEngine(connection.engine), connection)))
    else:
        asyncio.run(function(connection))
