"""A case as each tool takes it: an Alembic project, SQL files, or what ``alembic upgrade --sql`` prints."""

from __future__ import annotations

import io
import re
import textwrap
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy.exc import NoInspectionAvailable

if TYPE_CHECKING:
    from pathlib import Path

    from bench.verdicts.case import Case

BEFORE, REVISION = "before", "case"
"""The revisions of the project: one that does nothing, as there always is one before, and the case."""

_VERSION = re.compile(r"^UPDATE alembic_version .*;$", re.MULTILINE)
"""Alembic's own note of what is applied; it is no part of a case."""

_URL = "postgresql+asyncpg://nobody@nowhere.invalid/shop"
_INI = "[alembic]\nscript_location = %(here)s/alembic\npath_separator = os\n"
_ENV = f'''"""The environment of a case: asyncpg, one transaction a revision."""

import asyncio

from alembic import context
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine

URL = "{_URL}"


def run_on(connection):
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def run_online():
    async with create_async_engine(URL, poolclass=pool.NullPool).connect() as connection:
        await connection.run_sync(run_on)


if context.is_offline_mode():
    context.configure(url=URL, literal_binds=True, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    asyncio.run(run_online())
'''
_FILE = '''"""{title}."""

{preamble}

revision = {id!r}
down_revision = {parent!r}


def upgrade():
{body}


def downgrade():
    raise NotImplementedError
'''


def write_project(case: Case, folder: Path) -> Path:
    """Write an Alembic case as a project, and return its alembic.ini."""
    versions = folder / "alembic" / "versions"
    versions.mkdir(parents=True)
    (folder / "alembic" / "env.py").write_text(_ENV)
    (versions / "case.py").write_text(revision_text(case))
    (versions / "before.py").write_text(
        _FILE.format(title="before", preamble="", id=BEFORE, parent=None, body="    pass")
    )
    ini = folder / "alembic.ini"
    ini.write_text(_INI)
    return ini


def revision_text(case: Case) -> str:
    """Return an Alembic case as a revision file."""
    body = textwrap.indent(case.parts[0], "    ")
    return _FILE.format(title=case.name, preamble=case.preamble, id=REVISION, parent=BEFORE, body=body)


def write_sql(case: Case, folder: Path) -> tuple[Path, ...]:
    """Write a SQL case as files, and return them in their order."""
    folder.mkdir(parents=True)
    files = []
    for number, part in enumerate(case.parts, 1):
        file = folder / f"{number}.sql"
        file.write_text(part)
        files.append(file)
    return tuple(files)


def rendered(ini: Path) -> str | None:
    """Return what ``alembic upgrade before:case --sql`` prints; None where the revision asks a database first."""
    out = io.StringIO()
    config = Config(ini, output_buffer=out)
    try:
        command.upgrade(config, f"{BEFORE}:{REVISION}", sql=True)
    except NoInspectionAvailable:
        return None
    return _VERSION.sub("", out.getvalue())
