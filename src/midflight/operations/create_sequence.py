"""CREATE SEQUENCE."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, Operation, OperationRefusedError, named
from midflight.operations.step import Step

if TYPE_CHECKING:
    from midflight.operations.state import State

_TYPES = frozenset({"smallint", "integer", "bigint"})


@dataclass(frozen=True, slots=True)
class CreateSequence(Operation):
    """A sequence."""

    name: str
    _: KW_ONLY
    schema: str | None = None
    data_type: str | None = None
    """``smallint``, ``integer`` or ``bigint``, which it is where nothing is said."""
    start: int | None = None
    increment: int | None = None
    minvalue: int | None = None
    maxvalue: int | None = None
    cache: int | None = None
    cycle: bool = False

    @property
    def asks(self) -> Asked:
        """Itself."""
        return Asked(relations=(named(self.name, self.schema),))

    def steps(self, state: State) -> tuple[Step, ...]:
        """Create it.

        Raises:
            OperationRefusedError: where that name is taken by something else.
        """
        sequence = named(self.name, self.schema)
        found = state.relation(sequence)
        if found is not None and found.kind != "sequence":
            raise OperationRefusedError(f"{sequence} is there already, as a {found.kind}", hint="choose another name")
        return (
            Step(
                says=f"create sequence {sequence}",
                sql=f"CREATE SEQUENCE {sequence.sql}{self._options}",
                done=lambda now: now.relation(sequence) is not None,
            ),
        )

    def reverse(self) -> Operation:
        """Drop it."""
        from midflight.operations.drop_sequence import DropSequence  # noqa: PLC0415 - each leads to the other

        return DropSequence(self.name, schema=self.schema)

    @property
    def _options(self) -> str:
        if self.data_type is not None and self.data_type not in _TYPES:
            msg = f"a sequence cannot be of type {self.data_type!r}: it is one of {', '.join(sorted(_TYPES))}"
            raise ValueError(msg)
        numbers = (
            ("INCREMENT BY", self.increment),
            ("MINVALUE", self.minvalue),
            ("MAXVALUE", self.maxvalue),
            ("START WITH", self.start),
            ("CACHE", self.cache),
        )
        told = "".join(f" {word} {int(number)}" for word, number in numbers if number is not None)
        return (f" AS {self.data_type}" if self.data_type else "") + told + (" CYCLE" if self.cycle else "")
