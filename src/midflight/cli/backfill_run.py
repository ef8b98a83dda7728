"""``midflight backfill run``: workers."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING, Any

import click

from midflight.cli.backfill import CODES, SUBCOMMANDS
from midflight.cli.backfill_request import place_options
from midflight.cli.page import COLOURS
from midflight.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.backfill.worker import Worked
    from midflight.cli.backfill_request import PlaceFlags
    from midflight.pg.addresses import Address

HELP = f"""{SUBCOMMANDS["run"]}

NAME is one backfill; without it all are worked on, the oldest first. Start it as often as you like, on any machine:
workers share the ranges of the table, and take over those of one that has died. It goes slowly where the database has
other things to do (see status), and ends when all is finished and verified. Ctrl-C ends it after the current batch.

\b
Examples:
  midflight backfill run                       all that there is to do
  midflight backfill run orders_total --workers 2
  midflight backfill run --full-speed          nobody else uses the table
  midflight backfill run --seconds 300         for five minutes, as from cron
  midflight backfill run --wait                stay, and do what later revisions register
  midflight backfill run --metrics-port 9187   metrics for Prometheus, at 127.0.0.1 while it works
  midflight backfill run --format json         an event a line, for machines
"""


@click.command(name="run", help=HELP, epilog=CODES)
@click.argument("name", required=False)
@place_options
@click.option("--workers", type=click.IntRange(min=1, max=64), default=1, show_default=True, help="How many at once.")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="End after so long.  [default: when done]")
@click.option("--wait", "waits", is_flag=True, help="Stay when nothing is left to do.")
@click.option("--full-speed", is_flag=True, help="Large batches and no brakes.")
@click.option("--metrics-port", type=click.IntRange(0, 65535), metavar="PORT", help="Serve metrics for Prometheus.")
@click.option("--metrics-host", default="127.0.0.1", show_default=True, metavar="HOST", help="Where to serve them.")
@click.option("--role", help="Work as this role (SET ROLE).")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="For people, or an event a line."
)
@click.option("--quiet", "-q", is_flag=True, help="Say nothing unless it fails.")
@click.option(
    "--color", "--colour", "colour", type=click.Choice(COLOURS), default="auto", help="Colours.  [default: auto]"
)
def run_command(place: PlaceFlags, **given: Any) -> int:  # noqa: ANN401 - click's
    """Run workers, and return the exit code."""
    return asyncio.run(_run(place, **given))


async def _run(
    place: PlaceFlags,
    *,
    name: str | None,
    workers: int,
    seconds: float | None,
    waits: bool,
    full_speed: bool,
    metrics_port: int | None,
    metrics_host: str,
    role: str | None,
    form: Any,  # noqa: ANN401 - a literal that click has checked
    quiet: bool,
    colour: Any,  # noqa: ANN401 - likewise
) -> int:
    from midflight.backfill.pace import FULL_SPEED  # noqa: PLC0415 - not needed for --help
    from midflight.backfill.worker import work  # noqa: PLC0415 - likewise
    from midflight.checks.backfill_place import find_backfill_place  # noqa: PLC0415 - likewise
    from midflight.cli.backfill_display import shown_backfill  # noqa: PLC0415 - likewise
    from midflight.settings import load_settings  # noqa: PLC0415 - likewise

    settings = load_settings(config=place.config, role=role)
    found = await find_backfill_place(place.request())
    with (
        _served(found.address, metrics_port, metrics_host),
        shown_backfill(form, colour, quiet=quiet) as listener,
        _stopping() as stop,
    ):
        worked = await work(
            found.address,
            name,
            functions=found.function,
            pace=FULL_SPEED if full_speed else settings.backfill,
            workers=workers,
            seconds=seconds,
            listener=listener,
            stop=stop,
            role=settings.role,
            waits=waits,
        )
    return _code(worked)


@contextlib.contextmanager
def _served(address: Address, port: int | None, host: str) -> Iterator[None]:
    """Serve metrics where a port was given."""
    if port is None:
        yield
        return
    from midflight.backfill.metrics import serving_metrics  # noqa: PLC0415 - its package is an extra

    with serving_metrics(address, port, host) as taken:
        click.echo(f"metrics: http://{host}:{taken}/metrics", err=True)
        yield


def _code(worked: Worked) -> int:
    return ExitCode.FINDINGS if worked.is_failed else ExitCode.FINE


@contextlib.contextmanager
def _stopping() -> Iterator[asyncio.Event]:
    """Yield what is set by Ctrl-C and by SIGTERM; a second one ends the program at once."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def stopped() -> None:
        stop.set()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
