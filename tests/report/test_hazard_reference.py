from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from midflight.registry import BUILT_IN
from midflight.report.hazard_reference import reference_text

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "hazards.md"


def test_committed_page_is_up_to_date() -> None:
    assert PAGE.read_text() == reference_text(), "the hazards have changed; write their page anew: make reference"


def test_module_prints_the_page() -> None:
    command = [sys.executable, "-m", "midflight.report.hazard_reference"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == reference_text()


def test_page_tells_every_hazard_and_its_links_lead_somewhere() -> None:
    text = PAGE.read_text()
    headings = set(re.findall(r"^## (.+)$", text, re.MULTILINE))
    assert headings >= BUILT_IN.ids
    assert set(re.findall(r"\(#([^)]+)\)", text)) == BUILT_IN.ids
    for path in re.findall(r"\((\.\./[^)]+)\)", text):
        assert (PAGE.parent / path).is_file(), path
    assert text.count("```") % 2 == 0
