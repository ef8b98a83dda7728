"""Latency over time as SVG: for each operation one panel a tool, side by side. It does no I/O."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.stall.run import Run

LABEL = "Latency of requests over time, stock Alembic beside Midflight"
WIDTH, HEIGHT = 400, 130
"""Of a panel's plane, in pixels."""
LEFT, TOP, RIGHT, BOTTOM = 52, 34, 18, 26
LOWEST_MS, HIGHEST_MS = 0.5, 20_000.0
LINES_MS = {1: "1 ms", 10: "10 ms", 100: "100 ms", 1000: "1 s", 10_000: "10 s"}
BEFORE_SECONDS = 1.0
BUCKETS = 300
"""Of which each shows the worst of its requests and the best of them."""
TICKS_SECONDS = (0.5, 1, 2, 5, 10, 20, 50, 100)
MOST_TICKS = 8
COLOURS = {"stock": "#c0392b", "midflight": "#1f6fb2"}
STYLE = """text { font: 12px sans-serif; fill: #333 } .title { font-weight: bold } .tick { font-size: 10px; fill: #666 }
.grid { stroke: #e4e4e4 } .frame { stroke: #999; fill: none } .at-work { fill: #f6f0dc }"""


@dataclass(frozen=True, slots=True)
class Panel:
    """Where one run is drawn."""

    run: Run
    x: float
    y: float
    seconds: float
    """What its time axis shows after the tool's start."""

    def across(self, seconds: float) -> float:
        """Return where a time is, in seconds from the tool's start."""
        return self.x + (seconds + BEFORE_SECONDS) / (self.seconds + BEFORE_SECONDS) * WIDTH

    def up(self, milliseconds: float) -> float:
        """Return where a latency is, on a logarithmic axis."""
        share = math.log(max(milliseconds, LOWEST_MS) / LOWEST_MS) / math.log(HIGHEST_MS / LOWEST_MS)
        return self.y + HEIGHT * (1 - min(share, 1.0))


def plot(rows: Sequence[Sequence[Run]]) -> str:
    """Draw rows of runs; those of a row share their time axis."""
    across, down = LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM
    panels = [
        Panel(run, LEFT + column * across, TOP + number * down, max(each.seconds for each in row) + 1)
        for number, row in enumerate(rows)
        for column, run in enumerate(row)
    ]
    width, height = across * max((len(row) for row in rows), default=1), down * len(rows)
    parts = [part for panel in panels for part in _panel(panel)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{LABEL}">',
            f"<style>{STYLE}</style>",
            f'<rect width="{width}" height="{height}" fill="white"/>',
            *parts,
            "</svg>\n",
        ]
    )


def _panel(panel: Panel) -> Iterator[str]:
    run, bottom = panel.run, panel.y + HEIGHT
    yield f'<text class="title" x="{panel.x}" y="{panel.y - 8}">{escape(f"{run.operation}: {run.tool}")}</text>'
    begin, end = panel.across(0), panel.across(run.seconds)
    yield f'<rect class="at-work" x="{begin:.1f}" y="{panel.y}" width="{end - begin:.1f}" height="{HEIGHT}"/>'
    for milliseconds, words in LINES_MS.items():
        y = panel.up(milliseconds)
        yield f'<path class="grid" d="M{panel.x} {y:.1f}h{WIDTH}"/>'
        yield f'<text class="tick" x="{panel.x - 6}" y="{y + 3:.1f}" text-anchor="end">{words}</text>'
    for seconds in ticks(panel.seconds):
        x = panel.across(seconds)
        yield f'<text class="tick" x="{x:.1f}" y="{bottom + 14}" text-anchor="middle">{seconds:g} s</text>'
    yield f'<path d="{_path(panel)}" stroke="{COLOURS.get(run.tool, "#555")}" stroke-width="1.5"/>'
    yield f'<rect class="frame" x="{panel.x}" y="{panel.y}" width="{WIDTH}" height="{HEIGHT}"/>'


def _path(panel: Panel) -> str:
    """Draw the span of the latencies of the requests that were due in each bucket."""
    width = (panel.seconds + BEFORE_SECONDS) / BUCKETS
    buckets: dict[int, list[float]] = {}
    for due, latency in panel.run.traffic.requests:
        number = math.floor((due - panel.run.began + BEFORE_SECONDS) / width)
        if 0 <= number < BUCKETS:
            buckets.setdefault(number, []).append(latency)
    spans = [(panel.x + (number + 0.5) / BUCKETS * WIDTH, latencies) for number, latencies in sorted(buckets.items())]
    return "".join(f"M{x:.1f} {panel.up(max(all_)):.1f}V{panel.up(min(all_)) + 1:.1f}" for x, all_ in spans)


def ticks(seconds: float) -> list[float]:
    """Return round times from 0 on, not too many of them."""
    step = next((step for step in TICKS_SECONDS if seconds / step < MOST_TICKS), TICKS_SECONDS[-1])
    return [number * step for number in range(int(seconds // step) + 1)]
