"""The form of a change in phases, which Midflight's own operations have; a SQL file has none."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from midflight.hazards.fix import Remark

if TYPE_CHECKING:
    from midflight.hazards.fix import Fix

CONTRACT: Fix = (
    Remark('the revision that does it says phase = "contract": midflight upgrade --phase contract applies it then', ""),
)
"""Where what only older code needs is taken away."""


def in_phases(code: str, *command: str) -> Fix:
    """Name the operation that does the same while old and new code run.

    Args:
        code: the call of it in the expand phase.
        command: what ``midflight revision --expand-contract`` is given to write all three revisions.
    """
    return (
        Remark("while old and new code run, in three revisions, with phase expand, migrate and contract:", ""),
        Remark(f"    {code}", ""),
        Remark(f"all three are written by: midflight revision --expand-contract {shlex.join(command)}", ""),
    )
