"""``midflight upgrade``: apply revisions without stalling traffic."""

from __future__ import annotations

from typing import Any

import click

from midflight.cli.applying import ApplyFlags, apply_flags, shared_options

EXAMPLES = """\b
Examples:
  midflight upgrade                        everything that the database has not got
  midflight upgrade +1                     the next revision
  midflight upgrade --phase expand         before a release: all that the running code does not notice
  midflight upgrade --phase contract       after it: what only older code needs is dropped, if nobody needs it
  midflight upgrade --max-wait 60          give up where a lock is not to be had within a minute
  midflight upgrade --terminate-blockers-after 30
                                           end who has been in the way for half a minute
  midflight upgrade --sql > upgrade.sql    a script to review, and to run with psql
  midflight upgrade --format json          an event a line, for machines"""


@click.command(epilog=EXAMPLES)
@click.argument("target", default="heads")
@shared_options
@click.option(
    "--phase",
    type=click.Choice(["expand", "contract"]),
    help="Stop before the first contract revision of each branch, or go on through them, unless a gate is shut.",
)
@click.option(
    "--ignore-instances",
    is_flag=True,
    help="Apply contract revisions though live instances of the application may need the old shape; it is journaled.",
)
def command(target: str, **flags: Any) -> None:  # noqa: ANN401 - click's
    """Apply revisions, without stalling traffic.

    Up to TARGET, by default all that the database has not got. Each lock is polled for, so that no query queues up
    behind the change; who is in the way is named. One deployer is at work at a time, the others wait. Run it again
    after any failure: it goes on where it stopped.

    A revision that says phase = "contract" has gates: a backfill that is not finished, and a live instance that was
    built before it, hold it back, with exit code 1. With --phase contract nothing is applied then; without, what comes
    before it is.
    """
    apply_flags("upgrade", target, ApplyFlags(**flags))
