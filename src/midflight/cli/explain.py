"""``midflight explain``: what a hazard is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from midflight.cli.page import COLOURS, Colour, page_on
from midflight.cli.program import COMMANDS
from midflight.cli.standard_output import OUT, write_out

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from midflight.hazards.hazard import Hazard, HistoryHazard


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem | str]:  # noqa: ARG001 - click's signature
    return [name for name in _hazards() if name.startswith(incomplete)]


def _hazards() -> dict[str, Hazard | HistoryHazard]:
    from midflight.registry import installed_hazards  # noqa: PLC0415 - not needed for --help

    return {hazard.id: hazard for hazard in installed_hazards().all}


@click.command(name="explain", help=COMMANDS["explain"])
@click.argument("hazard", required=False, shell_complete=_complete)
@click.option("--color", "colour", type=click.Choice(COLOURS), default="auto", help="Colours.  [default: auto]")
def command(hazard: str | None, colour: Colour) -> None:
    """Print a hazard's page, or the list of all."""
    from midflight.hazards.nearest import suggestion  # noqa: PLC0415 - only a wrong name needs it
    from midflight.report.hazard_page import hazard_list, hazard_page  # noqa: PLC0415 - rich is heavy
    from midflight.report.lines import laid_out  # noqa: PLC0415 - likewise

    hazards = _hazards()
    if hazard is not None and hazard not in hazards:
        raise click.UsageError(f"no hazard {hazard!r}; {suggestion(hazard, hazards)}")
    lines = hazard_page(hazards[hazard]) if hazard else hazard_list(hazards.values())
    write_out(OUT, laid_out(lines, page_on(OUT, colour)))
