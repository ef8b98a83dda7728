"""Changes of types, of enums above all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class CreateType:
    """CREATE TYPE or CREATE DOMAIN."""

    type: Name
    labels: tuple[str, ...] | None = None
    """The labels of an enum; None for every other type."""


@dataclass(frozen=True, slots=True)
class RenameType:
    """ALTER TYPE ... RENAME TO."""

    type: Name
    new_name: str


@dataclass(frozen=True, slots=True)
class AddEnumValue:
    """ALTER TYPE ... ADD VALUE."""

    type: Name
    value: str


@dataclass(frozen=True, slots=True)
class RenameEnumValue:
    """ALTER TYPE ... RENAME VALUE."""

    type: Name
    value: str
    new_value: str


@dataclass(frozen=True, slots=True)
class DropType:
    """DROP TYPE or DROP DOMAIN, one for each that it names."""

    type: Name
    cascade: bool = False
