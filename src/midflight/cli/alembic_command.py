"""Alembic's own commands under our name: its parser and flags, our way to find the project and to say what is wrong."""

from __future__ import annotations

import click

from midflight.cli.program import ALEMBIC_COMMANDS, EXIT_CODES


def alembic_command(name: str) -> click.Command:
    """Return one of Alembic's commands; its arguments, ``--help`` among them, go to Alembic's parser as they are."""

    @click.command(
        name=name, help=ALEMBIC_COMMANDS[name], add_help_option=False, context_settings={"ignore_unknown_options": True}
    )
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def command(arguments: tuple[str, ...]) -> None:
        from midflight.bridge.commands import run_alembic_command  # noqa: PLC0415 - Alembic is heavy
        from midflight.settings import load_settings  # noqa: PLC0415 - likewise

        epilog = EXIT_CODES.removeprefix("\b\n")
        run_alembic_command(name, arguments, load_settings().config, ALEMBIC_COMMANDS[name], epilog)

    return command
