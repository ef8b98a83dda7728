"""ALTER TYPE ... ADD VALUE."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, IrreversibleError, Operation, named
from midflight.operations.step import Mode, Step
from midflight.pg.identifiers import quote_literal

if TYPE_CHECKING:
    from midflight.operations.state import State


@dataclass(frozen=True, slots=True)
class AddEnumValue(Operation):
    """An enum gets one more value; what follows in the revision can use it."""

    enum: str
    value: str
    _: KW_ONLY
    before: str | None = None
    after: str | None = None
    schema: str | None = None

    @property
    def asks(self) -> Asked:
        """The enum."""
        return Asked(enums=(named(self.enum, self.schema),))

    def steps(self, state: State) -> tuple[Step, ...]:  # noqa: ARG002 - always the same
        """Add it and commit: within the same transaction it could not be used.

        https://www.postgresql.org/docs/current/sql-altertype.html
        """
        enum = named(self.enum, self.schema)
        place = f" BEFORE {quote_literal(self.before)}" if self.before is not None else ""
        place = f" AFTER {quote_literal(self.after)}" if self.after is not None else place
        return (
            Step(
                says=f"add a value to enum {enum}",
                sql=f"ALTER TYPE {enum.sql} ADD VALUE IF NOT EXISTS {quote_literal(self.value)}{place}",
                done=lambda now: self.value in now.enums.get(enum, ()),
                mode=Mode.APART,
            ),
        )

    def reverse(self) -> Operation:
        """PostgreSQL has no way to take a value out of an enum."""
        raise IrreversibleError(
            f"PostgreSQL cannot take a value out of an enum ({self.enum})",
            hint="let downgrade() do nothing: a value that nobody uses does no harm",
        )
