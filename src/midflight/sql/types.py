"""Changes of types, of enums above all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class CreateType:
    """CREATE TYPE or CREATE DOMAIN."""

    type: Name
    labels: tuple[str, ...] | None = None
    """The labels of an enum; None for every other type."""
    constrained: bool = False
    """Whether it is a domain with a CHECK or NOT NULL."""


@dataclass(frozen=True, slots=True)
class ConstrainDomain:
    """ALTER DOMAIN ... ADD CONSTRAINT, SET NOT NULL or VALIDATE CONSTRAINT."""

    domain: Name
    form: Literal["add constraint", "set not null", "validate constraint"]
    not_valid: bool = False


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
