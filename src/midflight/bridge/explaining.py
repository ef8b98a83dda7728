"""What goes wrong while a project is loaded, in one line that names the file and the reason, never a value."""

from __future__ import annotations

import configparser
import contextlib
import os
import traceback
import warnings
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from alembic.script.revision import CycleDetected, RevisionError
from alembic.util import CommandError
from pydantic import ValidationError

from midflight.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ANY_URL = "set what is missing; any PostgreSQL URL will do, postgresql://localhost/any: it is never connected to"


@contextlib.contextmanager
def explaining(file: Path) -> Iterator[None]:
    """Turn what Alembic and a project's own code raise while they load into one ProjectError that names the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the project's own code, which is not what was asked
            yield
    except ProjectError:
        raise
    except (Exception, SystemExit) as error:
        place, reason = _of_project(error, file) or _of_code(error, file)
        raise ProjectError(f"{place}: {reason}", hint=ANY_URL if _lacks_a_setting(error) else None) from error


def innermost(frames: Iterable[traceback.FrameSummary], home: Path) -> traceback.FrameSummary | None:
    """Return the innermost frame that stands in a file of the project, libraries left out."""
    found = None
    for frame in frames:
        path = Path(frame.filename)
        if path.is_relative_to(home) and "site-packages" not in path.relative_to(home).parts and path.is_file():
            found = frame
    return found


def _of_project(error: BaseException, file: Path) -> tuple[Path | str, str] | None:
    """Explain what is wrong with the project's files as such; None where the error is of another kind."""
    match error:
        case SyntaxError():
            return f"{error.filename}, line {error.lineno}", error.msg
        case CycleDetected():
            return file, f"the history is a cycle: {', '.join(error.revisions)}"
        case configparser.Error():
            return file, _ini_reason(error)
        case CommandError() | RevisionError():
            return file, one_line(error)
        case OSError():
            return error.filename or _guilty_file(error, file), error.strerror or one_line(error)
        case _:
            return None


def _of_code(error: BaseException, file: Path) -> tuple[Path, str]:
    """Explain what the project's own code raised."""
    place = _guilty_file(error, file)
    match error:
        case UnicodeDecodeError():
            return place, f"not UTF-8 text ({error.reason})"
        case AttributeError() if getattr(error.obj, "__file__", None) == str(place):
            return place, f"it has no {error.name!r}"
        case KeyError() if error.args:
            return place, f"{error.args[0]!r} is not set"
        case ValidationError():
            return place, _refused(error)
        case SystemExit():
            return place, f"it calls sys.exit({error.code!r}) while it is loaded"
        case _:
            return place, f"{type(error).__name__}: {one_line(error)}"


def _guilty_file(error: BaseException, otherwise: Path) -> Path:
    """Return the file of the project in which an error was raised."""
    found = innermost(traceback.extract_tb(error.__traceback__), otherwise.resolve().parent)
    if found is not None:
        return Path(found.filename)
    if isinstance(error, AttributeError) and isinstance(error.obj, ModuleType) and error.obj.__file__:
        return Path(error.obj.__file__)  # a revision without down_revision: Alembic asks its module
    return otherwise


def _lacks_a_setting(error: BaseException) -> bool:
    """Tell whether an environment variable, or a setting that is read from one, is missing."""
    if isinstance(error, KeyError):
        frames = traceback.extract_tb(error.__traceback__)
        return frames[-1].filename in {"<frozen os>", os.__file__}
    return isinstance(error, ValidationError) and any(one["type"] == "missing" for one in error.errors())


def _ini_reason(error: configparser.Error) -> str:
    match error:
        case configparser.InterpolationError():
            return f"{error.option}: write %% for a % that is none of %(name)s"
        case configparser.MissingSectionHeaderError():
            return f"line {error.lineno}: no [section] comes before it"
        case configparser.ParsingError() if error.errors:
            return f"line {error.errors[0][0]}: neither a [section] nor name = value"
        case configparser.DuplicateOptionError():
            return f"line {error.lineno}: {error.option} for the second time"
        case _:
            return one_line(error)


def _refused(error: ValidationError) -> str:
    """Put what pydantic refused into one line, without the input."""
    said = (f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors(include_input=False))
    return f"{error.title}: {'; '.join(said)}"


def one_line(error: object) -> str:
    """Return an exception's message in one line, or its name where it has none."""
    return " ".join(str(error).split()) or type(error).__name__
