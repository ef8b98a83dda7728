"""Settings: pyproject.toml, then the environment, then flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.projects import Revision, run_check, write_project
from midflight.errors import SettingsError
from midflight.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path

TOML = """
[tool.midflight]
config = "service/alembic.ini"
shadow = "embedded"
postgres = 15
baseline = "toml.sql"
roles = ["reader"]
time_limit = 5
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("CONFIG", "SHADOW", "POSTGRES", "BASELINE", "ROLES", "TIME_LIMIT", "START_LIMIT"):
        monkeypatch.delenv(f"MIDFLIGHT_{name}", raising=False)


def test_later_sources_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().postgres is None
    (tmp_path / "pyproject.toml").write_text(TOML)
    settings = load_settings(baseline=None, postgres=None)
    assert (settings.baseline, settings.postgres, settings.time_limit) == ("toml.sql", 15, 5)
    assert settings.roles == ("reader",)
    monkeypatch.setenv("MIDFLIGHT_BASELINE", "environment.sql")
    monkeypatch.setenv("MIDFLIGHT_POSTGRES", "16")
    monkeypatch.setenv("MIDFLIGHT_ROLES", "writer, owner")
    monkeypatch.setenv("MIDFLIGHT_TIME_LIMIT", "")  # empty is not given
    settings = load_settings(baseline="flag.sql", postgres=None)
    assert (settings.baseline, settings.postgres, settings.time_limit) == ("flag.sql", 16, 5)
    assert settings.roles == ("writer", "owner")


@pytest.mark.parametrize(
    ("toml", "name"),
    [
        ("postgres = 9", "postgres"),
        ("time_limit = 0", "time_limit"),
        ("colour = 'red'", "colour"),
        ("roles = 1", "roles"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, toml: str, name: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.midflight]\n{toml}\n")
    with pytest.raises(SettingsError, match=f"setting '{name}'"):
        load_settings()


def test_settings_reach_the_check(tmp_path: Path) -> None:
    """Roles are made, the configuration is found, and the environment's baseline wins over the file's."""
    write_project(
        tmp_path / "service",
        Revision(
            "a1",
            up='op.execute("GRANT SELECT ON from_environment TO reader, \\"Odd \'one\'\\"")',
            down='op.execute("REVOKE SELECT ON from_environment FROM reader, \\"Odd \'one\'\\"")',
        ),
    )
    roles = """roles = ["reader", "Odd 'one'"]"""
    (tmp_path / "pyproject.toml").write_text(
        f"[tool.midflight]\nconfig = 'service/alembic.ini'\nbaseline = 'no'\n{roles}\n"
    )
    (tmp_path / "environment.sql").write_text("CREATE TABLE from_environment (id int)")
    checked = run_check(tmp_path, env={"MIDFLIGHT_BASELINE": "environment.sql"})
    assert checked.outcomes() == {"a1": "passed"}, checked.err
    assert checked.round_trips() == {"a1": "same"}


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('tool = "x"', "[tool.midflight] is no table"),
        ('[tool]\nmidflight = "x"', "[tool.midflight] is no table"),
        ("[tool.midflight]\nshadows = 1", "'shadows': there is no such setting"),
        ("[tool.midflight]\nroles = 3", "'roles'"),
    ],
)
def test_settings_that_are_none(tmp_path: Path, toml: str, said: str) -> None:
    (tmp_path / "pyproject.toml").write_text(toml)
    checked = run_check(tmp_path)
    assert checked.code == 2
    assert said in checked.err
