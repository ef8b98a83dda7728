"""Validate the quantity of order lines

Revision ID: 86d8ef9c7644
Revises: d1652295b940
Create Date: 2026-05-21 09:03:37+00:00
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence

revision: str = "86d8ef9c7644"
down_revision: str | Sequence[str] | None = "d1652295b940"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("ALTER TABLE order_lines VALIDATE CONSTRAINT ck_order_lines_quantity_positive")


def downgrade() -> None:
    op.execute(
        """
        ALTER TABLE order_lines
            DROP CONSTRAINT ck_order_lines_quantity_positive,
            ADD CONSTRAINT ck_order_lines_quantity_positive CHECK (quantity > 0) NOT VALID
        """
    )
