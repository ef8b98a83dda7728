"""Shows an upgrade while it works: a bar on a terminal, plain lines with times elsewhere, JSON for machines."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import click

from midflight.cli.page import wants_colour
from midflight.runner.events import (
    LockWaiting,
    RevisionFinished,
    RevisionRetried,
    RevisionStarted,
    StepProgress,
    StepStarted,
    WaitingForDeployer,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from midflight.cli.page import Colour
    from midflight.runner.events import Event, Listener

EventFormat = Literal["text", "json"]
TELL_SECONDS = 2.0
"""How often a line tells about a wait that goes on."""

_Waits = LockWaiting | StepProgress | WaitingForDeployer | RevisionRetried


@contextmanager
def shown_run(form: EventFormat, colour: Colour, *, quiet: bool) -> Iterator[Listener]:
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
    """Lines as they come; of a wait one every few seconds."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._told = time.monotonic()

    def tell(self, event: Event) -> None:
        from midflight.report.run_words import waiting_words, words  # noqa: PLC0415 - not needed for --help

        if isinstance(event, _Waits):
            now = time.monotonic()
            if now - self._told >= TELL_SECONDS or isinstance(event, WaitingForDeployer):
                self._told = now
                self._write(waiting_words(event))
            return
        if isinstance(event, StepStarted):
            self._told = time.monotonic()
        line = words(event)
        if line is not None:
            self._write(line)


@contextmanager
def _bar(colour: Colour) -> Iterator[Listener]:
    from rich.console import Console  # noqa: PLC0415 - not needed for --help
    from rich.markup import escape  # noqa: PLC0415 - likewise
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - likewise

    from midflight.report.run_words import waiting_words  # noqa: PLC0415 - likewise

    console = Console(no_color=not wants_colour(colour, os.environ, is_terminal=True), highlight=False)
    columns = (
        BarColumn(20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[doing]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, doing="")
        lines = _Lines(lambda line: console.print(escape(line)))

        def tell(event: Event) -> None:
            if isinstance(event, RevisionStarted):
                bar.update(task, completed=event.place - 1, total=event.total, doing=event.revision)
            elif isinstance(event, RevisionFinished):
                bar.advance(task)
            elif isinstance(event, StepStarted):
                bar.update(task, doing=event.says)
            elif isinstance(event, _Waits):
                bar.update(task, doing=waiting_words(event).strip())
            lines.tell(event)

        yield tell
