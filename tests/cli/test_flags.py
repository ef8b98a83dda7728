from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from midflight.cli.flags import CheckFlags

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import CompletedProcess

    Run = Callable[..., CompletedProcess[str]]

URL = "postgresql://shop@localhost/shop"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"places": ("base:head",)},
        {"since": "origin/main"},
        {"pending": True},
        {"pending": True, "database": URL},
        {"config": Path("alembic.ini"), "name": "shop", "x": ("a=b",), "places": ("head",), "verbose": True},
        {"sql": True, "places": ("a.sql", "-", "b.sql"), "shadow": "machine", "baseline": "schema.sql", "quiet": True},
    ],
)
def test_what_goes_together(given: dict[str, Any]) -> None:
    assert CheckFlags(**given).contradiction() is None


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"places": ("a", "b")}, ["RANGE", "--sql"]),
        ({"places": ("a",), "since": "main"}, ["RANGE", "--since"]),
        ({"places": ("a",), "pending": True}, ["RANGE", "--pending"]),
        ({"since": "main", "pending": True}, ["--since", "--pending"]),
        ({"database": URL}, ["--database", "--pending"]),
        ({"verbose": True, "quiet": True}, ["--verbose", "--quiet"]),
        ({"sql": True}, ["--sql", "-"]),
        ({"sql": True, "places": ("-", "-")}, ["standard input"]),
        ({"sql": True, "places": ("a.sql",), "verbose": True, "quiet": True}, ["--verbose", "--quiet"]),
        ({"sql": True, "places": ("a.sql",), "since": "main"}, ["--sql", "--since"]),
        ({"sql": True, "places": ("a.sql",), "pending": True}, ["--sql", "--pending"]),
        ({"sql": True, "places": ("a.sql",), "database": URL}, ["--sql", "--database"]),
        ({"sql": True, "places": ("a.sql",), "config": Path("alembic.ini")}, ["--sql", "--config"]),
        ({"sql": True, "places": ("a.sql",), "name": "shop"}, ["--sql", "--name"]),
        ({"sql": True, "places": ("a.sql",), "x": ("a=b",)}, ["--sql", "-x"]),
    ],
)
def test_what_contradicts_is_named(given: dict[str, Any], named: list[str]) -> None:
    contradiction = CheckFlags(**given).contradiction()
    assert contradiction is not None
    assert [word for word in named if word in contradiction] == named


def test_contradiction_ends_the_command(midflight: Run) -> None:
    ran = midflight("check", "base:head", "--since", "origin/main")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        "error: RANGE and --since contradict each other: each says which revisions\nhint: midflight check --help\n"
    )
