"""What is to be applied, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from midflight.runner.events import ignore
from midflight.runner.limits import Limits

if TYPE_CHECKING:
    from midflight.pg.addresses import Address
    from midflight.runner.events import Listener

Direction = Literal["upgrade", "downgrade"]
UpTo = Literal["expand", "contract"]
"""How far an upgrade goes: before the first contract revision of each branch, or through them."""


@dataclass(frozen=True, slots=True)
class Request:
    """An upgrade or a downgrade."""

    direction: Direction = "upgrade"
    target: str = "heads"
    """A revision, ``heads``, ``base``, or so many steps (``+1``, ``-1``), as Alembic has it."""
    database: Address | None = None
    """Where to connect in place of what env.py says."""
    role: str | None = None
    """The role to migrate as (SET ROLE)."""
    limits: Limits = field(default_factory=Limits)
    phase: UpTo | None = None
    """None goes through contract revisions, too, as far as their gates are open when it comes to them."""
    ignore_instances: bool = False
    """Whether contract revisions are applied though instances of the application need the old shape."""
    journal: bool = True
    """Whether what is done is written into ``midflight.journal``."""
    listener: Listener = ignore
