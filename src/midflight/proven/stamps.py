"""Whether files and folders are as they were."""

from __future__ import annotations

import hashlib
import os
import sysconfig
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.proven.reading import NOT_FILES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

INSTALLED = tuple({f"{sysconfig.get_path(name)}/" for name in ("stdlib", "platstdlib", "purelib", "platlib")})


@dataclass(frozen=True, slots=True)
class FileStamp:
    """A file at one time."""

    size: int
    modified: int
    """In nanoseconds since 1970."""
    digest: str | None
    """Of its content; None for files of installed packages, which are many and are not edited."""


@dataclass(frozen=True, slots=True)
class Stamps:
    """Files and folders at one time; None stands for one that was not there."""

    files: Mapping[str, FileStamp | None]
    folders: Mapping[str, str | None]

    def changed(self) -> frozenset[str]:
        """Return the paths that are not as they were."""
        files = (path for path, stamp in self.files.items() if not _is_same(path, stamp))
        folders = (path for path, digest in self.folders.items() if _names(path) != digest)
        return frozenset((*files, *folders))

    def newest(self) -> int:
        """Return when the newest of the files was changed, in nanoseconds since 1970."""
        return max((stamp.modified for stamp in self.files.values() if stamp), default=0)

    def joined(self, other: Stamps) -> Stamps:
        """Return both; where both have a path, the other's."""
        return Stamps({**self.files, **other.files}, {**self.folders, **other.folders})


def take_stamps(files: Iterable[str], folders: Iterable[str], *, leave_out: str) -> Stamps:
    """Look at files and folders as they are now, but for what is below one folder."""
    passed_over = (*NOT_FILES, leave_out)
    return Stamps(
        {path: _stamp(path) for path in files if not path.startswith(passed_over)},
        {path: _names(path) for path in folders if not path.startswith(passed_over)},
    )


def _stamp(path: str) -> FileStamp | None:
    try:
        facts = os.stat(path)  # noqa: PTH116 - thousands of them: a Path would double the time
        installed = path.startswith(INSTALLED)
        return FileStamp(facts.st_size, facts.st_mtime_ns, None if installed else _digest(path))
    except OSError:
        return None


def _is_same(path: str, stamp: FileStamp | None) -> bool:
    try:
        facts = os.stat(path)  # noqa: PTH116 - as above
    except OSError:
        return stamp is None
    if stamp is None or stamp.size != facts.st_size:
        return False
    if stamp.modified == facts.st_mtime_ns:
        return True
    return stamp.digest is not None and _digest(path) == stamp.digest


def _digest(path: str) -> str | None:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - as above
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None  # a folder, or one that may not be read


def _names(folder: str) -> str | None:
    """Return a digest of what a folder holds, by name; what Python compiled is left out."""
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - as above
    except OSError:
        return None
    kept = [name for name in names if name != "__pycache__" and not name.endswith(".pyc")]
    return hashlib.sha256("\0".join(kept).encode(errors="surrogateescape")).hexdigest()
