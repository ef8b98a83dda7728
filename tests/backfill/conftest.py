"""What the tests of backfills share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from backfill.working import Yards
from operations.stage import Stage, open_stage
from runner.deployments import Deployments

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def stage(shared: Any) -> Iterator[Stage]:  # noqa: ANN401 - a class of the conftest above, which cannot be imported
    """Databases on the server that all tests share."""
    opened: Stage = shared.thread.call(open_stage(shared.thread, shared.shadow.address.with_database("postgres")))
    yield opened
    opened.close()


@pytest.fixture
def deployments(stage: Stage, tmp_path: Path) -> Iterator[Deployments]:
    """Projects and databases; whatever still runs at the end is ended."""
    opened = Deployments(stage, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def yards(deployments: Deployments) -> Iterator[Yards]:
    """Databases with backfills; whatever still works at the end is ended."""
    opened = Yards(deployments)
    yield opened
    opened.close()
