"""Index the names of items on sale

Revision ID: ae99af61c1fe
Revises: c6f156b6fb5a
Create Date: 2026-02-17 13:07:45+00:00
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence

revision: str = "ae99af61c1fe"
down_revision: str | Sequence[str] | None = "c6f156b6fb5a"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_items_name_on_sale",
            "items",
            ["name"],
            postgresql_where=sa.text("deleted_at IS NULL"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_items_name_on_sale", table_name="items", postgresql_concurrently=True)
