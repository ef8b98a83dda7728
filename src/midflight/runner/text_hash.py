"""What stands for a statement in the journal."""

from __future__ import annotations

import hashlib


def text_hash(sql: str) -> str:
    """Return the SHA-256 of a statement."""
    return hashlib.sha256(sql.encode()).hexdigest()
