"""View item_stock for the warehouse

Revision ID: 7a68c0efa22f
Revises: a3b9bde88de5
Create Date: 2026-07-23 13:56:15+00:00
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence

revision: str = "7a68c0efa22f"
down_revision: str | Sequence[str] | None = "a3b9bde88de5"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute(
        """
        CREATE VIEW item_stock AS
        SELECT items.id AS item_id, items.sku, items.name, inventory.quantity, inventory.updated_at
        FROM items
        JOIN inventory ON inventory.item_id = items.id
        WHERE items.deleted_at IS NULL
        """
    )


def downgrade() -> None:
    op.execute("DROP VIEW item_stock")
