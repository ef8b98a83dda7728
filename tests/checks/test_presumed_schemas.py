"""SQL files that stand alone: the schema that they presuppose gives the verdicts of the one that was really there."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from checks.standalone_files import FILES, File
from midflight.cli import main
from midflight.shadow.choice import ShadowChoice

if TYPE_CHECKING:
    from pathlib import Path

    from midflight.pg.addresses import Address

ONE_SERVER = pytest.mark.parametrize("shared", [pytest.param(ShadowChoice("machine", 15), id="pg15")], indirect=True)


@dataclass(frozen=True, slots=True)
class Check:
    """The command, run in this process since there are many: a new one takes longer than the check."""

    folder: Path
    server: Address
    output: pytest.CaptureFixture[str]

    def __call__(self, *texts: str, baseline: str | None = None) -> list[dict[str, Any]]:
        """Check files with these texts; return what is said of each."""
        arguments = ["check", "--sql", "--format", "json", "--shadow", self.server.url()]
        if baseline is not None:
            (self.folder / "before.sql").write_text(baseline)
            arguments += ["--baseline", "before.sql"]
        for number, text in enumerate(texts, 1):
            (self.folder / f"{number}.sql").write_text(text)
            arguments.append(f"{number}.sql")
        self.output.readouterr()
        real = os.dup(1)  # the command leads standard output away for good
        try:
            code = main(arguments)
        finally:
            os.dup2(real, 1)
            os.close(real)
        told = self.output.readouterr()
        assert code in {0, 1}, told.err
        found: list[dict[str, Any]] = json.loads(told.out)["revisions"]
        return found


@pytest.fixture
def check(
    tmp_path: Path, server: Address, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Check:
    monkeypatch.chdir(tmp_path)
    return Check(tmp_path, server, capfd)


def hazards(file: dict[str, Any]) -> list[tuple[str, int]]:
    return sorted((finding["hazard"], finding["line"]) for finding in file["findings"])


def unobserved(file: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(statement["sql"], statement["unobserved"]) for statement in file["statements"]]


@ONE_SERVER
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.id)
def test_the_same_verdicts_as_on_the_real_schema(check: Check, file: File) -> None:
    [real], [alone] = check(file.sql, baseline=file.before), check(file.sql)
    assert (real["outcome"], alone["outcome"]) == ("passed", "passed")
    assert hazards(alone) == hazards(real)
    assert unobserved(alone) == unobserved(real)
    assert (alone["presumed"] != [], real["presumed"]) == (True, [])
