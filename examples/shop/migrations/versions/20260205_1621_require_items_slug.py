"""Require items.slug

Revision ID: c6f156b6fb5a
Revises: 1fd4520c1396
Create Date: 2026-02-05 16:21:13+00:00
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence

revision: str = "c6f156b6fb5a"
down_revision: str | Sequence[str] | None = "1fd4520c1396"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.alter_column("items", "slug", existing_type=sa.String(length=250), nullable=False)


def downgrade() -> None:
    op.alter_column("items", "slug", existing_type=sa.String(length=250), nullable=True)
