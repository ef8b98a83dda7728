"""The operations on enums, as revisions call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.bridge.running import run
from midflight.operations.add_enum_value import AddEnumValue
from midflight.operations.create_enum import CreateEnum
from midflight.operations.drop_enum import DropEnum
from midflight.operations.rename_enum_value import RenameEnumValue

if TYPE_CHECKING:
    from collections.abc import Sequence


def create_enum(name: str, values: Sequence[str], *, schema: str | None = None) -> None:
    """Create an enum type with its values, in their order."""
    run(CreateEnum(name, tuple(values), schema=schema))


def add_enum_value(
    enum_name: str, value: str, *, before: str | None = None, after: str | None = None, schema: str | None = None
) -> None:
    """Add a value to an enum: at the end, or before or after another. What follows in the revision can use it."""
    run(AddEnumValue(enum_name, value, before=before, after=after, schema=schema))


def rename_enum_value(enum_name: str, old_value: str, new_value: str, *, schema: str | None = None) -> None:
    """Rename a value of an enum; code that knows the old one fails from then on."""
    run(RenameEnumValue(enum_name, old_value, new_value, schema=schema))


def drop_enum(name: str, *, schema: str | None = None) -> None:
    """Drop an enum type; PostgreSQL refuses this while a column is of it."""
    run(DropEnum(name, schema=schema))
