"""Call it phone_number everywhere

As in the API and in the address form.

Revision ID: 8b8fc5b251ec
Revises: 14093bee95c4
Create Date: 2026-11-03 09:41:38+00:00
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence

revision: str = "8b8fc5b251ec"
down_revision: str | Sequence[str] | None = "14093bee95c4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.alter_column("customers", "phone", new_column_name="phone_number")


def downgrade() -> None:
    op.alter_column("customers", "phone_number", new_column_name="phone")
