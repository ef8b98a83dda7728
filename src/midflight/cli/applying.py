"""The options that ``upgrade`` and ``downgrade`` share, and what both do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from midflight.cli.run_display import shown_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.bridge.request import Direction, UpTo
    from midflight.cli.page import Colour
    from midflight.cli.run_display import EventFormat


@dataclass(frozen=True, slots=True)
class ApplyFlags:
    """What was given on the command line."""

    config: Path | None
    name: str | None
    x: tuple[str, ...]
    database: str | None
    role: str | None
    max_wait: float | None
    stall_budget: float | None
    cancel_blockers_after: float | None
    terminate_blockers_after: float | None
    no_journal: bool
    sql: bool
    format: EventFormat
    quiet: bool
    colour: Colour
    phase: UpTo | None = None
    ignore_instances: bool = False


def shared_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options."""
    options = (
        click.option("--config", "-c", type=click.Path(path_type=Path), help="alembic.ini or pyproject.toml."),
        click.option("--name", "-n", metavar="SECTION", help="Section of the ini; default: alembic."),
        click.option("-x", "x", multiple=True, metavar="KEY=VALUE", help="An argument for env.py."),
        click.option("--database", metavar="URL", help="Connect here in place of what env.py says."),
        click.option("--role", help="Migrate as this role (SET ROLE)."),
        click.option(
            "--max-wait",
            type=click.FloatRange(min=0, min_open=True),
            metavar="SECONDS",
            help="How long to wait for a lock; default: 600.",
        ),
        click.option(
            "--stall-budget",
            type=click.FloatRange(min=0),
            metavar="SECONDS",
            help="How long queries may wait behind one try for a lock; default: 0.5.",
        ),
        click.option(
            "--cancel-blockers-after",
            type=click.FloatRange(min=0),
            metavar="SECONDS",
            help="Cancel the query of who is in the way after so long; default: never.",
        ),
        click.option(
            "--terminate-blockers-after",
            type=click.FloatRange(min=0),
            metavar="SECONDS",
            help="End the session of who is in the way after so long; default: never.",
        ),
        click.option("--no-journal", is_flag=True, help="Write nothing into midflight.journal."),
        click.option("--sql", is_flag=True, help="Print a script for psql instead of connecting."),
        click.option(
            "--format",
            type=click.Choice(["text", "json"]),
            default="text",
            help="Lines for people, or an event a line.",
        ),
        click.option("--quiet", "-q", is_flag=True, help="Say nothing unless it fails."),
        click.option(
            "--colour", "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Default: auto."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def apply_flags(direction: Direction, target: str, flags: ApplyFlags) -> None:
    """Upgrade or downgrade as the flags and the settings say."""
    import midflight.op  # noqa: F401, PLC0415 - gives Alembic's op our names; not needed for --help
    from midflight.bridge.applying import apply  # noqa: PLC0415 - likewise
    from midflight.bridge.project import load_project  # noqa: PLC0415 - likewise
    from midflight.bridge.scripting import print_script  # noqa: PLC0415 - likewise
    from midflight.cli.apply_request import project_source, request_of  # noqa: PLC0415 - likewise

    if flags.sql:
        print_script(load_project(project_source(flags)), direction, target, flags.phase)
        return
    with shown_run(flags.format, flags.colour, quiet=flags.quiet) as listener:
        request = request_of(direction, target, flags, listener)
        apply(load_project(project_source(flags)), request)
