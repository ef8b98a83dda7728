"""``midflight backfill status``: how backfills stand."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from midflight.cli.backfill import CODES, SUBCOMMANDS
from midflight.cli.backfill_request import place_options
from midflight.cli.page import COLOURS, page_on
from midflight.cli.standard_output import reserved_output, write_out
from midflight.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from midflight.backfill.overview import BackfillStatus
    from midflight.cli.backfill_request import PlaceFlags

HELP = f"""{SUBCOMMANDS["status"]}

Of each backfill: its state, how many rows are done, who is at work and what holds it back, and the rows that could not
be changed, by their keys. The database is only read. It exits with 1 where a backfill has failed, or a row of it.

\b
Examples:
  midflight backfill status
  midflight backfill status orders_total --format json | jq .backfills[0].state
"""


@click.command(name="status", help=HELP, epilog=CODES)
@click.argument("name", required=False)
@place_options
@click.option("--format", "form", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
@click.option(
    "--color", "--colour", "colour", type=click.Choice(COLOURS), default="auto", help="Colours.  [default: auto]"
)
def status_command(place: PlaceFlags, name: str | None, form: str, colour: Any) -> int:  # noqa: ANN401 - a literal that click has checked
    """Look, tell, and return the exit code."""
    from midflight.report.backfill_status import backfills_json, backfills_text  # noqa: PLC0415 - not needed for --help

    with reserved_output() as out:
        backfills = asyncio.run(_read(place, name))
        write_out(out, backfills_json(backfills) if form == "json" else backfills_text(backfills, page_on(out, colour)))
    is_failed = any(one.job.state == "failed" or one.progress.failures for one in backfills)
    return ExitCode.FINDINGS if is_failed else ExitCode.FINE


async def _read(place: PlaceFlags, name: str | None) -> tuple[BackfillStatus, ...]:
    from midflight.backfill.overview import read_backfills  # noqa: PLC0415 - not needed for --help
    from midflight.checks.backfill_place import find_backfill_place  # noqa: PLC0415 - likewise
    from midflight.runner.live import looking  # noqa: PLC0415 - likewise

    found = await find_backfill_place(place.request())
    async with looking(found.address) as connection:
        backfills = await read_backfills(connection, name)
    if name is not None and not backfills:
        raise UsageError(f"there is no backfill {name}", hint="midflight backfill status lists all")
    return backfills
