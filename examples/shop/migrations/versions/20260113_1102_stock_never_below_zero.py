"""Stock never below zero

Two orders at the same moment sold the last bicycle lamp twice.

Revision ID: 8b91908e857e
Revises: 93025c798f43
Create Date: 2026-01-13 11:02:18+00:00
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence

revision: str = "8b91908e857e"
down_revision: str | Sequence[str] | None = "93025c798f43"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_check_constraint(op.f("ck_inventory_quantity_not_negative"), "inventory", "quantity >= 0")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_inventory_quantity_not_negative"), "inventory", type_="check")
