"""What an operation of the bench is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operation:
    """One change to the big table, as each tool writes it."""

    name: str
    stock: str
    """The body of ``upgrade()`` with Alembic's own ``op``, as autogenerate writes it."""
    midflight: str
    """The body with ``from midflight import op``."""
    django: str | None
    """The operations of a Django migration; None where it has no form of this one."""
    done: str
    """A query that answers true where the change is made, whole and valid."""
    before: tuple[str, ...] = ()
    """What is there before it, beside the table itself."""
    undo: tuple[str, ...] = ()
    """How it is undone; where that does not give the catalog that was, the database is cloned anew."""
    rewrites: bool = False
    """Whether rows or column numbers are others afterwards, so that the database must be cloned anew in any case."""
    builds_index: bool = False
    """Whether an index is built, which holds a core all the time: p99 may be 5 times that of idle, not 2."""
    without_django: str = ""
    """Why Django has no form of it."""
