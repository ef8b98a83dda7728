"""Every exception of Midflight. An exception's docstring is its default message; its ``exit_code`` is the command's."""

from __future__ import annotations

import inspect
from typing import ClassVar


class ExitCode:
    """What the command line answers to the shell."""

    FINE = 0
    FINDINGS = 1
    USAGE = 2
    DATABASE = 3


class MidflightError(Exception):
    """Midflight could not do what it was asked."""

    exit_code: ClassVar[int] = ExitCode.USAGE

    def __init__(self, message: str | None = None, *, hint: str | None = None) -> None:
        """Take what happened and, where there is one, what to do about it."""
        super().__init__(message or inspect.cleandoc(type(self).__doc__ or ""))
        self.hint = hint


class SettingsError(MidflightError):
    """The settings are not valid."""


class UsageError(MidflightError):
    """The command was called wrongly."""


class NotAtHeadError(MidflightError):
    """The database is not at all heads of the history."""

    exit_code = ExitCode.FINDINGS


class GateShutError(MidflightError):
    """A gate holds a contract revision back."""

    exit_code = ExitCode.FINDINGS


class HazardError(MidflightError):
    """A hazard of an installed package cannot be used."""


class ProjectError(MidflightError):
    """The Alembic project could not be loaded."""


class EnvPyError(ProjectError):
    """A project's env.py gives ``env.run`` what it cannot use."""


class RangeError(MidflightError):
    """The range names no revision of this history."""


class BaselineError(MidflightError):
    """The baseline could not be applied."""


class SqlFileError(MidflightError):
    """A SQL file could not be read."""


class SqlSyntaxError(MidflightError):
    """PostgreSQL's grammar does not accept this SQL."""

    def __init__(self, message: str, *, position: int) -> None:
        """Take the parser's words and the character offset (from 0) at which it stopped."""
        super().__init__(message)
        self.position = position


class DatabaseError(MidflightError):
    """The database is in the way."""

    exit_code = ExitCode.DATABASE


class ShadowError(DatabaseError):
    """No throw-away PostgreSQL could be had."""


class PreflightError(DatabaseError):
    """The database is in no state to be migrated; nothing was changed."""
