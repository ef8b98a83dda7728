from __future__ import annotations

import re
from pathlib import Path

from midflight import op
from midflight.report.operation_reference import reference_text

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "operations.md"


def test_committed_page_is_up_to_date() -> None:
    assert PAGE.read_text() == reference_text(), "the operations have changed; write their page anew: make reference"


def test_page_tells_every_operation_and_its_arguments() -> None:
    text = PAGE.read_text()
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert set(headings) | {"run", "TableChanges"} >= set(op.__all__)
    assert "op.create_index(" in text
    assert "``" not in text.replace("```", "")
