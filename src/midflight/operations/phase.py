"""The phases of a change that old and new code live through together."""

from __future__ import annotations

import enum


class Phase(enum.Enum):
    """What may run before, beside and after the new code is deployed."""

    EXPAND = "expand"
    """What is new is added, and kept in step with what is old. Old code does not notice."""
    MIGRATE = "migrate"
    """The rows that were there before are filled, in the background; old and new code run side by side."""
    CONTRACT = "contract"
    """What is old is dropped. No code that needs it may run any more."""
