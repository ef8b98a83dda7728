"""What somebody may have meant by the id of a hazard that there is not."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def suggestion(name: str, known: Iterable[str]) -> str:
    """Name the nearest id, or say where all are listed."""
    alike = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {alike[0]}?" if alike else "midflight explain lists them all"
