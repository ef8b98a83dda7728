from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from midflight.registry import BUILT_IN_HAZARDS, HISTORY_HAZARDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import CompletedProcess

    Run = Callable[..., CompletedProcess[str]]


def test_without_a_name_all_are_listed(midflight: Run) -> None:
    ran = midflight("explain")
    assert (ran.returncode, ran.stderr) == (0, "")
    names = [hazard.id for hazard in BUILT_IN_HAZARDS] + [hazard.id for hazard in HISTORY_HAZARDS]
    assert [name for name in names if f" {name}\n" not in ran.stdout] == []


def test_a_hazard_has_its_page(midflight: Run) -> None:
    ran = midflight("explain", "create-index-blocks-writes")
    assert ran.returncode == 0
    assert ran.stdout.startswith("error   create-index-blocks-writes\n")
    assert "\nWhat happens\n" in ran.stdout
    assert "https://www.postgresql.org/docs/current/sql-createindex.html" in ran.stdout


def test_a_hazard_of_the_history_has_its_page(midflight: Run) -> None:
    ran = midflight("explain", "downgrade-differs")
    assert ran.returncode == 0
    assert "\nSafe form\n" in ran.stdout
    assert "\nDangerous\n" not in ran.stdout


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("set-not-nul", "error: no hazard 'set-not-nul'; did you mean set-not-null-scans?"),
        ("zzz", "error: no hazard 'zzz'; midflight explain lists them all"),
        ("", "error: no hazard ''; midflight explain lists them all"),
    ],
)  # fmt: skip
def test_an_unknown_hazard_is_wrong_use(midflight: Run, name: str, message: str) -> None:
    ran = midflight("explain", name)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.splitlines()[0] == message


def test_colours_follow_flag_and_variables(midflight: Run) -> None:
    assert "\x1b" not in midflight("explain").stdout
    assert "\x1b" in midflight("explain", "--color", "always").stdout
    assert "\x1b" in midflight("explain", FORCE_COLOR="1").stdout
    assert "\x1b" not in midflight("explain", "--color", "never", FORCE_COLOR="1").stdout


def test_page_is_as_wide_as_columns_say(midflight: Run) -> None:
    narrow = midflight("explain", COLUMNS="40").stdout
    assert max(len(line) for line in narrow.splitlines()) <= 40


def test_names_are_completed(midflight: Run) -> None:
    ran = midflight(COMP_WORDS="midflight explain create-", COMP_CWORD="2", _MIDFLIGHT_COMPLETE="bash_complete")
    assert "plain,create-index-blocks-writes" in ran.stdout.splitlines()
