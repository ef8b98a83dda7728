"""What every operation is: arguments, the objects that it must know of, and steps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.errors import MidflightError
from midflight.sql.names import Name

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.operations.step import Step

SMALL_TABLE_ROWS = 100_000
"""Up to how many rows a table may be read or written anew under a strong lock, where there is no other way. At the
slowest rate that we measured (200,000 rows of 200 bytes a second, while an index is built) that is half a second."""


class OperationRefusedError(MidflightError):
    """The operation cannot be done without stopping traffic."""


class IrreversibleError(MidflightError):
    """The operation has no way back."""


class Operation(ABC):
    """A safe schema change: a frozen dataclass of its arguments."""

    @property
    def asks(self) -> Asked:
        """What it must know of the database before it can tell its steps."""
        return Asked()

    @abstractmethod
    def steps(self, state: State) -> tuple[Step, ...]:
        """Return all steps in their order, those that are done already too.

        Raises:
            OperationRefusedError: where it cannot be done without stopping traffic; the hint says what else to do.
        """

    def reverse(self) -> Operation:
        """Return the operation that leads back.

        Raises:
            IrreversibleError: where its arguments do not tell.
        """
        raise IrreversibleError(f"{type(self).__name__}: its arguments do not tell how it is undone")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an operation must know of the database."""

    relations: tuple[Name, ...] = ()
    enums: tuple[Name, ...] = ()
    extensions: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    """Functions, by name, of which it must know whether they are volatile."""
    types: tuple[str, ...] = ()
    """Types, as SQL, of which it must know whether they are domains with constraints."""


def named(name: str, schema: str | None = None) -> Name:
    """Return a name in its schema, None leaves it to the search path."""
    return Name(schema, name)
