"""What the tests of the operations share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from operations.stage import Server, Stage, open_stage

pytest.register_assert_rewrite("operations.cycle")

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def stage(shared: Server) -> Iterator[Stage]:
    """Databases on the server that all tests share."""
    opened = shared.thread.call(open_stage(shared.thread, shared.shadow.address.with_database("postgres")))
    yield opened
    opened.close()
