"""Enums that a revision replaces by a new type of the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.sql.names import Name
from midflight.sql.types import CreateType, DropType, RenameType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.sql.changes import AlterColumnType


def is_to_recreated_enum(change: AlterColumnType, sight: Sight) -> bool:
    """Tell whether a column goes to an enum that the revision created to take the place of another."""
    return created_enum(change, sight) is not None and any(_replaced(sight))


def created_enum(change: AlterColumnType, sight: Sight) -> CreateType | None:
    """Find the enum to which a column goes among those that the revision created before."""
    created = (made for earlier in sight.earlier_with(CreateType) for made in earlier.changes(CreateType))
    return next((made for made in created if made.labels is not None and str(made.type) == change.type), None)


def lasting_name(created: CreateType, sight: Sight) -> Name:
    """What the new enum is called in the end: by a later RENAME, else as it was created."""
    renames = (rename for later in sight.later for rename in later.changes(RenameType))
    new = next((rename.new_name for rename in renames if rename.type.may_be(created.type)), None)
    return Name(created.type.schema, new) if new else created.type


def _replaced(sight: Sight) -> Iterator[bool]:
    """The signs of it: the old type makes room by a RENAME before, or by a DROP after."""
    yield from (True for earlier in sight.earlier_with(RenameType) for _ in earlier.changes(RenameType))
    yield from (True for later in sight.later for _ in later.changes(DropType))
