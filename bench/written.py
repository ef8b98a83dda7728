"""An Alembic project of any length, as ordinary revisions are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

INI = "[alembic]\nscript_location = %(here)s/migrations\n"

ENV_PY = """
import asyncio
from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine

def run(connection):
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()

async def online():
    async with create_async_engine("postgresql+asyncpg://app@localhost/app").connect() as connection:
        await connection.run_sync(run)

asyncio.run(online())
"""

TABLE = """CREATE TABLE t{n} (
  id bigint PRIMARY KEY, name text NOT NULL, note text, price numeric(10, 2) DEFAULT 0, quantity integer,
  parent_id bigint REFERENCES t{parent}, created_at timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz);
CREATE INDEX t{n}_name ON t{n} (name);
"""

REVISION = '''"""Change {n}."""
import sqlalchemy as sa
from alembic import op

revision = "r{n:03}"
down_revision = {parent!r}
branch_labels = None
depends_on = None


def upgrade():
{up}


def downgrade():
{down}
'''

CHANGES = (
    ('op.add_column("t{t}", sa.Column("extra{n}", sa.Integer()))', 'op.drop_column("t{t}", "extra{n}")'),
    ('op.create_index("t{t}_x{n}", "t{t}", ["quantity"])', 'op.drop_index("t{t}_x{n}", "t{t}")'),
    (
        'op.create_check_constraint("t{t}_c{n}", "t{t}", "quantity >= 0")',
        'op.drop_constraint("t{t}_c{n}", "t{t}")',
    ),
    (
        (
            'op.create_table("n{n}", sa.Column("id", sa.BigInteger(), primary_key=True), '
            'sa.Column("t_id", sa.BigInteger(), sa.ForeignKey("t{t}.id")))'
        ),
        'op.drop_table("n{n}")',
    ),
    (
        'op.alter_column("t{t}", "note", nullable=False, server_default="")',
        'op.alter_column("t{t}", "note", nullable=True, server_default=None)',
    ),
)
"""What ordinary revisions do, in turns."""


def write_revisions(folder: Path, *, tables: int, revisions: int) -> None:
    """Write a project: a baseline of so many tables, a line of so many revisions; what is there stays as it is."""
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    _write(folder / "alembic.ini", INI)
    _write(folder / "migrations" / "env.py", ENV_PY)
    _write(folder / "baseline.sql", "".join(TABLE.format(n=n, parent=max(n - 1, 0)) for n in range(tables)))
    for n in range(revisions):
        up, down = (f"    {half}".format(n=n, t=n * 7 % tables) for half in CHANGES[n % len(CHANGES)])
        parent = f"r{n - 1:03}" if n else None
        _write(versions / f"r{n:03}.py", REVISION.format(n=n, parent=parent, up=up, down=down))


def _write(file: Path, text: str) -> None:
    if not file.exists():
        file.write_text(text)
