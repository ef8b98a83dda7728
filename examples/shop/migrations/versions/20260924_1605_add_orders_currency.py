"""Add orders.currency

Switzerland opens on Thursday. Everything so far was paid in euros.

Revision ID: c29c8fb45a54
Revises: 52f126e4b8bd
Create Date: 2026-09-24 16:05:19+00:00
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence

revision: str = "c29c8fb45a54"
down_revision: str | Sequence[str] | None = "52f126e4b8bd"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("currency", sa.String(length=3), nullable=True))
    op.execute("UPDATE orders SET currency = 'EUR'")
    op.alter_column("orders", "currency", existing_type=sa.String(length=3), nullable=False)


def downgrade() -> None:
    op.drop_column("orders", "currency")
