"""Small Alembic projects, written from a few strings, and the command that checks them, run as a user runs it.

A test reads so::

    folder = write_project(
        tmp_path,
        Revision("a1", up="op.execute('CREATE TABLE t (id int)')", down="op.execute('DROP TABLE t')"),
        Revision("b2", after="a1", up="op.execute('ALTER TABLE t ADD COLUMN n int')"),
    )
    checked = run_check(folder)
    assert checked.code == 1
    assert checked.revision("b2")["round_trip"]["status"] == "differs"
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS = 120.0
NOWHERE = "//nobody@nowhere.invalid/shop"
"""No such host can be: a project that is connected to it fails. https://www.rfc-editor.org/rfc/rfc6761#section-6.4"""
INI = """\
[alembic]
script_location = %(here)s/migrations
path_separator = os
"""
TOML = """\
[tool.alembic]
script_location = "%(here)s/migrations"
"""

_SYNC_ENV = """\
from alembic import context
from sqlalchemy import create_engine, pool

{before}
URL = {url!r}


def run_on(connection):
    context.configure(connection=connection, {options})
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    context.configure(url=URL, literal_binds=True, {options})
    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(URL, poolclass=pool.NullPool).connect() as connection:
        run_on(connection)
"""
_ASYNC_ENV = """\
import asyncio

from alembic import context
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine

{before}
URL = {url!r}


def run_on(connection):
    context.configure(connection=connection, {options})
    with context.begin_transaction():
        context.run_migrations()


async def run_online():
    engine = create_async_engine(URL, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run_on)
    await engine.dispose()


if context.is_offline_mode():
    context.configure(url=URL, literal_binds=True, {options})
    with context.begin_transaction():
        context.run_migrations()
else:
    asyncio.run(run_online())
"""


def env_py(driver: str = "psycopg2", *, options: str = "", before: str = "", url: str | None = None) -> str:
    """Return an env.py with both modes.

    Args:
        driver: SQLAlchemy's name; asyncpg makes it an asynchronous one.
        options: keywords of ``context.configure`` as code, such as ``transaction_per_migration=True``.
        before: code at module level, after the imports.
        url: what it would connect to; nowhere by default.
    """
    text = _ASYNC_ENV if driver == "asyncpg" else _SYNC_ENV
    return text.format(url=url or f"postgresql+{driver}:{NOWHERE}", options=options, before=textwrap.dedent(before))


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision to write; bodies are code without indentation."""

    id: str
    up: str = "pass"
    down: str | None = "pass"
    """None leaves downgrade() out."""
    after: str | tuple[str, ...] | None = None
    depends_on: str | tuple[str, ...] | None = None
    labels: tuple[str, ...] = ()
    before: str = ""
    """Code at module level, such as imports; ``op`` and ``sa`` are there."""
    phase: str | None = None
    """What the module says of its phase; None says nothing."""
    folder: str = "migrations/versions"

    def text(self) -> str:
        """Return the file's text."""
        lines = [
            f'"""Revision {self.id}."""',
            "import sqlalchemy as sa",
            "from alembic import op",
            textwrap.dedent(self.before).strip(),
            f"revision = {self.id!r}",
            f"down_revision = {self.after!r}",
            f"branch_labels = {self.labels or None!r}",
            f"depends_on = {self.depends_on!r}",
            *([f"phase = {self.phase!r}"] if self.phase else []),
            _function("upgrade", self.up),
            "" if self.down is None else _function("downgrade", self.down),
        ]
        return "\n".join(lines) + "\n"


def write_project(
    folder: Path, *revisions: Revision, env: str | None = None, ini: str | None = INI, toml: str | None = None
) -> Path:
    """Write a project and return its folder; a revision's file is ``<folder>/<id>.py``.

    Args:
        folder: where; made if it is not there.
        revisions: its history.
        env: the text of env.py, by default that of ``env_py()``.
        ini: the text of alembic.ini; None writes none.
        toml: the text of pyproject.toml; None writes none.
    """
    (folder / "migrations" / "versions").mkdir(parents=True, exist_ok=True)
    (folder / "migrations" / "env.py").write_text(env_py() if env is None else env)
    for name, text in (("alembic.ini", ini), ("pyproject.toml", toml)):
        if text is not None:
            (folder / name).write_text(text)
    for revision in revisions:
        write_revision(folder, revision)
    return folder


def write_revision(folder: Path, revision: Revision) -> Path:
    """Write one more revision of a project and return its file."""
    file = folder / revision.folder / f"{revision.id}.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(revision.text())
    return file


def line_of(file: Path, text: str) -> int:
    """Return the line, from 1, of a file that holds a text; there must be one only."""
    [line] = [number for number, line in enumerate(file.read_text().splitlines(), 1) if text in line]
    return line


@dataclass(frozen=True, slots=True)
class Checked:
    """How a check ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The report, of ``--format json``."""
        assert self.out, self.err
        document: dict[str, Any] = json.loads(self.out)
        return document

    @property
    def ids(self) -> list[str]:
        """The revisions that are told about, in their order."""
        return [revision["id"] for revision in self.document["revisions"]]

    def revision(self, id_: str) -> dict[str, Any]:
        """What is told about one revision."""
        [found] = [revision for revision in self.document["revisions"] if revision["id"] == id_]
        return dict(found)

    def outcomes(self) -> dict[str, str]:
        """How each revision ended, by its id."""
        return {revision["id"]: revision["outcome"] for revision in self.document["revisions"]}

    def round_trips(self) -> dict[str, str]:
        """What each round trip came to, by the revision's id."""
        return {revision["id"]: revision["round_trip"]["status"] for revision in self.document["revisions"]}


def run_check(
    folder: Path, *arguments: str, env: dict[str, str] | None = None, stdin: bytes = b"", form: str = "json"
) -> Checked:
    """Run ``midflight check`` in a folder, on the embedded server where nothing else is said and it is there.

    Args:
        folder: the current folder.
        arguments: of the command.
        env: variables to set; those of Midflight and DATABASE_URL are not inherited, but for the cache folder. What
            earlier checks have proven is restored where ``MIDFLIGHT_CACHE`` is true.
        stdin: what it reads.
        form: of the report.
    """
    return run_midflight(folder, "check", "--format", form, *arguments, env=env, stdin=stdin)


def run_midflight(folder: Path, *arguments: str, env: dict[str, str] | None = None, stdin: bytes = b"") -> Checked:
    """Run any command of ``midflight`` in a folder; see ``run_check``."""
    kept = {name: value for name, value in os.environ.items() if not _is_ours(name)}
    shadow = {"MIDFLIGHT_SHADOW": "embedded"} if importlib.util.find_spec("pg0") else {}
    anew = {"MIDFLIGHT_CACHE": "false"}  # each check of a test is a first one, but where that is the point
    ran = subprocess.run(
        [str(Path(sys.executable).with_name("midflight")), *arguments],
        cwd=folder,
        env={**kept, **shadow, **anew, **(env or {})},
        input=stdin,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    return Checked(ran.returncode, ran.stdout.decode(), ran.stderr.decode())


def _is_ours(name: str) -> bool:
    return name == "DATABASE_URL" or (name.startswith("MIDFLIGHT_") and name != "MIDFLIGHT_CACHE_DIR")


def _function(name: str, body: str) -> str:
    return f"\n\ndef {name}():\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}"
