"""The operations on extensions, as revisions call them."""

from __future__ import annotations

from midflight.bridge.running import run
from midflight.operations.create_extension import CreateExtension
from midflight.operations.drop_extension import DropExtension


def create_extension(name: str, *, schema: str | None = None, version: str | None = None) -> None:
    """Create an extension where it is not there yet."""
    run(CreateExtension(name, schema=schema, version=version))


def drop_extension(name: str) -> None:
    """Drop an extension; PostgreSQL refuses this while anything of yours needs it."""
    run(DropExtension(name))
