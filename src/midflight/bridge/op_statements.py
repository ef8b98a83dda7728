"""SQL and Python of a revision's own, as revisions call it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from alembic import op

from midflight import sql
from midflight.bridge.async_work import run_on_raw_connection
from midflight.bridge.running import is_elsewhere, run
from midflight.errors import MidflightError, SqlSyntaxError
from midflight.operations.run_sql import RunSql

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.sql.base import Executable

T = TypeVar("T")


def execute(sqltext: Executable | str, *, execution_options: dict[str, Any] | None = None) -> None:
    """Send SQL: text as it stands, of several statements too, with JSON, ``%``, ``:`` and ``$1``; none is a parameter.

    Each statement is journaled by itself: an interrupted revision goes on behind those that are done for good. One that
    cannot run in a transaction, such as CREATE INDEX CONCURRENTLY, runs outside of it. Tables are locked for it
    without anybody ever waiting behind us.

    Args:
        sqltext: text, or an SQLAlchemy construct, which Alembic sends.
        execution_options: go to Alembic, with the text.
    """
    if not isinstance(sqltext, str) or execution_options or is_elsewhere():
        op.execute(sqltext, execution_options=execution_options)
        return
    try:
        statements = tuple(piece.text for piece in sql.split(sqltext))
    except SqlSyntaxError:
        statements = (sqltext,)  # the server may know more than the grammar; else it will tell where it fails
    run(RunSql(statements))


def execute_file(path: str | Path) -> None:
    """Send the statements of a file, as ``execute`` does.

    Args:
        path: of a text in UTF-8; a relative one starts from the folder of the revision's file.

    Raises:
        MidflightError: where there is no such file, or it cannot be split.
    """
    file = _beside_revision() / path
    try:
        text = file.read_text(encoding="utf-8")
        statements = tuple(piece.text for piece in sql.split(text))
    except OSError as error:
        raise MidflightError(f"{file}: {error.strerror}", hint="the path starts from the revision's folder") from error
    except UnicodeDecodeError as error:
        raise MidflightError(f"{file}: it is no text in UTF-8") from error
    except SqlSyntaxError as error:
        line = text.count("\n", 0, error.position) + 1
        raise MidflightError(f"{file}, line {line}: {error}", hint=error.hint) from error
    for statement in statements if is_elsewhere() else ():
        op.execute(statement)
    if not is_elsewhere():
        run(RunSql(statements))


def run_async(function: Callable[..., Awaitable[T]], *args: Any) -> T | None:  # noqa: ANN401 - what the function takes
    """Run an ``async def`` on the raw asyncpg connection, inside the revision's own transaction: for COPY and cursors.

    Args:
        function: ``async def load(connection: asyncpg.Connection, *args)``; it must not end the transaction. It is
            called again where the revision is tried again, or was rolled back.
        args: what else it takes.

    Returns:
        What the function returns; None where an earlier, interrupted try has done it for good.

    Raises:
        MidflightError: where the project's driver is not asyncpg, or a script is written (``--sql``).
    """
    return run_on_raw_connection(op.get_context(), function, args)


def _beside_revision() -> Path:
    """The folder of the revision that calls: of the nearest caller that says which revision it is."""
    frame = sys._getframe(1)  # noqa: SLF001 - Alembic tells a function of a revision nothing
    while frame.f_back is not None:
        frame = frame.f_back
        if "down_revision" in frame.f_globals and "__file__" in frame.f_globals:
            return Path(frame.f_globals["__file__"]).parent
    return Path.cwd()
