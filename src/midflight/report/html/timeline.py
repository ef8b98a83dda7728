"""The locks of one revision over time, drawn as SVG; times are per cent of the width, so that it fits every page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from midflight.report.html.bars import Waiting, timeline_of, waiting
from midflight.report.html.element import Html, element, joined
from midflight.report.html.words import duration
from midflight.report.visible import one_line
from midflight.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from midflight.report.html.bars import Bar, Run, Timeline, Transaction
    from midflight.trace.record import TracedStatement

HEAD, STRIP, NAME, BAR, GAP, AXIS = 22, 16, 20, 20, 8, 22
"""Heights in pixels."""
TICKS = 4
HALF, ALMOST_ALL, ALL = 50, 90, 100
"""Per cent of the width; what begins behind the first two is written to the left of that."""
WIDE_ENOUGH = 14
"""Per cent of the width from which on a transaction is named and not only numbered."""
CLASSES = {Waiting.NONE: "none", Waiting.WRITES: "writes", Waiting.ALL: "all"}


def timeline(statements: Sequence[TracedStatement]) -> Html | None:
    """Draw a revision's locks with a legend; None where it took none that others can see."""
    shown = timeline_of(statements)
    if not shown.bars:
        return None
    caption = element(
        "figcaption",
        element("h4", "Locks over time"),
        _legend(shown),
        element("small", "on the shadow, which has few rows"),
    )
    return element("figure", caption, _drawing(shown))


def _legend(shown: Timeline) -> Html:
    used = {waiting(bar.mode) for bar in shown.bars}
    return element(
        "ul",
        *(element("li", element("span", class_=f"swatch {CLASSES[one]}"), one.value) for one in Waiting if one in used),
        class_="legend",
    )


def _drawing(shown: Timeline) -> Html:
    scale = _Scale(shown.seconds)
    tables, bottom = _tables(shown, scale)
    return element(
        "svg",
        *(_transaction(one, scale, bottom) for one in shown.transactions),
        *_axis(scale, bottom),
        *(_run(number, run, scale) for number, run in enumerate(shown.runs, 1)),
        tables,
        class_="timeline",
        width="100%",
        height=bottom + AXIS,
        role="img",
        aria_label=_description(shown),
    )


class _Scale:
    """Turns seconds into per cent of the width."""

    def __init__(self, seconds: float) -> None:
        self._seconds = max(seconds, 1e-6)

    def of(self, seconds: float) -> float:
        return round(100 * seconds / self._seconds, 2)

    def ticks(self) -> list[float]:
        """Return round times from 0 to the end."""
        rough = round(self._seconds / TICKS, 9)  # a sum of times is a little off
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(step for step in (power, 2 * power, 5 * power, 10 * power) if step >= rough)
        return [step * number for number in range(TICKS + 1) if self.of(step * number) <= ALL]


def _transaction(transaction: Transaction, scale: _Scale, bottom: int) -> Html:
    """Draw a transaction as a band over all tables; an inner ``svg`` cuts its name off where the band ends."""
    start, width = scale.of(transaction.start), scale.of(transaction.end - transaction.start)
    kind = "autocommit" if transaction.autocommit else "transaction"
    return element(
        "svg",
        element("title", f"{kind} {transaction.number}, {duration(transaction.end - transaction.start)}"),
        element("rect", width="100%", height="100%"),
        element("text", f"{kind} {transaction.number}" if width >= WIDE_ENOUGH else f"{transaction.number}", x=5, y=15),
        class_=f"band {kind}",
        x=f"{start:g}%",
        y=0,
        width=f"{width:g}%",
        height=bottom,
    )


def _axis(scale: _Scale, bottom: int) -> Iterator[Html]:
    for time in scale.ticks():
        at = scale.of(time)
        anchor, inset = ("start", 4) if at == 0 else ("end", -4) if at > ALMOST_ALL else ("middle", 0)
        x = f"{at:g}%"
        yield element("line", class_="tick", x1=x, x2=x, y1=HEAD, y2=bottom + 4)
        yield element("text", duration(time), class_="tick", x=x, dx=inset, y=bottom + 17, text_anchor=anchor)


def _run(number: int, run: Run, scale: _Scale) -> Html:
    return element(
        "rect",
        element("title", f"Statement {number} ran for {duration(run.end - run.start)}"),
        class_="run failed" if run.failed else "run",
        x=f"{scale.of(run.start):g}%",
        y=HEAD + 4,
        width=f"{scale.of(run.end - run.start):g}%",
        height=STRIP - 8,
    )


def _tables(shown: Timeline, scale: _Scale) -> tuple[Html, int]:
    """Draw the tables below one another; return where they end, too."""
    top, drawn = HEAD + STRIP, []
    for table, lines in shown.lines.items():
        drawn.append(element("text", one_line(table), class_="table", x=5, y=top + NAME - 6))
        top += NAME
        for bars in lines:
            label = _label_beside(bars[0], scale, top) if len(bars) == 1 else _label_above(bars, top)
            top += 0 if len(bars) == 1 else NAME
            drawn += [*(_bar(bar, scale, top) for bar in bars), label]
            top += BAR
        top += GAP
    return joined(*drawn), top


def _bar(bar: Bar, scale: _Scale, top: int) -> Html:
    start, end, held = scale.of(bar.start), scale.of(bar.end), duration(bar.end - bar.start)
    title = f"Statement {bar.statement + 1} took {bar.mode.label} on {one_line(bar.table)}, held for {held}"
    return element(
        "rect",
        element("title", f"{title}: {waiting(bar.mode).value}"),
        class_=f"bar {CLASSES[waiting(bar.mode)]}",
        x=f"{start:g}%",
        y=top,
        width=f"{end - start:g}%",
        height=BAR - 3,
        rx=3,
    )


def _label_beside(bar: Bar, scale: _Scale, top: int) -> Html:
    """Write a mode into its bar, from the end where there is more room; it may be longer than the bar."""
    is_late = scale.of(bar.start) > HALF
    return element(
        "text",
        bar.mode.label,
        element("tspan", f" {duration(bar.end - bar.start)}"),
        class_="mode",
        x=f"{scale.of(bar.end if is_late else bar.start):g}%",
        dx=-6 if is_late else 6,
        y=top + 13,
        text_anchor="end" if is_late else "start",
    )


def _label_above(bars: Sequence[Bar], top: int) -> Html:
    times = element("tspan", f" {len(bars)} times")
    return element("text", bars[0].mode.label, times, class_="mode", x=5, y=top + NAME - 6)


def _description(shown: Timeline) -> str:
    locks, tables = counted(len(shown.bars), "lock"), counted(len(shown.lines), "table")
    return f"{locks} on {tables} over {duration(shown.seconds)}; the statements below tell them in words"
