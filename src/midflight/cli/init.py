"""``midflight init``: the first files of a project."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from midflight.cli.program import COMMANDS, EXIT_CODES

if TYPE_CHECKING:
    from midflight.bridge.scaffold.writing import Form

SYNCHRONOUS = ("psycopg", "psycopg2", "pg8000")
"""Drivers that make a project synchronous where DATABASE_URL names one."""

HELP = f"""{COMMANDS["init"]}

FOLDER is where the migrations go.  [default: migrations]

Written are an env.py of one call, a typed template of revisions with dated file names in UTC, and the configuration:
in pyproject.toml where there is one, else in alembic.ini. The URL of the database stands in none of them: it comes from
the variable DATABASE_URL, or from your settings in env.py. Nothing that is there is changed, but pyproject.toml gets
one more table. `alembic` works in the project, too.

\b
Examples:
  midflight init
  midflight init db/migrations --models shop.models
  midflight init --sync --config ini
"""


@click.command(name="init", help=HELP, epilog=EXIT_CODES)
@click.argument("folder", type=click.Path(path_type=Path), default="migrations")
@click.option("--async", "way", flag_value="async", help="Connect with asyncpg.  [default, unless DATABASE_URL says]")
@click.option("--sync", "way", flag_value="sync", help="Connect with psycopg.")
@click.option("--models", metavar="PACKAGE", help="Where the models are.  [default: looked for here and in src]")
@click.option("--config", "form", type=click.Choice(["ini", "pyproject"]), help="Where the configuration goes.")
def command(
    folder: Path, way: Literal["async", "sync"] | None, models: str | None, form: Literal["ini", "pyproject"] | None
) -> None:
    """Write the files, and say which and what comes next."""
    from midflight.bridge.scaffold.packages import find_models  # noqa: PLC0415 - Alembic is heavy, and --help needs none
    from midflight.bridge.scaffold.writing import Scaffold, default_form, write_scaffold  # noqa: PLC0415 - likewise

    home = Path.cwd()
    chosen: Form = default_form(home) if form is None else "ini" if form == "ini" else "toml"
    models = models or find_models(home)
    driver = driver_of(way, os.environ.get("DATABASE_URL", ""))
    scaffold = Scaffold(home, home / folder, driver, models, chosen)
    longer = scaffold.configuration if scaffold.configuration.exists() else None
    for path in write_scaffold(scaffold):
        shown = path.relative_to(home) if path.is_relative_to(home) else path
        click.echo(f"added [tool.alembic] to {shown}" if path == longer else f"wrote {shown}")
    for line in next_steps(folder, models, url_is_set=bool(os.environ.get("DATABASE_URL"))):
        click.echo(line)


def driver_of(way: Literal["async", "sync"] | None, url: str) -> str:
    """Return the driver for URLs that name none: as the flag says, else as DATABASE_URL does."""
    named = url.partition("://")[0].partition("+")[2]
    if way == "sync" or (way is None and named in SYNCHRONOUS):
        return named if named in SYNCHRONOUS else SYNCHRONOUS[0]
    return "asyncpg"


def next_steps(folder: Path, models: str | None, *, url_is_set: bool) -> list[str]:
    """Say what to do next."""
    steps = [
        None if models else f"say in {folder / 'env.py'} where the models are",
        None if url_is_set else "export DATABASE_URL=postgresql://user:password@host:5432/database",
        'midflight revision --autogenerate -m "first tables"',
        "midflight check",
        "midflight upgrade",
    ]
    return ["", "next:", *(f"  {step}" for step in steps if step)]
