"""How a check must end where it cannot succeed: one clear message, no password, and nothing left behind."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from checks.projects import Checked

SECRET = "s3cr3t%@:w0rd"
URL_WITH_SECRET = f"postgresql+asyncpg://shop:{SECRET}@db.invalid/shop"


def refusal(checked: Checked, code: int = 2) -> str:
    """Return the one message of a check that was refused, its hint with it."""
    assert checked.code == code, checked
    assert checked.out == ""
    first, *rest = checked.err.splitlines()
    assert first.startswith("error: "), checked.err
    assert [line[:6] for line in rest] in ([], ["hint: "]), checked.err
    assert SECRET not in checked.err
    return checked.err


@contextmanager
def nothing_left(cache: Path, left_behind: Callable[[Path], list[str]]) -> Iterator[Path]:
    """Yield a folder for temporary files; at the end no file, work folder or process may be there that was not before.

    Its path is short, as that of a Unix socket in it must be.
    """
    before, temporary = set(left_behind(cache)), Path(tempfile.mkdtemp(prefix="mf-"))
    try:
        yield temporary
        assert set(left_behind(cache)) == before
        assert list(temporary.iterdir()) == []
    finally:
        shutil.rmtree(temporary)
