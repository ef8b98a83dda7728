"""A project of Alembic's, as ``alembic init --template async`` makes it, with one revision to apply."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from bench.stall.operation import Operation

INI = "[alembic]\nscript_location = %(here)s/migrations\npath_separator = os\n"
ENV = '''"""Alembic's own async template, with the URL from the environment."""

import asyncio
import os

from alembic import context
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine

target_metadata = None


def run_migrations_offline():
    context.configure(url=os.environ["DATABASE_URL"], target_metadata=target_metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def do_run_migrations(connection):
    context.configure(connection=connection, target_metadata=target_metadata)
    with context.begin_transaction():
        context.run_migrations()


async def run_async_migrations():
    connectable = create_async_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
    async with connectable.connect() as connection:
        await connection.run_sync(do_run_migrations)
    await connectable.dispose()


if context.is_offline_mode():
    run_migrations_offline()
else:
    asyncio.run(run_async_migrations())
'''
REVISION = '''"""{name}."""

import sqlalchemy as sa
{imported}

revision = "change"
down_revision = "start"


def upgrade():
{body}


def downgrade():
    raise NotImplementedError
'''
START = '''"""What is there before: applied by no run, only noted."""

revision = "start"
down_revision = None


def upgrade():
    raise NotImplementedError


def downgrade():
    raise NotImplementedError
'''
# Notes the first revision as applied: a live service has such a table long since.
APPLIED = (
    "CREATE TABLE alembic_version (version_num varchar(32) CONSTRAINT alembic_version_pkc PRIMARY KEY)",
    "INSERT INTO alembic_version VALUES ('start')",
)
IMPORTS = {"stock": "from alembic import op", "midflight": "from midflight import op"}
COMMANDS = {"stock": ("-m", "alembic", "upgrade", "head"), "midflight": ("-m", "midflight", "upgrade", "head")}


def write_alembic_project(operation: Operation, tool: Literal["stock", "midflight"], folder: Path) -> list[str]:
    """Write the project, and return the command that upgrades the database, to be run in its folder."""
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    (folder / "alembic.ini").write_text(INI)
    (folder / "migrations" / "env.py").write_text(ENV)
    (versions / "start.py").write_text(START)
    body = textwrap.indent(operation.stock if tool == "stock" else operation.midflight, "    ")
    (versions / "change.py").write_text(REVISION.format(name=operation.name, imported=IMPORTS[tool], body=body))
    return [sys.executable, *COMMANDS[tool]]
