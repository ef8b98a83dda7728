"""What comments allow, in every report."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from midflight.hazards.suppression import Suppressed
from midflight.report.detail import Detail
from midflight.report.html.page import html_text
from midflight.report.json import json_text
from midflight.report.lines import Page
from midflight.report.terminal import terminal_text

if TYPE_CHECKING:
    from pathlib import Path

    from midflight.checks.result import CheckResult

REASON = "ten rows <b>only</b>"


@pytest.fixture
def allowed(result: CheckResult) -> CheckResult:
    """The revision with findings, all of them allowed, and no other."""
    dangerous = result.revisions[1]
    suppressed = tuple(Suppressed(finding, REASON) for finding in dangerous.findings)
    return replace(result, revisions=(replace(dangerous, findings=(), suppressed=suppressed),))


def test_it_counts_for_nothing(allowed: CheckResult, here: Path) -> None:
    document = json.loads(json_text(allowed, here))
    summary = document["summary"]
    assert (allowed.exit_code, summary["exit_code"], summary["suppressed"]) == (0, 0, 2)
    assert (summary["severities"], summary["hazards"]) == ({}, {})
    [first, second] = document["revisions"][0]["suppressed"]
    assert (first["hazard"], first["reason"], first["statement"]) == ("change-type-rewrites", REASON, 0)
    assert second["hazard"] == "unbatched-update"


def test_the_terminal_counts_it_and_tells_it_with_every_detail(allowed: CheckResult, here: Path) -> None:
    usual = terminal_text(allowed, here, Detail.USUAL, Page(100))
    assert "Suppressed  2 by comments" in usual
    assert REASON not in usual
    everything = terminal_text(allowed, here, Detail.EVERYTHING, Page(100))
    told = f"allowed change-type-rewrites\n    migrations/versions/20261020_larger_order_totals.py:31\n    {REASON}\n"
    assert told in everything


def test_a_report_without_any_does_not_speak_of_it(result: CheckResult, here: Path) -> None:
    assert "Suppressed" not in terminal_text(result, here, Detail.EVERYTHING, Page(100))
    assert "Suppressed" not in html_text(result, here)


def test_the_browser_shows_it_escaped(allowed: CheckResult, here: Path) -> None:
    page = html_text(allowed, here)
    assert "<dt>Suppressed</dt><dd>2 by comments</dd>" in page
    assert "<li><b>change-type-rewrites</b>, line 31: ten rows &lt;b&gt;only&lt;/b&gt;</li>" in page
