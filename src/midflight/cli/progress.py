"""A bar over the revisions on standard error, where that is a terminal; gone when the report is printed."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from midflight.cli.page import wants_colour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from midflight.checks.result import Progress
    from midflight.cli.page import Colour


@contextmanager
def shown_progress(colour: Colour) -> Iterator[Callable[[Progress], None]]:
    """Yield what is to be called as the check goes on."""
    from rich.console import Console  # noqa: PLC0415 - not needed for --help

    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _: None
        return
    with _bar(Console(stderr=True, no_color=not wants_colour(colour, os.environ, is_terminal=True))) as show:
        yield show


@contextmanager
def _bar(console: Console) -> Iterator[Callable[[Progress], None]]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn  # noqa: PLC0415 - not needed for --help
    from rich.progress import Progress as Bar  # noqa: PLC0415 - likewise

    from midflight.report.visible import one_line  # noqa: PLC0415 - likewise

    doing = TextColumn("{task.fields[doing]}", markup=False)
    with Bar(BarColumn(20), MofNCompleteColumn(), doing, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, doing="")

        def show(progress: Progress) -> None:
            bar.update(task, completed=progress.done, total=progress.total or None, doing=one_line(progress.doing))

        yield show
