"""``midflight upgrade``: apply revisions without stalling traffic."""

from __future__ import annotations

from typing import Any

import click

from midflight.cli.applying import ApplyFlags, apply_flags, shared_options

EXAMPLES = """\b
Examples:
  midflight upgrade                        everything that the database has not got
  midflight upgrade +1                     the next revision
  midflight upgrade --max-wait 60          give up where a lock is not to be had within a minute
  midflight upgrade --terminate-blockers-after 30
                                           end who has been in the way for half a minute
  midflight upgrade --sql > upgrade.sql    a script to review, and to run with psql
  midflight upgrade --format json          an event a line, for machines"""


@click.command(epilog=EXAMPLES)
@click.argument("target", default="heads")
@shared_options
def command(target: str, **flags: Any) -> None:  # noqa: ANN401 - click's
    """Apply revisions, without stalling traffic.

    Up to TARGET, by default all that the database has not got. Each lock is polled for, so that no query queues up
    behind the change; who is in the way is named. One deployer is at work at a time, the others wait. Run it again
    after any failure: it goes on where it stopped.
    """
    apply_flags("upgrade", target, ApplyFlags(**flags))
