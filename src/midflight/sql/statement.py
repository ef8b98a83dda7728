"""One SQL statement, read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midflight.sql.changes import Change


@dataclass(frozen=True, slots=True)
class Statement:
    """What PostgreSQL's grammar tells of one statement."""

    text: str
    kind: str
    """The command in upper-case words, such as ``CREATE INDEX``, ``ALTER TABLE`` or ``UPDATE``."""
    changes: tuple[Change, ...] = ()
    """What it changes, in its own order; empty where that is nothing, or nothing that has a class."""
    can_run_in_transaction: bool = True
    """Whether PostgreSQL lets it run inside a transaction block."""
    can_run_again: bool = True
    """Whether it succeeds when it is sent a second time; where its text does not tell, the answer is yes."""
    is_transaction_control: bool = False
    """Whether it is BEGIN, COMMIT, ROLLBACK, SAVEPOINT or the like."""
    opaque: str | None = None
    """Why its changes cannot be read from its text; None where they could."""
