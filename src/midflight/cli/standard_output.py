"""Standard output belongs to the report: whatever else a project's code prints goes to standard error."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from midflight.errors import MidflightError

if TYPE_CHECKING:
    from collections.abc import Iterator

OUT, ERROR = 1, 2


@contextmanager
def reserved_output() -> Iterator[int]:
    """Lead standard output to standard error, for programs that a revision starts too; yield the way to the real one.

    It is never led back: a revision that would not end may still print when all is over.
    """
    _open_what_is_closed()
    sys.stdout.flush()
    real = os.dup(OUT)
    os.dup2(ERROR, OUT)
    try:
        yield real
    finally:
        os.close(real)


def write_out(descriptor: int, text: str) -> None:
    """Write a text to the real standard output; a reader who has gone away (``| head``) is no failure.

    Raises:
        MidflightError: where it cannot be written, as on a full disk.
    """
    encoding = sys.stdout.encoding if sys.stdout else "utf-8"
    left = memoryview(text.encode(encoding, "backslashreplace"))
    try:
        while left:
            left = left[os.write(descriptor, left) :]
    except BrokenPipeError:
        return
    except OSError as error:
        raise MidflightError(f"standard output: {error.strerror}") from error


def _open_what_is_closed() -> None:
    """Open what the shell closed (``>&-``) on /dev/null, before a socket takes its number."""
    for number, name in ((OUT, "stdout"), (ERROR, "stderr")):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_WRONLY)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, os.fdopen(number, "w", closefd=False))
