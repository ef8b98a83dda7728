"""``midflight status``: the state of a live database."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from midflight.cli.page import COLOURS, page_on
from midflight.cli.program import COMMANDS, EXIT_CODES
from midflight.cli.standard_output import reserved_output, write_out
from midflight.errors import ExitCode

HELP = f"""{COMMANDS["status"]}

Told are its revision against the history's heads, the journal's last entries, INVALID indexes and whether somebody is
building them, constraints that are NOT VALID, who waits for a lock and behind whom, and transactions that have been
open for long. Constants of statements are never shown. The database is only read.

\b
Examples:
  midflight status                             the project's own database
  midflight status --database postgresql://me@db.example.org/shop
  midflight status --long-transactions 5       also those that are 5 seconds old
  midflight status --check                     exit with 1 where a revision is missing, unknown or edited,
                                               or an INVALID index was left behind
  midflight status --format json | jq .history.pending
"""


@click.command(name="status", help=HELP, epilog=EXIT_CODES)
@click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="alembic.ini or pyproject.toml.")
@click.option("-n", "--name", metavar="SECTION", help="The section of the ini file.  [default: alembic]")
@click.option("-x", multiple=True, metavar="KEY=VALUE", help="An argument for env.py; may be given again.")
@click.option("--database", metavar="URL", help="The database.  [default: migration_url, else the project's own]")
@click.option(
    "--long-transactions", type=float, metavar="SECONDS", help="From which age on they are told.  [default: 60]"
)
@click.option("--check", is_flag=True, help="Exit with 1 where something needs attention before the next deployment.")
@click.option("--format", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
@click.option("--color", "colour", type=click.Choice(COLOURS), default="auto", help="Colours.  [default: auto]")
def command(**given: Any) -> int:  # noqa: ANN401 - click's values, of the types that StatusFlags names
    """Look, tell, and return the exit code."""
    from midflight.checks.status import read_status  # noqa: PLC0415 - Alembic is heavy, and --help needs none
    from midflight.cli.live_request import StatusFlags, status_request_of  # noqa: PLC0415 - likewise

    flags = StatusFlags(**given)
    with reserved_output() as out:
        status = asyncio.run(read_status(status_request_of(flags)))
        if flags.format == "json":
            from midflight.report.status_json import status_json  # noqa: PLC0415 - only here

            text = status_json(status)
        else:
            from midflight.report.status import status_text  # noqa: PLC0415 - rich is heavy

            text = status_text(status, page_on(out, flags.colour))
        write_out(out, text)
    return ExitCode.FINDINGS if flags.check and status.needs_attention else ExitCode.FINE
