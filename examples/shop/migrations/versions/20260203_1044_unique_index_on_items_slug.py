"""Unique index on items.slug

Revision ID: 1fd4520c1396
Revises: 5282a144dfb0
Create Date: 2026-02-03 10:44:27+00:00
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence

revision: str = "1fd4520c1396"
down_revision: str | Sequence[str] | None = "5282a144dfb0"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(op.f("ix_items_slug"), "items", ["slug"], unique=True, postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(op.f("ix_items_slug"), table_name="items", postgresql_concurrently=True)
