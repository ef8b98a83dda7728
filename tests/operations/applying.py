"""One revision, applied to a database in this process: for what is no cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operations.cycle import Case, applied, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from midflight.pg.addresses import Address
    from midflight.runner.events import Event


def upgrade(
    folder: Path, database: Address, up: str, *, before: str = "", listener: Callable[[Event], None] = lambda _: None
) -> None:
    """Write a project of one revision and apply it."""
    write(folder, Case("one", setup="", up=up, down="pass", effect="", before=before), "asyncpg")
    applied(folder, database, listener=listener)
