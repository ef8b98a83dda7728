"""``midflight plan``: what an upgrade would do to a live database."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from midflight.cli.failures import TRACEBACK
from midflight.cli.flags import CheckFlags
from midflight.cli.page import COLOURS, page_on
from midflight.cli.program import COMMANDS, EXIT_CODES
from midflight.cli.progress import shown_progress
from midflight.cli.standard_output import reserved_output, write_out

if TYPE_CHECKING:
    from midflight.checks.planning import Plan

HELP = f"""{COMMANDS["plan"]}

The revisions that the database has not got yet are proven on the shadow, as check --pending does it. Told is, for each
of their statements, which locks it takes and who waits for it, which tables it reads, indexes or rewrites, how many
rows and bytes that is by the live database's own statistics, and how long it may take. The database is only read.

\b
Examples:
  midflight plan                               the project's own database
  midflight plan --database postgresql://me@db.example.org/shop
  midflight plan --format json | jq '.revisions[].statements[] | select(.writes_wait) | .sql'
"""


@click.command(name="plan", help=HELP, epilog=EXIT_CODES)
@click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="alembic.ini or pyproject.toml.")
@click.option("-n", "--name", metavar="SECTION", help="The section of the ini file.  [default: alembic]")
@click.option("-x", multiple=True, metavar="KEY=VALUE", help="An argument for env.py; may be given again.")
@click.option("--database", metavar="URL", help="The database.  [default: migration_url, else the project's own]")
@click.option("--shadow", metavar="WHERE", help="auto, machine, embedded, or the URL of a server.  [default: auto]")
@click.option("--postgres", type=int, metavar="MAJOR", help="PostgreSQL's major version, such as 16.")
@click.option("--baseline", metavar="WHAT", help="What is there before: a SQL file, or module:attribute.")
@click.option("--time-limit", type=float, metavar="SECONDS", help="For each revision in each direction.  [default: 60]")
@click.option("--no-cache", is_flag=True, help="Prove all anew, also what an earlier check has proven.")
@click.option("--format", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
@click.option("--color", "colour", type=click.Choice(COLOURS), default="auto", help="Colours.  [default: auto]")
def command(**given: Any) -> int:  # noqa: ANN401 - click's values, of the types that CheckFlags names
    """Plan, tell, and return the exit code."""
    flags = CheckFlags(**given)
    here = Path.cwd()  # a project may go elsewhere
    with reserved_output() as out:
        plan = asyncio.run(_plan(flags))
        if flags.format == "json":
            from midflight.report.plan_json import plan_json  # noqa: PLC0415 - only here

            text = plan_json(plan, here)
        else:
            from midflight.report.plan import plan_text  # noqa: PLC0415 - rich is heavy, and --help needs none

            text = plan_text(plan, here, page_on(out, flags.colour))
        write_out(out, text)
    return plan.checked.exit_code


async def _plan(flags: CheckFlags) -> Plan:
    from midflight.checks.planning import plan  # noqa: PLC0415 - Alembic is heavy, and --help needs none
    from midflight.cli.live_request import plan_request_of  # noqa: PLC0415 - likewise

    request, large_rows = plan_request_of(flags)
    if not os.environ.get(TRACEBACK):  # else asyncio prints what befalls connections of a check that is over
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    with shown_progress(flags.colour) as progress:
        return await plan(request, large_rows, progress)
