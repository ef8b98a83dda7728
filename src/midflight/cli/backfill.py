"""``midflight backfill``: changes of rows in the background."""

from __future__ import annotations

import importlib

import click

from midflight.cli.program import COMMANDS, EXIT_CODES
from midflight.errors import ExitCode

SUBCOMMANDS = {
    "run": "Work on backfills until nothing is left to do.",
    "status": "Tell how far backfills are, and what holds them back.",
    "pause": "Let nobody work on a backfill until it is resumed.",
    "resume": "Let a paused backfill go on.",
    "retry": "Try once more what has failed.",
    "cancel": "Give a backfill up; what it has changed stays.",
}
"""Each one's name and its line in ``--help``."""

CODES = EXIT_CODES.replace("findings", "a backfill, or a row of it, has failed")

HELP = f"""{COMMANDS["backfill"]}

A revision registers a backfill with op.backfill(); here it is worked on, by as many processes and machines as you
like. All that is known of it is in the database (schema midflight): a worker that dies loses nothing.

\b
Examples:
  midflight backfill run                       all that there is to do
  midflight backfill run orders_total --workers 2
  midflight backfill status
"""


class _Group(click.Group):
    """Imports a subcommand when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in SUBCOMMANDS:
            return None
        module = cmd_name if cmd_name in {"run", "status"} else "move"
        found: click.Command = getattr(
            importlib.import_module(f"midflight.cli.backfill_{module}"), f"{cmd_name}_command"
        )
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(SUBCOMMANDS.items()))


@click.group(name="backfill", cls=_Group, invoke_without_command=True, help=HELP, epilog=CODES)
@click.pass_context
def command(context: click.Context) -> None:
    """Hold the subcommands."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(ExitCode.USAGE)
