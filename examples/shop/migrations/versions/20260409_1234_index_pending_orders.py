"""Index pending orders

The packing list asks for these every few seconds.

Revision ID: fa2229233101
Revises: c76075ba6e6a
Create Date: 2026-04-09 12:34:12+00:00
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence

revision: str = "fa2229233101"
down_revision: str | Sequence[str] | None = "c76075ba6e6a"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_orders_pending",
            "orders",
            ["created_at"],
            postgresql_where=sa.text("status = 'pending'"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_orders_pending", table_name="orders", postgresql_concurrently=True)
