"""Merge slugs and marketing

Revision ID: 5282a144dfb0
Revises: 88ea178c3451, 29c4144b67d6
Create Date: 2026-01-27 10:10:54+00:00
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

revision: str = "5282a144dfb0"
down_revision: str | Sequence[str] | None = ("88ea178c3451", "29c4144b67d6")
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
