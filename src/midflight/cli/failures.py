"""What is said when a command does not succeed: one clear line, the right exit code, never a password."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from midflight.errors import ExitCode, MidflightError
from midflight.pg.passwords import without_passwords

if TYPE_CHECKING:
    from collections.abc import Callable

INTERNAL = 70
"""An error in Midflight itself: EX_SOFTWARE of sysexits.h."""
INTERRUPTED = 130
"""As shells report SIGINT: 128 + 2."""
TRACEBACK = "MIDFLIGHT_TRACEBACK"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a command did not succeed, for a person and for the shell."""

    code: int
    message: str
    hint: str | None = None


def run_explained(run: Callable[[], int]) -> int:
    """Run a command and return its exit code; whatever it raises becomes a message on standard error."""
    try:
        return run()
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - the last place where it can be told in words
        failure = failure_of(error)
        if os.environ.get(TRACEBACK):
            _say("".join(traceback.format_exception(error)).rstrip())
        _say(failure.message)
        if failure.hint:
            _say(f"hint: {failure.hint}")
        return failure.code


def failure_of(error: BaseException) -> Failure:
    """Put an exception into words."""
    if isinstance(error, MidflightError):
        return Failure(error.exit_code, f"error: {error}", error.hint)
    if isinstance(error, click.ClickException):
        return Failure(ExitCode.USAGE, f"error: {error.format_message()}", _where_help_is(error))
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return Failure(INTERRUPTED, "interrupted")
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        place = f"{error.filename}: " if error.filename else ""
        return Failure(ExitCode.USAGE, f"error: {place}{error.strerror}")
    # Not the message: it may hold anything.
    return Failure(
        INTERNAL, f"internal error: {type(error).__name__} at {_place(error)}", f"{TRACEBACK}=1 shows the traceback"
    )


def _where_help_is(error: click.ClickException) -> str | None:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{context.command_path} --help" if context else None


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"


def _say(text: str) -> None:
    if sys.stderr is None:  # closed by the shell; print() would take standard output
        return
    from midflight.report.visible import visible  # noqa: PLC0415 - only a failure needs it

    print(visible(without_passwords(text)), file=sys.stderr, flush=True)  # noqa: T201 - telling people is its purpose
