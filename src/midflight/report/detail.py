"""How much a terminal report tells."""

from __future__ import annotations

import enum


class Detail(enum.Enum):
    """How much a terminal report tells."""

    FINDINGS = "findings"
    """What was found and what failed, nothing around it."""
    USUAL = "usual"
    """That, with the server and a summary."""
    EVERYTHING = "everything"
    """Every revision and every statement with all its locks, and differences in full."""
