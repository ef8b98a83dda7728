"""Tidy up phone numbers

Digits and plus signs only, so that a number can be searched. One sixteenth of the customers at a time, each in
its own transaction; running it again does no harm.

Revision ID: c76075ba6e6a
Revises: 3f7b36ec3ab3
Create Date: 2026-03-12 15:48:01+00:00
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence

revision: str = "c76075ba6e6a"
down_revision: str | Sequence[str] | None = "3f7b36ec3ab3"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TIDY = sa.text(
    """
    UPDATE customers
    SET phone = regexp_replace(phone, '[^0-9+]', '', 'g')
    WHERE id BETWEEN CAST(:first AS uuid) AND CAST(:last AS uuid) AND phone ~ '[^0-9+]'
    """
)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for digit in "0123456789abcdef":
            first = digit + "0000000-0000-0000-0000-000000000000"
            last = digit + "fffffff-ffff-ffff-ffff-ffffffffffff"
            op.execute(TIDY.bindparams(first=first, last=last))


def downgrade() -> None:
    # The old spellings are not kept.
    pass
