"""Order lines have a positive quantity

For new rows only; the next revision looks at the old ones.

Revision ID: d1652295b940
Revises: 868fc1a24c8a
Create Date: 2026-05-20 08:52:50+00:00
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence

revision: str = "d1652295b940"
down_revision: str | Sequence[str] | None = "868fc1a24c8a"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("ALTER TABLE order_lines ADD CONSTRAINT ck_order_lines_quantity_positive CHECK (quantity > 0) NOT VALID")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_order_lines_quantity_positive"), "order_lines", type_="check")
