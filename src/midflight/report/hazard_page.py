"""What ``midflight explain`` tells: the list of hazards, and the page of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from midflight import sql
from midflight.hazards.hazard import Hazard
from midflight.report.finding import STYLES
from midflight.report.lines import BLANK, Line, code, paragraphs, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from midflight.hazards.hazard import Example, HistoryHazard


def hazard_list(hazards: Iterable[Hazard | HistoryHazard]) -> Iterator[Line]:
    """Name each hazard with its severity and title."""
    for hazard in sorted(hazards, key=lambda one: one.id):
        yield _title(hazard)
        yield said(hazard.title, depth=2)
    yield BLANK
    yield said("midflight explain HAZARD tells more about one.", "dim")


def hazard_page(hazard: Hazard | HistoryHazard) -> Iterator[Line]:
    """Tell what happens, the safe form, the source, and examples of both."""
    yield _title(hazard)
    yield said(hazard.title)
    yield from _section("What happens", paragraphs(hazard.effect, depth=1))
    yield from _section("Safe form", paragraphs(hazard.safe_form, depth=1))
    yield from _section("Source", code(hazard.source_url, depth=1))
    if isinstance(hazard, Hazard):
        for example in hazard.dangerous:
            yield from _section("Dangerous", _example(example, "red"))
        for example in hazard.safe:
            yield from _section("Safe", _example(example, "green"))


def _title(hazard: Hazard | HistoryHazard) -> Line:
    severity = (f"{hazard.severity.value:<8}", STYLES[hazard.severity])
    return Line(Text.assemble(severity, (hazard.id, "bold")), hanging=2)


def _section(title: str, lines: Iterable[Line]) -> Iterator[Line]:
    yield BLANK
    yield said(title, "bold")
    yield from lines


def _example(example: Example, style: str) -> Iterator[Line]:
    if example.setup.strip():
        yield from code(_with_comment("the schema before", example.setup), "dim", depth=1)
    comment = "the revision, each statement in autocommit" if example.autocommit else "the revision"
    yield from code(_with_comment(comment, example.revision), style, depth=1)


def _with_comment(comment: str, text: str) -> str:
    return "\n".join([f"-- {comment}", *(f"{piece.text};" for piece in sql.split(text))])
