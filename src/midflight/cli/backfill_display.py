"""Shows workers while they work: a bar on a terminal, plain lines with times elsewhere, JSON for machines."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from midflight.backfill.events import BackfillProgress, RowHeld
from midflight.cli.page import wants_colour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from midflight.backfill.events import Event, Listener
    from midflight.cli.page import Colour
    from midflight.cli.run_display import EventFormat

TELL_SECONDS = 5.0
"""How often a line tells how far it is."""


@contextmanager
def shown_backfill(form: EventFormat, colour: Colour, *, quiet: bool) -> Iterator[Listener]:
    """Yield what is told of the events."""
    if form == "json":
        yield _as_json
    elif quiet:
        yield lambda _: None
    elif sys.stdout.isatty() and sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        with _bar(colour) as listener:
            yield listener
    else:
        yield _Lines(lambda line: click.echo(f"{datetime.now(UTC):%H:%M:%S} {line}")).tell


def _as_json(event: Event) -> None:
    from midflight.report.event_json import event_line  # noqa: PLC0415 - not needed for --help

    click.echo(event_line(event, datetime.now(UTC)))


class _Lines:
    """Lines as they come; of the progress one every few seconds."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._told = time.monotonic()

    def tell(self, event: Event) -> None:
        from midflight.report.backfill_words import backfill_line  # noqa: PLC0415 - not needed for --help
        from midflight.report.visible import one_line  # noqa: PLC0415 - likewise

        if isinstance(event, BackfillProgress):
            if time.monotonic() - self._told < TELL_SECONDS:
                return
            self._told = time.monotonic()
        self._write(one_line(backfill_line(event)))


@contextmanager
def _bar(colour: Colour) -> Iterator[Listener]:
    from rich.console import Console  # noqa: PLC0415 - not needed for --help
    from rich.markup import escape  # noqa: PLC0415 - likewise
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - likewise

    from midflight.report.backfill_words import backfill_line  # noqa: PLC0415 - likewise
    from midflight.report.visible import one_line  # noqa: PLC0415 - likewise

    console = Console(no_color=not wants_colour(colour, os.environ, is_terminal=True), highlight=False)
    columns = (
        BarColumn(20),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[doing]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, doing="")

        def tell(event: Event) -> None:
            line = one_line(backfill_line(event))
            if isinstance(event, BackfillProgress):
                bar.update(task, completed=event.rows_read, total=max(event.rows, event.rows_read, 1), doing=line)
            elif isinstance(event, RowHeld):
                bar.update(task, doing=line)
            else:
                console.print(escape(line))

        yield tell
