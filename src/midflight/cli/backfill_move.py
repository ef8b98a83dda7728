"""``midflight backfill pause``, ``resume``, ``retry`` and ``cancel``: what a person asks of a backfill."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from midflight.cli.backfill import CODES, SUBCOMMANDS
from midflight.cli.backfill_request import place_options

if TYPE_CHECKING:
    from midflight.cli.backfill_request import PlaceFlags

_MORE = {
    "pause": "Workers end their batch, give back what they have, and end. What was done stays done.",
    "resume": "It goes on where it was, as soon as a worker runs: midflight backfill run.",
    "retry": "Rows that could not be changed are tried again by the next worker; a backfill that has failed goes on.",
    "cancel": "Workers end their batch and end. A cancelled backfill cannot be resumed.",
}

_NEEDS_WORKERS = ("resume", "retry")


def _command(what: str) -> click.Command:
    help_ = f"{SUBCOMMANDS[what]}\n\n{_MORE[what]}\n\n\b\nExamples:\n  midflight backfill {what} orders_total\n"

    @click.command(name=what, help=help_, epilog=CODES)
    @click.argument("name")
    @place_options
    def command(place: PlaceFlags, name: str) -> None:
        asyncio.run(_ask(place, name, what))

    return command


async def _ask(place: PlaceFlags, name: str, what: str) -> None:
    from midflight.backfill import asking  # noqa: PLC0415 - not needed for --help
    from midflight.checks.backfill_place import find_backfill_place  # noqa: PLC0415 - likewise

    requests = {"pause": asking.pause, "resume": asking.resume, "retry": asking.retry, "cancel": asking.cancel}
    found = await find_backfill_place(place.request())
    job = await asking.ask(found.address, name, requests[what])
    click.echo(f"{job.name}: {job.state}")
    if what in _NEEDS_WORKERS:
        click.echo(f"It goes on as soon as a worker runs: midflight backfill run {job.name}")


pause_command, resume_command, retry_command, cancel_command = map(_command, ("pause", "resume", "retry", "cancel"))
