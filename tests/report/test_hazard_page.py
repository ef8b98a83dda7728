from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from midflight.registry import BUILT_IN_HAZARDS, HISTORY_HAZARDS
from midflight.report.hazard_page import hazard_list, hazard_page
from midflight.report.lines import Page, laid_out

if TYPE_CHECKING:
    from midflight.hazards.hazard import Hazard, HistoryHazard


def together(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("hazard", BUILT_IN_HAZARDS, ids=lambda hazard: hazard.id)
@pytest.mark.parametrize("width", [40, 160])
def test_page_tells_all_of_a_hazard(hazard: Hazard, width: int) -> None:
    page = laid_out(hazard_page(hazard), Page(width))
    for words in (hazard.id, hazard.severity.value, hazard.title, hazard.effect, hazard.safe_form):
        assert together(words) in together(page)
    assert f"\n  {hazard.source_url}\n" in page
    assert page.count("\nDangerous\n") == len(hazard.dangerous)
    assert page.count("\nSafe\n") == len(hazard.safe)
    assert all(line == line.rstrip() for line in page.splitlines())


@pytest.mark.parametrize("hazard", HISTORY_HAZARDS, ids=lambda hazard: hazard.id)
def test_page_tells_all_of_a_hazard_of_the_history(hazard: HistoryHazard) -> None:
    page = laid_out(hazard_page(hazard), Page(80))
    for words in (hazard.id, hazard.severity.value, hazard.title, hazard.effect, hazard.safe_form, hazard.source_url):
        assert together(words) in together(page)


def test_list_names_every_hazard_in_order() -> None:
    text = laid_out(hazard_list(BUILT_IN_HAZARDS), Page(80))
    named = [line.split()[1] for line in text.splitlines() if line.startswith(("error", "warning"))]
    assert named == sorted(hazard.id for hazard in BUILT_IN_HAZARDS)
    assert len(named) >= 10
