"""The scores as a table, for a terminal and for Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bench.verdicts.score import Score

HEADINGS = ("cases", "tool", "danger named", "danger noticed", "falsely named", "false alarm")


def rows(scores: Mapping[str, Mapping[str, Score]]) -> Iterable[tuple[str, ...]]:
    """Return the table's rows, part by part."""
    for part in next(iter(scores.values())):
        for tool, of_tool in scores.items():
            yield (part, tool, *_cells(of_tool[part]))


def terminal(scores: Mapping[str, Mapping[str, Score]]) -> str:
    """Write the table with columns of one width."""
    return "\n".join(
        f"{part:<16}{tool:<12}{''.join(f'{cell:>18}' for cell in cells)}"
        for part, tool, *cells in (HEADINGS, *rows(scores))
    )


def markdown(scores: Mapping[str, Mapping[str, Score]]) -> str:
    """Write the table as Markdown."""
    lines = [HEADINGS, ("---", "---", *["---:"] * (len(HEADINGS) - 2)), *rows(scores)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cells(score: Score) -> tuple[str, ...]:
    return (
        _share(score.named, score.dangerous),
        _share(score.noticed, score.dangerous),
        _share(score.accused, score.harmless),
        _share(score.bothered, score.harmless),
    )


def _share(count: int, whole: int) -> str:
    return f"{count}/{whole} ({count / whole:.0%})" if whole else "-"
