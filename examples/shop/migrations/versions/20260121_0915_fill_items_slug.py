"""Fill items.slug

The catalogue has about 900 items, so one UPDATE will do.

Revision ID: 88ea178c3451
Revises: a5a24cfe0af6
Create Date: 2026-01-21 09:15:02+00:00
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence

revision: str = "88ea178c3451"
down_revision: str | Sequence[str] | None = "a5a24cfe0af6"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute(
        """
        UPDATE items
        SET slug = trim(BOTH '-' FROM regexp_replace(lower(name || ' ' || sku), '[^a-z0-9]+', '-', 'g'))
        WHERE slug IS NULL
        """
    )


def downgrade() -> None:
    # Nothing to take back: the revision before drops the column.
    pass
