"""Where proofs are kept: one folder a project in the cache, with the proof and the data directory that it left."""

from __future__ import annotations

import hashlib
import pickle
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from midflight.shadow.workspace import exclusively

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from midflight.proven.stamps import Stamps
    from midflight.shadow.workspace import Cache

FOLDER = "proven"
PROOF = "proof"
KEPT = 5
"""Projects whose last proofs are kept; each takes some 60 MB."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A proof that was kept."""

    stamps: Stamps
    """Files and folders that it rests upon."""
    data: str
    """The name of the data directory that it left: each has its own, so that nobody takes one proof's for another's."""
    proof: Any
    """As it was given."""


class Store:
    """The place of one project's last proof."""

    def __init__(self, cache: Cache, names: Iterable[str]) -> None:
        """Take the cache, and what tells this project and its conditions from others."""
        self._folder = cache.folder / FOLDER
        self._place = self._folder / hashlib.sha256("\0".join(names).encode(errors="surrogateescape")).hexdigest()[:16]

    def recall(self, identity: str) -> Kept | None:
        """Return what was kept under the same identity; None where there is none, or it cannot be read."""
        try:
            kept_identity, _, content = (self._place / PROOF).read_bytes().partition(b"\n")
            if kept_identity.decode() != identity:
                return None
            (self._place / PROOF).touch()  # it is in use: others go first
            kept = pickle.loads(content)  # noqa: S301 - our own writing, in a folder where only this user may write
        except Exception:  # noqa: BLE001 - a damaged pickle may raise anything; then all is proven anew
            return None
        return kept if isinstance(kept, Kept) else None

    def data(self, kept: Kept) -> Path:
        """Return where the data directory of a proof stands, until another proof takes the place of this one."""
        return self._place / kept.data

    async def keep(self, identity: str, kept: Kept, data: Path) -> None:
        """Keep a proof in the place of the one before, and take over a data directory of a server that has stopped."""
        new = self._put_together(identity, kept, data)
        async with exclusively(self._folder / "lock"):
            if self._place.exists():
                self._place.rename(data.with_name("outdated"))  # cleared away with the folder in which it stands now
            new.rename(self._place)
            self._forget_the_oldest()

    async def keep_beside(self, identity: str, kept: Kept) -> None:
        """Keep a proof beside the data directory of the one before, unless that is not there any more."""
        async with exclusively(self._folder / "lock"):
            if self.data(kept).exists():
                new = self._place / "new"
                self._write(new, identity, kept)
                new.replace(self._place / PROOF)

    def _put_together(self, identity: str, kept: Kept, data: Path) -> Path:
        new = data.with_name("kept")
        for folder in (new, self._folder):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)  # whatever the umask is: the server's account copies what is in it
        self._write(new / PROOF, identity, kept)
        data.rename(new / kept.data)
        return new

    @staticmethod
    def _write(file: Path, identity: str, kept: Kept) -> None:
        file.touch(mode=0o600)
        file.write_bytes(identity.encode() + b"\n" + pickle.dumps(kept))

    def _forget_the_oldest(self) -> None:
        places = [path for path in self._folder.iterdir() if (path / PROOF).exists()]
        places.sort(key=lambda path: (path / PROOF).stat().st_mtime, reverse=True)
        for place in places[KEPT:]:
            shutil.rmtree(place, ignore_errors=True)
