"""What an error means for a backfill."""

from __future__ import annotations

import enum
import re

import asyncpg


class Trouble(enum.Enum):
    """What is to be done about an error."""

    BUSY = "busy"
    """Somebody holds a row, or it took too long: again, with fewer rows."""
    ROW = "row"
    """A row does not let itself be changed: it is found by halving, and left out."""
    JOB = "job"
    """No row can be changed so: the backfill has failed."""
    GONE = "gone"
    """The connection is gone: another one, and on."""
    SERVER = "server"
    """The server cannot go on, as on a full disk: nobody knows of any row."""


_BUSY = frozenset({"55P03", "57014", "40P01", "40001"})
"""A lock was not to be had, the statement's time was up, a deadlock, a serialization failure."""
_GONE = ("08", "57P")
_SERVER = ("25", "53", "54", "58", "XX", "F0")
_JOB = ("42", "0A", "3D", "3F", "28")
"""There is no such column, the role may not, and the like. https://www.postgresql.org/docs/current/errcodes-appendix.html"""
_WRONG_AFTER = "its_condition_is_false_after_the_change"
_LOST = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What asyncpg raises where a connection breaks in the middle."""
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|\(.*\)|«.*»")
"""What may be a value of the row: PostgreSQL's words put it into quotation marks or brackets."""
_CONDITION_HOLDS = (
    "the condition of the backfill holds after the change, too, so nobody could tell that it is done; where the change "
    "is right, tell by disagreement what is wrong at the end"
)


class StillWrongError(Exception):
    """A row is wrong still, after a function has had it."""


class FunctionError(Exception):
    """The user's function has raised what is its cause, and the connection is well."""


def trouble_of(error: BaseException) -> Trouble:
    """Tell what is to be done about an error."""
    if not isinstance(error, asyncpg.PostgresError):
        return Trouble.GONE if isinstance(error, _LOST) else Trouble.ROW
    state = error.sqlstate or ""
    if state in _BUSY:
        return Trouble.BUSY
    if state.startswith(_GONE):
        return Trouble.GONE
    if state.startswith(_SERVER):
        return Trouble.SERVER
    return Trouble.JOB if state.startswith(_JOB) else Trouble.ROW


def said(error: BaseException) -> str:
    """Put an error into words without any value of a row."""
    if getattr(error, "constraint_name", None) == _WRONG_AFTER:
        return _CONDITION_HOLDS
    if isinstance(error, StillWrongError):
        return "it is wrong still, after the function"
    if not isinstance(error, asyncpg.PostgresError):
        return type(error.__cause__ or error).__name__  # its text may hold anything
    lines = str(error).splitlines() or [type(error).__name__]
    if trouble_of(error) is Trouble.JOB or _names_a_constraint(error):
        return lines[0]  # it holds names alone: the row is told in DETAIL
    return _QUOTED.sub("…", lines[0])


def _names_a_constraint(error: asyncpg.PostgresError) -> bool:
    """Whether PostgreSQL itself refuses the row; a trigger's own words may hold anything."""
    return isinstance(error, asyncpg.IntegrityConstraintViolationError) and bool(
        getattr(error, "constraint_name", None) or getattr(error, "column_name", None)
    )


def sqlstate_of(error: BaseException) -> str | None:
    """Return PostgreSQL's code."""
    return error.sqlstate if isinstance(error, asyncpg.PostgresError) else None
