"""Loyalty tiers in place of points

Nobody understood the points. Everyone starts at bronze, marketing agrees.

Revision ID: 07cfff5fae47
Revises: 8b8fc5b251ec
Create Date: 2026-11-17 16:59:47+00:00
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

if TYPE_CHECKING:
    from collections.abc import Sequence

revision: str = "07cfff5fae47"
down_revision: str | Sequence[str] | None = "8b8fc5b251ec"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TIER = postgresql.ENUM("bronze", "silver", "gold", name="loyalty_tier", create_type=False)


def upgrade() -> None:
    TIER.create(op.get_bind(), checkfirst=True)
    op.add_column("customers", sa.Column("tier", TIER, server_default="bronze", nullable=False))
    op.drop_column("customers", "points")


def downgrade() -> None:
    op.add_column("customers", sa.Column("points", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.drop_column("customers", "tier")
