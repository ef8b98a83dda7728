"""What goes wrong while revisions are applied, in words: which revision, which line, and PostgreSQL's reason."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError, PendingRollbackError

from midflight.bridge.alembic_session import connection_lost, statement_error
from midflight.bridge.database_errors import database_error
from midflight.bridge.explaining import explaining
from midflight.errors import DatabaseError, MidflightError, ProjectError, RangeError
from midflight.pg.passwords import without_passwords

if TYPE_CHECKING:
    from alembic.runtime.migration import RevisionStep

    from midflight.bridge.project import Project


class RevisionError(MidflightError):
    """A revision failed."""


class RevisionDatabaseError(DatabaseError):
    """The database was in the way of a revision."""


def explained(error: Exception, project: Project, step: RevisionStep | None) -> MidflightError:
    """Put an error into words.

    Args:
        error: what was raised.
        project: the project.
        step: the revision that was being applied, if any.
    """
    told = _of_database(error)
    if step is None:
        return told if isinstance(told, MidflightError) else _of_project(told, project)
    script = step.revision
    line = _line(error, script.path)
    place = f"revision {script.revision} ({Path(script.path).name}{f', line {line}' if line else ''})"
    if isinstance(told, MidflightError):
        kind = RevisionDatabaseError if isinstance(told, DatabaseError) else RevisionError
        return kind(f"{place}: {told}", hint=told.hint)
    said = without_passwords(str(told)).strip().splitlines()
    return RevisionError(f"{place}: {type(told).__name__}{f': {said[0]}' if said else ''}")


def _of_database(error: Exception) -> Exception:
    if isinstance(error, DBAPIError):
        return statement_error(error)
    return connection_lost() if isinstance(error, PendingRollbackError) else error


def _of_project(error: Exception, project: Project) -> MidflightError:
    if isinstance(error, CommandError) and isinstance(error.__cause__, MidflightError):
        return error.__cause__  # what env.run says, with its hint
    if isinstance(error, CommandError):
        return RangeError(" ".join(str(error).split()))
    return database_error(error) or _of_code(error, project)


def _of_code(error: Exception, project: Project) -> MidflightError:
    try:
        with explaining(project.env_py):
            raise error
    except ProjectError as told:
        return told


def _line(error: BaseException | None, path: str) -> int | None:
    """Return the line of the revision's file from which it went wrong."""
    while error is not None:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
        if lines:
            return lines[-1]
        error = error.__cause__
    return None
