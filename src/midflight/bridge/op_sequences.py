"""The operations on sequences, as revisions call them."""

from __future__ import annotations

from midflight.bridge.running import run
from midflight.operations.create_sequence import CreateSequence
from midflight.operations.drop_sequence import DropSequence


def create_sequence(
    name: str,
    *,
    schema: str | None = None,
    data_type: str | None = None,
    start: int | None = None,
    increment: int | None = None,
    minvalue: int | None = None,
    maxvalue: int | None = None,
    cache: int | None = None,
    cycle: bool = False,
) -> None:
    """Create a sequence; ``data_type`` is smallint, integer or bigint."""
    operation = CreateSequence(
        name,
        schema=schema,
        data_type=data_type,
        start=start,
        increment=increment,
        minvalue=minvalue,
        maxvalue=maxvalue,
        cache=cache,
        cycle=cycle,
    )
    run(operation)


def drop_sequence(name: str, *, schema: str | None = None) -> None:
    """Drop a sequence; PostgreSQL refuses this while a default takes its values."""
    run(DropSequence(name, schema=schema))
