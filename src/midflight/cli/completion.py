"""``midflight completion``: click's own script for the shell."""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from midflight.cli.program import COMMANDS, NAME, program

SHELLS = ("bash", "zsh", "fish")
VARIABLE = f"_{NAME.upper()}_COMPLETE"
"""By which click's script asks the program for completions."""

EXAMPLES = """\b
Examples:
  source <(midflight completion bash)                    # in ~/.bashrc
  source <(midflight completion zsh)                     # in ~/.zshrc
  midflight completion fish | source                     # in ~/.config/fish/config.fish"""


@click.command(name="completion", help=COMMANDS["completion"], epilog=EXAMPLES)
@click.argument("shell", type=click.Choice(SHELLS), required=False)
def command(shell: str | None) -> None:
    """Print the script for a shell, the user's own by default."""
    shell = shell or Path(os.environ.get("SHELL", "")).name
    completion = get_completion_class(shell) if shell in SHELLS else None
    if completion is None:
        raise click.UsageError(f"which shell? {', '.join(SHELLS)}")
    click.echo(completion(program, {}, NAME, VARIABLE).source())
