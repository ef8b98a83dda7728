"""The command line: one file a command."""

from midflight.cli.program import main

__all__ = ["main"]
