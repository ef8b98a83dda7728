"""The program ``midflight``: its commands, of which only the one that is called gets imported."""

from __future__ import annotations

import difflib
import importlib
from typing import TYPE_CHECKING

import click

from midflight import __version__
from midflight.cli.failures import run_explained
from midflight.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME = "midflight"

COMMANDS = {
    "backfill": "Change rows in the background: run workers, look, pause, resume.",
    "check": "Prove revisions on a throw-away PostgreSQL.",
    "completion": "Print a script that completes commands and options in your shell.",
    "downgrade": "Take revisions back, without stalling traffic.",
    "explain": "Tell about a hazard, or list them all.",
    "init": "Write the first files of a project: env.py, configuration, template.",
    "plan": "Tell what an upgrade would do to a live database.",
    "status": "Tell the state of a live database.",
    "upgrade": "Apply revisions, without stalling traffic.",
}
"""Each command's name, which is also its module's, and its line in ``--help``."""

ALEMBIC_COMMANDS = {
    "revision": "Write a revision; --autogenerate writes safe operations from the models.",
    "history": "List the revisions.",
    "current": "Show at which revision a database is.",
    "heads": "Show the revisions on which no other builds.",
    "branches": "Show where the history branches.",
    "merge": "Write a revision that joins two heads.",
    "stamp": "Note a revision as applied, without running it.",
    "show": "Show a revision.",
    "edit": "Open a revision in $EDITOR.",
    "ensure_version": "Create Alembic's version table where there is none.",
    "list_templates": "List Alembic's own templates.",
}
"""Alembic's own commands, with its own flags."""

EXIT_CODES = """\b
Exit codes:
  0    fine
  1    findings
  2    wrong use or configuration
  3    database trouble
  70   an error in Midflight itself
  130  interrupted"""


class Commands(click.Group):
    """A group that imports a command when it is asked for, so that ``--help`` imports none."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands."""
        return [*COMMANDS, *ALEMBIC_COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import one command; None where there is none of that name."""
        if cmd_name in ALEMBIC_COMMANDS:
            found: click.Command = importlib.import_module("midflight.cli.alembic_command").alembic_command(cmd_name)
            return found
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"midflight.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """List the commands from the table, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))
        with formatter.section("Alembic's own commands, with its own flags"):
            formatter.write_dl(list(ALEMBIC_COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments name, or suggest one that looks like it."""
        name = args[0]
        known = self.list_commands(ctx)
        if name not in known and not ctx.resilient_parsing:
            alike = difflib.get_close_matches(name, known)
            ctx.fail(f"no command {name!r}" + (f"; did you mean {' or '.join(alike)}?" if alike else ""))
        return super().resolve_command(ctx, args)


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXIT_CODES,
)
@click.version_option(__version__, prog_name=NAME, message="%(prog)s %(version)s")
@click.pass_context
def program(context: click.Context) -> None:
    """PostgreSQL schema changes for Python services that must not stop."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(ExitCode.USAGE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code; what goes wrong is said on standard error."""
    return run_explained(lambda: program.main(arguments, prog_name=NAME, standalone_mode=False) or ExitCode.FINE)
