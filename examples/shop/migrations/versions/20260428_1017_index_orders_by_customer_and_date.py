"""Index orders by customer and date

It serves every query that the index on the customer alone did, so that one goes.

Revision ID: 868fc1a24c8a
Revises: fa2229233101
Create Date: 2026-04-28 10:17:29+00:00
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence

revision: str = "868fc1a24c8a"
down_revision: str | Sequence[str] | None = "fa2229233101"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            op.f("ix_orders_customer_id_created_at"),
            "orders",
            ["customer_id", "created_at"],
            postgresql_concurrently=True,
        )
        op.drop_index(op.f("ix_orders_customer_id"), table_name="orders", postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(op.f("ix_orders_customer_id"), "orders", ["customer_id"], postgresql_concurrently=True)
        op.drop_index(op.f("ix_orders_customer_id_created_at"), table_name="orders", postgresql_concurrently=True)
