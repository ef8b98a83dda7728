"""ALTER INDEX ... RENAME TO."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, Operation, named
from midflight.operations.step import Step
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import State


@dataclass(frozen=True, slots=True)
class RenameIndex(Operation):
    """An index gets another name. No query waits for that: it locks the index alone, SHARE UPDATE EXCLUSIVE."""

    old: str
    new: str
    _: KW_ONLY
    schema: str | None = None

    @property
    def asks(self) -> Asked:
        """Both names."""
        return Asked(relations=(named(self.old, self.schema), named(self.new, self.schema)))

    def steps(self, state: State) -> tuple[Step, ...]:  # noqa: ARG002 - always the same
        """Rename it."""
        old, new = named(self.old, self.schema), named(self.new, self.schema)
        return (
            Step(
                says=f"rename index {old} to {self.new}",
                sql=f"ALTER INDEX {old.sql} RENAME TO {quote_identifier(self.new)}",
                done=lambda now: now.relation(old) is None and now.relation(new) is not None,
            ),
        )

    def reverse(self) -> Operation:
        """Rename it back."""
        return RenameIndex(self.new, self.old, schema=self.schema)
