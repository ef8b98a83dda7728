"""``midflight downgrade``: take revisions back without stalling traffic."""

from __future__ import annotations

from typing import Any

import click

from midflight.cli.applying import ApplyFlags, apply_flags, shared_options

EXAMPLES = """\b
Examples:
  midflight downgrade -- -1                the last revision
  midflight downgrade 52f126e4b8bd         down to this revision
  midflight downgrade base                 all of them
  midflight downgrade --sql 52f1:4c00      a script to review, and to run with psql"""


@click.command(epilog=EXAMPLES, context_settings={"ignore_unknown_options": True})
@click.argument("target")
@shared_options
def command(target: str, **flags: Any) -> None:  # noqa: ANN401 - click's
    """Take revisions back, without stalling traffic.

    TARGET, down to which it goes, is a revision, base, or so many steps: -1.
    """
    apply_flags("downgrade", target, ApplyFlags(**flags))
