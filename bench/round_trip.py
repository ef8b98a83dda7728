"""What the snapshots of a round trip cost: 50 revisions over 500 tables, with them and without."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path
from unittest import mock

from midflight.bridge.environment import read_environment
from midflight.bridge.project import ProjectSource, load_project
from midflight.bridge.thread import ProjectThread
from midflight.checks.ground import Ground
from midflight.checks.request import Conditions
from midflight.checks.walking import Walking
from midflight.shadow.choice import ShadowChoice
from midflight.shadow.opening import open_shadow

TABLES, REVISIONS = 500, 50

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


def measure(runs: int = 3) -> dict[str, float]:
    """Time the walk with and without looking at the catalog, in turns; the ratio of the medians."""
    with tempfile.TemporaryDirectory() as folder:
        _write_project(Path(folder))
        pairs = [(asyncio.run(_walk(Path(folder))), asyncio.run(_walk_unseen(Path(folder)))) for _ in range(runs)]
    seen, unseen = (sorted(times)[runs // 2] for times in zip(*pairs, strict=True))
    return {"round_trip_ratio": seen / unseen, "round_trip_seconds": seen, "round_trip_unseen_seconds": unseen}


def _write_project(folder: Path) -> None:
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    (folder / "alembic.ini").write_text(INI)
    (folder / "migrations" / "env.py").write_text(ENV_PY)
    (folder / "baseline.sql").write_text("".join(TABLE.format(n=n, parent=max(n - 1, 0)) for n in range(TABLES)))
    for n in range(REVISIONS):
        up, down = (f"    {half}".format(n=n, t=n * 7 % TABLES) for half in CHANGES[n % len(CHANGES)])
        parent = f"r{n - 1:03}" if n else None
        (versions / f"r{n:03}.py").write_text(REVISION.format(n=n, parent=parent, up=up, down=down))


async def _walk_unseen(folder: Path) -> float:
    async def keep(ground: Ground) -> object:
        return ground.snapshot

    with mock.patch.object(Ground, "look", keep):
        return await _walk(folder)


async def _walk(folder: Path) -> float:
    """Walk the history and return the seconds from the first revision on, when the baseline has been laid and read."""
    os.environ.pop("MIDFLIGHT_SHADOW", None)
    conditions = Conditions(ShadowChoice("embedded"), baseline=str(folder / "baseline.sql"))
    async with open_shadow(conditions.choice) as shadow:
        thread = ProjectThread()
        project = await thread.run(lambda: load_project(ProjectSource(folder / "alembic.ini")), limit=60)
        environment = await thread.run(lambda: read_environment(project, shadow.address), limit=60)
        history = project.history()
        began: list[float] = []
        walking = Walking(conditions, shadow, thread, project, environment)
        results = await walking.run(
            history, frozenset(revision.id for revision in history), lambda _: began.append(time.perf_counter())
        )
        seconds = time.perf_counter() - began[0]
        failed = [result for result in results if result.reason]
        if failed:
            raise RuntimeError(failed[0].reason)
        return seconds
