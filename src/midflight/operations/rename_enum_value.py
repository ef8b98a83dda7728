"""ALTER TYPE ... RENAME VALUE."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, Operation, named
from midflight.operations.step import Step
from midflight.pg.identifiers import quote_literal

if TYPE_CHECKING:
    from midflight.operations.state import State


@dataclass(frozen=True, slots=True)
class RenameEnumValue(Operation):
    """A value of an enum gets another name; code that knows the old one fails from then on."""

    enum: str
    old: str
    new: str
    _: KW_ONLY
    schema: str | None = None

    @property
    def asks(self) -> Asked:
        """The enum."""
        return Asked(enums=(named(self.enum, self.schema),))

    def steps(self, state: State) -> tuple[Step, ...]:  # noqa: ARG002 - always the same
        """Rename it."""
        enum = named(self.enum, self.schema)

        def is_renamed(now: State) -> bool:
            values = now.enums.get(enum, ())
            return self.new in values and self.old not in values

        sql = f"ALTER TYPE {enum.sql} RENAME VALUE {quote_literal(self.old)} TO {quote_literal(self.new)}"
        return (Step(f"rename a value of enum {enum}", sql, is_renamed),)

    def reverse(self) -> Operation:
        """Rename it back."""
        return RenameEnumValue(self.enum, self.new, self.old, schema=self.schema)
