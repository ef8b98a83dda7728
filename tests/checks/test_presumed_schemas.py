"""SQL files that stand alone: the schema that they presuppose gives the verdicts of the one that was really there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from checks.projects import Checked, run_check
from checks.standalone_files import FILES, File

if TYPE_CHECKING:
    from pathlib import Path

    from midflight.pg.addresses import Address


def check(folder: Path, text: str, *arguments: str) -> Checked:
    (folder / "file.sql").write_text(text)
    return run_check(folder, "--sql", "file.sql", *arguments)


def hazards(checked: Checked) -> list[tuple[str, int]]:
    return sorted((finding["hazard"], finding["line"]) for finding in checked.revision("file.sql")["findings"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.id)
def test_the_same_verdicts_as_on_the_real_schema(tmp_path: Path, server: Address, file: File) -> None:
    (tmp_path / "before.sql").write_text(file.before)
    real = check(tmp_path, file.sql, "--baseline", "before.sql", "--shadow", server.url())
    alone = check(tmp_path, file.sql, "--shadow", server.url())

    assert real.outcomes() == {"file.sql": "passed"}, real.err
    assert alone.outcomes() == {"file.sql": "passed"}, alone.err
    assert hazards(alone) == hazards(real)
    statements = alone.revision("file.sql")["statements"]
    assert [one["unobserved"] for one in statements] == [
        one["unobserved"] for one in real.revision("file.sql")["statements"]
    ]
    assert (alone.revision("file.sql")["presumed"] != [], real.revision("file.sql")["presumed"]) == (True, [])
