"""Orders can be refunded

PostgreSQL cannot take a value out of an enum: the way back makes the type anew. Refunded orders become cancelled
ones there.

Revision ID: 3f7b36ec3ab3
Revises: ae99af61c1fe
Create Date: 2026-02-24 09:58:36+00:00
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence

revision: str = "3f7b36ec3ab3"
down_revision: str | Sequence[str] | None = "ae99af61c1fe"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("ALTER TYPE order_status ADD VALUE 'refunded'")


def downgrade() -> None:
    op.execute("UPDATE orders SET status = 'cancelled' WHERE status = 'refunded'")
    op.execute("ALTER TYPE order_status RENAME TO order_status_old")
    op.execute("CREATE TYPE order_status AS ENUM ('pending', 'paid', 'shipped', 'cancelled')")
    op.execute(
        """
        ALTER TABLE orders
            ALTER COLUMN status DROP DEFAULT,
            ALTER COLUMN status TYPE order_status USING status::text::order_status,
            ALTER COLUMN status SET DEFAULT 'pending'
        """
    )
    op.execute("DROP TYPE order_status_old")
