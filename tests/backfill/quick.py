"""How fast the tests' backfills go: without brakes, which other tests on the same server would pull."""

from __future__ import annotations

from midflight.backfill.pace import FULL_SPEED

QUICK = FULL_SPEED.model_copy(update={"largest_batch": 1000})
SLOW = FULL_SPEED.model_copy(update={"largest_batch": 10, "rest": 20.0})
"""Slow enough to be disturbed."""
